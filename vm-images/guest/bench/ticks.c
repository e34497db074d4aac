// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "../fl.h"
#include "ticks.h"

#define LOOKS 9
#define LOOK_US 60000

static int by_value(const void *a, const void *b)
{
	const unsigned long long *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* From one change of a clock that ticks to a later one. */
static unsigned long long look(void)
{
	long long began_us = fl_now_us(), now_us;
	unsigned long long began;

	do
		now_us = fl_now_us();
	while (now_us == began_us);
	began = ticks();
	began_us = now_us;
	do
		now_us = fl_now_us();
	while (now_us < began_us + LOOK_US);
	return (ticks() - began) * 1000 / (unsigned long long)(now_us - began_us);
}

unsigned long long ticks_per_ms(void)
{
	unsigned long long looks[LOOKS];

	for (int i = 0; i < LOOKS; i++)
		looks[i] = look();
	qsort(looks, LOOKS, sizeof(looks[0]), by_value);
	return looks[LOOKS / 2];
}
