/* SPDX-License-Identifier: GPL-2.0-only */
/* A lit card, and timelines to hold its flips. */
#ifndef FL_STAGE_H
#define FL_STAGE_H

#include "kms.h"
#include "rig_over.h"

/* A flip that nothing holds comes within FLIP_MS; one still out after HELD_MS is held. */
#define FLIP_MS 2000
#define HELD_MS 50

struct stage {
	struct rig rig;
	struct kms kms;
};

/* The stage must be static, as its rig must be. */
void stage_open(struct stage *s, const void *driver);
/* The same with a vgem buffer in the rig, as the buffer another device works on. */
void stage_open_with_buffer(struct stage *s, const void *driver);

void expect_held(int out, const char *by);
/* Waits for the flip and closes its out fence. */
void expect_flip(int out);

/* Runs a part on each card that has a display, as a dynamic subtest with the driver's name. */
void on_each_card(void (*run)(const void *driver));
#define ON_EACH_CARD(name) static void name(void) { on_each_card(name##_on); }

#endif
