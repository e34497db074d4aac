// SPDX-License-Identifier: GPL-2.0-only
/* The rig's eyes: whom does the buffer wait for, and is that whom it should wait for. */
#include <stdio.h>
#include <unistd.h>

#include "../runtime/runtime.h"
#include "rig.h"
#include "sync_file.h"

#define SETTLE_MS 1000

static unsigned int leaf_mask(const struct leaf *leaf)
{
	static const char prefix[] = "timeline-";

	if (strcmp(leaf->driver, "vgem") == 0)
		return RIG_VGEM_BIT;
	if (strncmp(leaf->timeline, prefix, sizeof(prefix) - 1) == 0) {
		unsigned int i = (unsigned int)(leaf->timeline[sizeof(prefix) - 1] - 'A');

		return i < RIG_TIMELINES ? 1u << i : 0;
	}
	return 0;
}

unsigned int rig_leaves(struct rig *rig, int sync_file, const char *what)
{
	struct sync_info info = sync_info(sync_file);
	unsigned int mask = 0;

	(void)rig;
	for (unsigned int i = 0; i < info.count; i++) {
		const struct leaf *leaf = &info.leaf[i];

		if (leaf->status != 0)
			continue;
		if (strncmp(leaf->driver, "dma_fence_", 10) == 0)
			fl_broken("P5: %s holds a container (%s) where only leaves may be", what,
				  leaf->driver);
		else if (!leaf_mask(leaf))
			fl_broken("ABI: %s waits for %s/%s, which nobody put there", what,
				  leaf->driver, leaf->timeline);
		mask |= leaf_mask(leaf);
	}
	return mask;
}

static void name_missing(struct rig *rig, const char *step, const char *what, unsigned int missing)
{
	for (int i = 0; i < RIG_TIMELINES; i++)
		if (missing & 1u << i)
			fl_broken("P1: fence %u of timeline 'timeline-%c' is unsignalled but %s no longer waits for it (%s)",
				  rig->timeline[i].made, 'A' + i, what, step);
	if (missing & RIG_VGEM_BIT)
		fl_broken("P1: the fence that vgem attached is unsignalled but %s no longer waits for it (%s)",
			  what, step);
}

static void compare(struct rig *rig, const char *step, const char *what, unsigned int got,
		    unsigned int due)
{
	name_missing(rig, step, what, due & ~got);
	if (got & ~due)
		fl_broken("ABI: %s waits for %s as well, without need; %s is all it has to wait for (%s)",
			  what, rig_letters(got & ~due), rig_letters(due), step);
}

/* A sync_file must be signalled exactly when no leaf of it is pending. */
static void compare_file(struct rig *rig, const char *step, const char *what, int file,
			 unsigned int due)
{
	compare(rig, step, what, rig_leaves(rig, file, what), due);
	if (due && sync_signalled(file))
		fl_broken("P1: poll says that %s is signalled, but %s is pending (%s)", what,
			  rig_letters(due), step);
	if (!due && !sync_wait(file, SETTLE_MS))
		fl_broken("ABI: %s is still not signalled, but nothing is pending (%s)", what,
			  step);
}

static void compare_export(struct rig *rig, const char *step, __u32 flags, unsigned int due)
{
	char what[32];
	int file = export_sync_file(rig->buf.fd, flags);

	snprintf(what, sizeof(what), "EXPORT(%s)", access_name(flags));
	compare_file(rig, step, what, file, due);
	if (!due && sync_status(file) != 1)
		fl_broken("ABI: %s from an idle buffer has status %d, not 1 (%s)", what,
			  sync_status(file), step);
	close(file);
}

static void compare_poll(struct rig *rig, const char *step, short event, const char *what, bool busy)
{
	if (busy && poll_now(rig->buf.fd, event))
		fl_broken("P1: %s says ready while a fence it stands for is pending (%s)", what,
			  step);
	if (!busy && !poll_within(rig->buf.fd, event, SETTLE_MS))
		fl_broken("ABI: %s says busy though no fence it stands for is pending (%s)", what,
			  step);
}

static void expect_poll(struct rig *rig, const char *step, bool reader, bool writer)
{
	short due = (short)((reader ? 0 : POLLIN) | (writer ? 0 : POLLOUT));
	short got;

	compare_poll(rig, step, POLLIN, "poll(POLLIN)", reader);
	compare_poll(rig, step, POLLOUT, "poll(POLLOUT)", writer);
	got = poll_now(rig->buf.fd, POLLIN | POLLOUT);
	if (got != due)
		fl_broken("%s: poll(POLLIN|POLLOUT) gave 0x%x where 0x%x was due (%s)",
			  got & ~due ? "P1" : "ABI", got, due, step);
}

static void leave_if_broken(const char *step)
{
	if (fl_failed())
		fl_fail("what is waited for is wrong after: %s", step);
}

void rig_expect_poll(struct rig *rig, const char *step, bool reader_waits, bool writer_waits)
{
	expect_poll(rig, step, reader_waits, writer_waits);
	leave_if_broken(step);
}

void rig_expect_masks(struct rig *rig, const char *step, unsigned int reader, unsigned int writer)
{
	compare_export(rig, step, READ, reader);
	compare_export(rig, step, WRITE, writer);
	compare_export(rig, step, RW, writer);
	expect_poll(rig, step, reader != 0, writer != 0);
	leave_if_broken(step);
}

void rig_expect(struct rig *rig, const char *step, const char *reader_waits_for,
		const char *writer_waits_for)
{
	rig_expect_masks(rig, step, rig_mask(reader_waits_for), rig_mask(writer_waits_for));
}

void rig_expect_occupied(struct rig *rig, const char *step)
{
	rig_expect(rig, step, "A", "AB");
}

void rig_expect_file(struct rig *rig, const char *step, const char *what, int sync_file,
		     const char *waits_for)
{
	compare_file(rig, step, what, sync_file, rig_mask(waits_for));
	leave_if_broken(step);
}

void rig_drain(struct rig *rig, const char *order, const char *reader_waits_for,
	       const char *writer_waits_for)
{
	unsigned int reader = rig_mask(reader_waits_for), writer = rig_mask(writer_waits_for);
	int r = export_sync_file(rig->buf.fd, READ);
	int w = export_sync_file(rig->buf.fd, WRITE);
	char step[32];

	for (; *order; order++) {
		char letter[2] = { *order, '\0' };

		rig_signal(rig, *order);
		reader &= ~rig_mask(letter);
		writer &= ~rig_mask(letter);
		snprintf(step, sizeof(step), "%c signalled", *order);
		compare_file(rig, step, "the earlier EXPORT(READ)", r, reader);
		compare_file(rig, step, "the earlier EXPORT(WRITE)", w, writer);
		rig_expect_masks(rig, step, reader, writer);
	}
	close(r);
	close(w);
}
