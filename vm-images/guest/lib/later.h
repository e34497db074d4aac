/* SPDX-License-Identifier: GPL-2.0-only */
/* Things that happen in another thread a little later, while this one blocks. */
#ifndef FL_LATER_H
#define FL_LATER_H

#include <pthread.h>

struct later {
	pthread_t thread;
	unsigned int ms;
	void (*fn)(void *arg);
	void *arg;
};

/* Calls fn(arg) after ms. *l must live until later_join(). fn should leave CHECK to others. */
void later(struct later *l, unsigned int ms, void (*fn)(void *arg), void *arg);
void later_join(struct later *l);

/* Increments a timeline by one after ms. */
void later_inc(struct later *l, unsigned int ms, int timeline);

#endif
