// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>

#include "../runtime/runtime.h"
#include "later.h"
#include "sw_sync.h"

static void *thread_main(void *arg)
{
	struct later *l = arg;

	fl_sleep_ms(l->ms);
	l->fn(l->arg);
	return NULL;
}

void later(struct later *l, unsigned int ms, void (*fn)(void *arg), void *arg)
{
	l->ms = ms;
	l->fn = fn;
	l->arg = arg;
	CHECK_EQ(pthread_create(&l->thread, NULL, thread_main, l), 0);
}

void later_join(struct later *l)
{
	CHECK_EQ(pthread_join(l->thread, NULL), 0);
}

static void inc(void *arg)
{
	timeline_inc((int)(intptr_t)arg, 1);
}

void later_inc(struct later *l, unsigned int ms, int timeline)
{
	later(l, ms, inc, (void *)(intptr_t)timeline);
}
