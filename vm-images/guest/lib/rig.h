/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A rig: one buffer, a few timelines named after letters, and a check that
 * the buffer waits for exactly the leaves it should.
 *
 * A buffer is described by two sets of letters: whom a reader has to wait for
 * (what EXPORT(READ) holds and POLLIN waits for) and whom a writer has to
 * wait for (EXPORT(WRITE), EXPORT(RW), POLLOUT). 'A'..'F' are timelines; 'V'
 * is a fence that vgem attached.
 */
#ifndef FL_RIG_H
#define FL_RIG_H

#include "dma_buf.h"
#include "sw_sync.h"
#include "vgem.h"

#define RIG_TIMELINES 6
#define RIG_VGEM_BIT (1u << RIG_TIMELINES)

struct rig_timeline {
	int fd;			/* -1 until it is first used */
	__u32 made;		/* value of the newest fence */
	__u32 now;		/* value of the timeline */
};

struct rig {
	struct buffer buf;
	int vgem_fence;			/* 'V', 0 if none was attached */
	struct rig_timeline *timeline;	/* own, or another rig's */
	struct rig_timeline own[RIG_TIMELINES];
};

/* Skips where vgem, sw_sync or one of the two requests is missing. */
void rig_open(struct rig *rig);
/* The same without asking for the two requests. */
void rig_open_plain(struct rig *rig);
/* With the timelines of another rig and a buffer of its own. */
void rig_open_beside(struct rig *rig, struct rig *other);
/* Signals all timelines and closes the descriptors; a rig beside it first. */
void rig_close(struct rig *rig);

/* The next fence of a timeline, as a sync_file. */
int rig_fence(struct rig *rig, char letter);
/* One sync_file with the next fence of each letter: "ABC". */
int rig_merged(struct rig *rig, const char *letters);
/* Makes the next fence of each letter, one merged file, imports and closes it. */
void rig_import(struct rig *rig, __u32 flags, const char *letters);
/* Signals every fence a timeline has made so far. */
void rig_signal(struct rig *rig, char letter);
/* Attaches 'V' as a driver does that writes, or reads. */
void rig_attach(struct rig *rig, bool write);
/* Moves a timeline on by one. */
void rig_step(struct rig *rig, char letter);
int rig_timeline(struct rig *rig, char letter);

/*
 * Compares the buffer's two exports and four polls with what is due. Each
 * difference is a finding ("P1: …"), and any finding ends the subtest. What
 * is expected to be idle may take a moment to be so: containers signal late.
 */
void rig_expect(struct rig *rig, const char *step, const char *reader_waits_for,
		const char *writer_waits_for);
void rig_expect_masks(struct rig *rig, const char *step, unsigned int reader,
		      unsigned int writer);
/* A pending writer A and a pending reader B, for tests of what must not change. */
void rig_occupy(struct rig *rig);
void rig_expect_occupied(struct rig *rig, const char *step);
/* Polls only: works on a kernel without the two requests. */
void rig_expect_poll(struct rig *rig, const char *step, bool reader_waits, bool writer_waits);

/*
 * Proves by signalling, not by names, what an exported file waits for: it
 * signals the letters in that order and looks at the file after each.
 */
void rig_drain(struct rig *rig, const char *order, const char *reader_waits_for,
	       const char *writer_waits_for);

/* A sync_file must wait for exactly those letters. `what` is its name in messages. */
void rig_expect_file(struct rig *rig, const char *step, const char *what, int sync_file,
		     const char *waits_for);
/* Pending leaves of a sync_file, by letter. A container inside is a finding (P5). */
unsigned int rig_leaves(struct rig *rig, int sync_file, const char *what);
unsigned int rig_mask(const char *letters);
const char *rig_letters(unsigned int mask);

#endif
