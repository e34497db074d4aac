// SPDX-License-Identifier: GPL-2.0-only
/* How long requests take. */
#include <stdlib.h>

#include "cells.h"
#include "ticks.h"

#define WARM_UP 12
#define SAMPLES 201
#define SAMPLES_OF_MANY 51	/* each takes milliseconds */
#define MANY 1000

static unsigned long long sample[SAMPLES];

static int by_value(const void *a, const void *b)
{
	const unsigned long long *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void one(const struct cell *cell, unsigned int n)
{
	unsigned int count = n < MANY ? SAMPLES : SAMPLES_OF_MANY;

	cell_begin(cell, n);
	for (unsigned int i = 0; i < WARM_UP + count; i++) {
		unsigned long long took;

		cell_ready();
		took = cell_request();
		if (i >= WARM_UP)
			sample[i - WARM_UP] = took;
	}
	cell_end();
	qsort(sample, count, sizeof(sample[0]), by_value);
	fl_note("figure time cell=%s fences=%u low=%llu median=%llu high=%llu", cell->name, n,
		sample[count / 4], sample[count / 2], sample[count * 3 / 4]);
}

static void take_time(void)
{
	cells_setup();
	for_each_cell(one);
}

/* The host looks at its own clock when it hears that this has ended, before all and after it: so long is a tick. */
static void say_ticks(void)
{
	fl_note("figure ticks now=%llu", ticks());
}

static const struct subtest subtests[] = {
	{ "first-tick", say_ticks, "-", "What the processor's clock says now." },
	{ "time", take_time, "-", "How long a request takes, in ticks of the processor's clock.", 0, 600 },
	{ "last-tick", say_ticks, "-", "What it says when all has been done." },
};
FL_BENCH_SUITE("ioctls", "what the two requests cost", NULL, subtests);
