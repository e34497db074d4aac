/* SPDX-License-Identifier: GPL-2.0-only */
/* Fences that userspace signals: timelines of the kernel's sw_sync. */
#ifndef FL_SW_SYNC_H
#define FL_SW_SYNC_H

#include <linux/types.h>

#define TIMELINE_NAME_MAX 16

/* Skips where the kernel has no sw_sync. */
void require_sw_sync(void);

/*
 * A timeline at value 0. Its fences show `name` as their timeline, which is
 * how a leaf inside a container is told from another. All its fences are
 * signalled when the subtest ends, whichever way. fd.
 */
int timeline_open(const char *name);
/* The same with the name of the thread, and not remembered: fd or -errno. */
int try_timeline_open(void);
/* A sync_file with the fence that signals when the timeline reaches value. */
int timeline_fence(int timeline, __u32 value);
int try_timeline_fence(int timeline, __u32 value);
int try_timeline_inc(int timeline, __u32 by);
void timeline_inc(int timeline, __u32 by);

#endif
