// SPDX-License-Identifier: GPL-2.0-only
/* How long the lock of the reservation object is held: /proc/lock_stat. */
#include <stdio.h>
#include <stdlib.h>

#include "cells.h"
#include "files.h"

#define LOCK_STAT "/proc/lock_stat"
#define CLASS "reservation_ww_class_mutex:"
#define WARM_UP 3
#define SAMPLES 15

struct held {
	unsigned long acquisitions;
	long ns;	/* of all of them */
};

static int by_time(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	return x->ns < y->ns ? -1 : x->ns > y->ns;
}

/* A class that nobody has taken since the last reset may have no line. */
static struct held held_since_reset(void)
{
	const char *line = strstr(get_text(LOCK_STAT), CLASS);
	unsigned long acquisitions;
	double total_us;

	if (!line)
		return (struct held){ 0 };
	/* con-bounces contentions waittime-{min,max,total,avg} acq-bounces acquisitions holdtime-{min,max,total,avg} */
	CHECK_EQ(sscanf(line + strlen(CLASS), "%*u %*u %*f %*f %*f %*f %*u %lu %*f %*f %lf", &acquisitions,
			&total_us), 2);
	return (struct held){ acquisitions, (long)(total_us * 1000) };
}

static void one(const struct cell *cell, unsigned int n)
{
	struct held sample[SAMPLES];

	cell_begin(cell, n);
	for (int i = -WARM_UP; i < SAMPLES; i++) {
		cell_ready();
		put_text(LOCK_STAT, "0");
		cell_request();
		if (i >= 0)
			sample[i] = held_since_reset();
	}
	cell_end();
	qsort(sample, SAMPLES, sizeof(sample[0]), by_time);
	fl_note("figure lock cell=%s fences=%u acquisitions=%lu held_ns=%ld", cell->name, n,
		sample[SAMPLES / 2].acquisitions, sample[SAMPLES / 2].ns);
}

static void take_lock(void)
{
	require_file(LOCK_STAT, "CONFIG_LOCK_STAT");
	for_each_cell(one);
}

static const struct subtest subtests[] = {
	{ "lock", take_lock, "-", "How often and how long a request holds the reservation lock.", 0, 900 },
};
FL_BENCH_SUITE("ioctls", NULL, cells_setup, subtests);
