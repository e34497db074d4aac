// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../fl.h"
#include "leaves.h"

#define SPARE_DESCRIPTORS 1024

static int *timeline;
static unsigned int opened;

static void allow_descriptors(rlim_t count)
{
	struct rlimit limit = { count, count };

	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

void leaves_open(unsigned int count)
{
	allow_descriptors(count + SPARE_DESCRIPTORS);
	timeline = calloc(count, sizeof(*timeline));
	CHECK(timeline);
	for (opened = 0; opened < count; opened++) {
		timeline[opened] = try_timeline_open();
		CHECK_OK(timeline[opened]);
	}
}

int leaves_file(unsigned int first, unsigned int count)
{
	unsigned int half = count / 2;

	if (count == 1)
		return timeline_fence(timeline[first], 1);
	return merge_and_close(leaves_file(first, half), leaves_file(first + half, count - half));
}

void leaves_signal(void)
{
	for (unsigned int i = 0; i < opened; i++)
		timeline_inc(timeline[i], 1);
}

void leaves_close(void)
{
	for (unsigned int i = 0; i < opened; i++)
		close(timeline[i]);
	free(timeline);
	opened = 0;
}
