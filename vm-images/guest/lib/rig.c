// SPDX-License-Identifier: GPL-2.0-only
/* The rig's hands: making fences, importing, signalling. rig_check.c has its eyes. */
#include <stdio.h>
#include <unistd.h>

#include "../runtime/runtime.h"
#include "rig.h"
#include "sync_file.h"

void rig_open_plain(struct rig *rig)
{
	require_sw_sync();
	memset(rig, 0, sizeof(*rig));
	rig->timeline = rig->own;
	for (int i = 0; i < RIG_TIMELINES; i++)
		rig->own[i].fd = -1;
	rig->buf = require_buffer();
}

void rig_open(struct rig *rig)
{
	rig_open_plain(rig);
	require_both(rig->buf.fd);
}

void rig_open_beside(struct rig *rig, struct rig *other)
{
	rig_open_plain(rig);
	rig->timeline = other->timeline;
}

void rig_close(struct rig *rig)
{
	for (int i = 0; i < RIG_TIMELINES; i++) {
		struct rig_timeline *t = &rig->own[i];

		if (t->fd < 0)
			continue;
		if (t->made > t->now)
			timeline_inc(t->fd, t->made - t->now);
		close(t->fd);
		t->fd = -1;
	}
	buffer_close(&rig->buf);
	close(rig->buf.drm);	/* signals what vgem still has pending */
}

static struct rig_timeline *timeline_of(struct rig *rig, char letter)
{
	struct rig_timeline *t = &rig->timeline[letter - 'A'];
	char name[TIMELINE_NAME_MAX];

	CHECK_MSG(letter >= 'A' && letter < 'A' + RIG_TIMELINES,
		  "[fencelab bug] a rig has no timeline '%c'", letter);
	if (t->fd < 0) {
		snprintf(name, sizeof(name), "timeline-%c", letter);
		t->fd = timeline_open(name);
	}
	return t;
}

int rig_timeline(struct rig *rig, char letter)
{
	return timeline_of(rig, letter)->fd;
}

int rig_fence(struct rig *rig, char letter)
{
	struct rig_timeline *t = timeline_of(rig, letter);

	return timeline_fence(t->fd, ++t->made);
}

int rig_merged(struct rig *rig, const char *letters)
{
	int fd = rig_fence(rig, *letters++);

	while (*letters)
		fd = merge_and_close(fd, rig_fence(rig, *letters++));
	return fd;
}

void rig_import(struct rig *rig, __u32 flags, const char *letters)
{
	import_and_close(rig->buf.fd, flags, rig_merged(rig, letters));
}

void rig_occupy(struct rig *rig)
{
	rig_import(rig, WRITE, "A");
	rig_import(rig, READ, "B");
}

void rig_attach(struct rig *rig, bool write)
{
	rig->vgem_fence = vgem_attach(&rig->buf, write);
}

void rig_step(struct rig *rig, char letter)
{
	struct rig_timeline *t = timeline_of(rig, letter);

	timeline_inc(t->fd, 1);
	t->now++;
}

void rig_signal(struct rig *rig, char letter)
{
	struct rig_timeline *t;

	if (letter == 'V') {
		vgem_signal(&rig->buf, rig->vgem_fence);
		rig->vgem_fence = 0;
		return;
	}
	t = timeline_of(rig, letter);
	if (t->made > t->now)
		timeline_inc(t->fd, t->made - t->now);
	t->now = t->made;
}

unsigned int rig_mask(const char *letters)
{
	unsigned int mask = 0;

	for (; *letters; letters++)
		mask |= *letters == 'V' ? RIG_VGEM_BIT : 1u << (*letters - 'A');
	return mask;
}

const char *rig_letters(unsigned int mask)
{
	static char bufs[4][RIG_TIMELINES + 2];
	static int next;
	char *buf = bufs[next++ % 4];
	int n = 0;

	for (int i = 0; i < RIG_TIMELINES; i++)
		if (mask & 1u << i)
			buf[n++] = (char)('A' + i);
	if (mask & RIG_VGEM_BIT)
		buf[n++] = 'V';
	buf[n] = '\0';
	return n ? buf : "nothing";
}
