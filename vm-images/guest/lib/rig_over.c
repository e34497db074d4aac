// SPDX-License-Identifier: GPL-2.0-only
#include <unistd.h>

#include "../runtime/runtime.h"
#include "rig_over.h"

static void close_at_end(void *rig)
{
	rig_over_close(rig);
}

void rig_without_buffer(struct rig *rig)
{
	require_sw_sync();
	memset(rig, 0, sizeof(*rig));
	rig->timeline = rig->own;
	for (int i = 0; i < RIG_TIMELINES; i++)
		rig->own[i].fd = -1;
	rig->buf = (struct buffer){ .drm = -1, .fd = -1 };
	fl_defer(close_at_end, rig);
}

void rig_over(struct rig *rig, int buf)
{
	rig_without_buffer(rig);
	require_both(buf);
	rig->buf.fd = buf;
}

void rig_over_close(struct rig *rig)
{
	for (int i = 0; i < RIG_TIMELINES; i++) {
		if (rig->own[i].fd < 0)
			continue;
		rig_signal(rig, (char)('A' + i));
		close(rig->own[i].fd);
		rig->own[i].fd = -1;
	}
	rig->buf.fd = -1;
}
