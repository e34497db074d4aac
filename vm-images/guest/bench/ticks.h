/* SPDX-License-Identifier: GPL-2.0-only */
/* The processor's own clock: that of CLOCK_MONOTONIC ticks every four milliseconds under emulation. */
#ifndef FL_BENCH_TICKS_H
#define FL_BENCH_TICKS_H

#include <x86intrin.h>

/* Nothing before it comes after it, and nothing after it before. */
static inline unsigned long long ticks(void)
{
	unsigned int processor;
	unsigned long long now = __rdtscp(&processor);

	_mm_lfence();
	return now;
}

/* Ticks of a millisecond, by CLOCK_MONOTONIC: the middle one of several looks. */
unsigned long long ticks_per_ms(void);

#endif
