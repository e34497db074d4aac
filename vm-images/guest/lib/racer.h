/* SPDX-License-Identifier: GPL-2.0-only */
/* A thread on the other processor that does one thing at the same moment as this thread does another, round after round. */
#ifndef FL_RACER_H
#define FL_RACER_H

#include <stdatomic.h>

#include "later.h"

/*
 * It lives for the whole subtest: starting a thread for each round would take
 * longer than what has to meet.
 */
struct racer {
	void (*round)(struct racer *r, unsigned int n);
	struct later thread;
	atomic_uint go, done;		/* number of the round, from 1 on */
	atomic_bool stop;
	int arg, result;		/* of the last round, for who uses it */
};

/* Puts this thread on processor 0 and r->round on processor 1, until the subtest ends. It takes two processors. */
void racer_start(struct racer *r);

/* Begins the next round and returns at once. The other thread begins it when it sees this, some 100 ns later. */
void racer_go(struct racer *r);

/* Waits, without sleeping, until the round is over in the other thread. */
void racer_wait(struct racer *r);

#endif
