/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The processor's own clock. CLOCK_MONOTONIC ticks every four milliseconds
 * under emulation, and not at all while the host is busy.
 */
#ifndef FL_BENCH_TICKS_H
#define FL_BENCH_TICKS_H

#include <x86intrin.h>

/* Nothing before it comes after it, and nothing after it before. The emulated processor has no rdtscp. */
static inline unsigned long long ticks(void)
{
	unsigned long long now;

	_mm_lfence();
	now = __rdtsc();
	_mm_lfence();
	return now;
}

#endif
