/* SPDX-License-Identifier: GPL-2.0-only */
/* A rig on a dma-buf of any exporter. */
#ifndef FL_RIG_OVER_H
#define FL_RIG_OVER_H

#include "rig.h"

/*
 * Timelines only; skips where there is no sw_sync. The rig must be static: its
 * timelines are signalled when the subtest ends, whichever way, so that
 * nothing (a commit, a poll) still waits when files are closed.
 */
void rig_without_buffer(struct rig *rig);
/* A rig on a dma-buf, which stays the caller's. Skips without the two requests. */
void rig_over(struct rig *rig, int buf);
/* Signals all timelines and closes them now. */
void rig_over_close(struct rig *rig);

#endif
