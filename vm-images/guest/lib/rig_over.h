/* SPDX-License-Identifier: GPL-2.0-only */
/* A rig on a dma-buf of any exporter. */
#ifndef FL_RIG_OVER_H
#define FL_RIG_OVER_H

#include "rig.h"

/*
 * A rig that has no buffer yet, with these timelines opened now: before the
 * card whose commits will wait for them (see kms.h).
 */
void rig_without_buffer(struct rig *rig, const char *letters);
/* Puts it on a dma-buf, which stays the caller's. Skips without the two requests. */
void rig_over(struct rig *rig, int buf);
/* Signals all timelines and closes them; in place of rig_close(). */
void rig_over_close(struct rig *rig);

#endif
