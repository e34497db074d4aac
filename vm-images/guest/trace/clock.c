// SPDX-License-Identifier: GPL-2.0-only
/*
 * Times of records. An emulated guest has a clock that ticks every four
 * milliseconds and is a system call, which is most of what a record costs.
 * Where the cheap clock ticks as often it does for the start of a call: what it
 * says is not later than the other, and an early start claims less.
 */
#include <time.h>

#include "../exec/cover.h"
#include "internal.h"

static bool cheap_start;
static _Thread_local uint32_t last_end;

static uint64_t in_us(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

void clock_make(void)
{
	struct timespec fine, coarse;

	clock_getres(CLOCK_MONOTONIC, &fine);
	clock_getres(CLOCK_MONOTONIC_COARSE, &coarse);
	cheap_start = fine.tv_nsec >= coarse.tv_nsec;
}

void clock_begin(void)
{
	area->began_us = in_us(CLOCK_MONOTONIC);
	last_end = 0;
}

uint32_t trace_now(void)
{
	int err = errno;

	if (!area)
		return 0;
	last_end = (uint32_t)(in_us(CLOCK_MONOTONIC) - area->began_us);
	errno = err;
	return last_end;
}

/* Ops of one thread do not overlap, whatever the cheap clock says. */
static uint32_t start_time(void)
{
	uint64_t now;

	if (!cheap_start)
		return trace_now();
	now = in_us(CLOCK_MONOTONIC_COARSE);
	if (now < area->began_us + last_end)
		return last_end;
	return (uint32_t)(now - area->began_us);
}

void trace_start(struct trace_span *span)
{
	if (!area) {
		*span = (struct trace_span){ 0 };
		return;
	}
	who_am_i();	/* the number of a thread that has ended is taken from here on */
	span->start = start_time();
	span->before = records_now();
}

void trace_end(struct trace_span *span)
{
	span->end = trace_now();
	cover_call();
}
