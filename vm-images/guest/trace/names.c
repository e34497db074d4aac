// SPDX-License-Identifier: GPL-2.0-only
/* Names of timelines: a leaf is known by the comm of whoever opened its timeline. */
#include <stdlib.h>
#include <sys/prctl.h>

#include <linux/sync_file.h>

#include "internal.h"

static unsigned int find(const char *name)
{
	for (unsigned int i = 0; i < area->names; i++)
		if (strncmp(area->name[i], name, NAME_BYTES - 1) == 0)
			return i;
	return NAMES_MAX;
}

static unsigned int find_or_add(const char *name)
{
	unsigned int i = find(name);

	if (i < NAMES_MAX || area->names == NAMES_MAX)
		return i;
	strncpy(area->name[area->names], name, NAME_BYTES - 1);
	return area->names++;
}

unsigned int name_number(const char *name)
{
	unsigned int i;

	if (area->names_are_numbers && name[0] == 't' && name[1] >= '0' && name[1] <= '9')
		return (unsigned int)atoi(name + 1);
	area_lock();
	i = find_or_add(name);
	area_unlock();
	if (i == NAMES_MAX)
		trace_stop(STOP_NAMES);
	return i;
}

unsigned int my_name_number(void)
{
	char name[NAME_BYTES] = "";

	prctl(PR_GET_NAME, name);
	return name_number(name);
}

uint32_t trace_leaf_who(const char driver[32], const char timeline[32])
{
	static const struct {
		const char *driver;
		uint32_t who;
	} known[] = {
		{ "vgem", FL_WHO_VGEM },
		{ "stub", FL_WHO_STUB },
		{ "detached-driver", FL_WHO_DETACHED },
		{ "dma_fence_array", FL_WHO_ARRAY },
	};

	if (strncmp(driver, "sw_sync", 32) == 0)
		return name_number(timeline);
	if (strncmp(timeline, "CRTC:", 5) == 0)
		return FL_WHO_CRTC;
	if (strncmp(driver, "virtio_gpu", 32) == 0)
		return FL_WHO_VIRTIO_GPU;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strncmp(driver, known[i].driver, 32) == 0)
			return known[i].who;
	return FL_WHO_OTHER;
}
