// SPDX-License-Identifier: GPL-2.0-only
#include <sched.h>

#include "../runtime/runtime.h"
#include "racer.h"

/* Two threads that spin on one processor meet once a tick. */
static void stay_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	CHECK_EQ(sched_setaffinity(0, sizeof(set), &set), 0);
}

static void all_rounds(void *arg)
{
	struct racer *r = arg;

	stay_on(1);
	for (unsigned int n = 1;; n++) {
		while (atomic_load(&r->go) != n)
			if (atomic_load(&r->stop))
				return;
		r->round(r, n);
		atomic_store(&r->done, n);
	}
}

static void racer_stop(void *arg)
{
	struct racer *r = arg;

	atomic_store(&r->stop, true);
	later_join(&r->thread);
}

void racer_start(struct racer *r)
{
	stay_on(0);
	later(&r->thread, 0, all_rounds, r);
	fl_defer(racer_stop, r);
}

void racer_go(struct racer *r)
{
	atomic_store(&r->go, atomic_load(&r->go) + 1);
}

void racer_wait(struct racer *r)
{
	while (atomic_load(&r->done) != atomic_load(&r->go))
		;
}
