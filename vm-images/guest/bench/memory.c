// SPDX-License-Identifier: GPL-2.0-only
/* What requests allocate: the trace events of kmem, of our process only. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../trace/real.h"
#include "cells.h"
#include "files.h"

#define WARM_UP 3
#define POINTER_MAX 32
#define OBJECTS_MAX 4096

static struct object {
	char pointer[POINTER_MAX];
	long bytes;
} object[OBJECTS_MAX];
static unsigned int objects;

struct use {
	unsigned int allocations;
	long bytes;		/* of all allocations */
	long peak, now;		/* of those that were not freed by then */
};

static const char *const events[] = {
	"kmalloc", "kmalloc_node", "kmem_cache_alloc", "kmem_cache_alloc_node", "kfree", "kmem_cache_free",
};

static void events_enable(void)
{
	char path[128], pid[16];

	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		snprintf(path, sizeof(path), TRACING "events/kmem/%s/enable", events[i]);
		if (access(path, F_OK) == 0)	/* later kernels have two of them less */
			put_text(path, "1");
	}
	snprintf(pid, sizeof(pid), "%d", getpid());
	put_text(TRACING "set_event_pid", pid);
}

static void was_allocated(struct use *use, const char *pointer, long bytes)
{
	CHECK_LT(objects, OBJECTS_MAX);
	snprintf(object[objects].pointer, POINTER_MAX, "%s", pointer);
	object[objects++].bytes = bytes;
	use->allocations++;
	use->bytes += bytes;
	use->now += bytes;
	if (use->now > use->peak)
		use->peak = use->now;
}

/* What was there before the request does not count. */
static void was_freed(struct use *use, const char *pointer)
{
	for (unsigned int i = objects; i-- > 0;) {
		if (strcmp(object[i].pointer, pointer) != 0)
			continue;
		use->now -= object[i].bytes;
		object[i] = object[--objects];
		return;
	}
}

static void read_line(struct use *use, const char *line, const char *end)
{
	char text[512], pointer[POINTER_MAX], *p, *bytes;

	snprintf(text, sizeof(text), "%.*s", (int)(end - line), line);
	p = strstr(text, " ptr=");
	if (text[0] == '#' || !p || sscanf(p, " ptr=%31s", pointer) != 1)
		return;
	CHECK_MSG(pointer[0] != '(', "the kernel shows no pointers: boot it with debug_boot_weak_hash");
	bytes = strstr(text, " bytes_alloc=");
	if (bytes)
		was_allocated(use, pointer, strtol(bytes + strlen(" bytes_alloc="), NULL, 10));
	else
		was_freed(use, pointer);
}

static struct use use_of_request(int switch_fd)
{
	struct use use = { 0 };
	const char *line, *end;

	put_text(TRACING "trace", "");
	CHECK_EQ(write(switch_fd, "1", 1), 1);
	cell_request();
	CHECK_EQ(write(switch_fd, "0", 1), 1);
	objects = 0;
	for (line = get_text(TRACING "trace"); (end = strchr(line, '\n')); line = end + 1)
		read_line(&use, line, end);
	return use;
}

static int switch_fd;

static void one(const struct cell *cell, unsigned int n)
{
	struct use use;

	cell_begin(cell, n);
	for (int i = 0; i < WARM_UP; i++) {
		cell_ready();
		cell_request();
	}
	cell_ready();
	use = use_of_request(switch_fd);
	cell_end();
	fl_note("figure memory cell=%s fences=%u allocations=%u bytes=%ld peak=%ld kept=%ld", cell->name, n,
		use.allocations, use.bytes, use.peak, use.now);
}

static void take_memory(void)
{
	require_tracing();
	put_text(TRACING "tracing_on", "0");
	put_text(TRACING "buffer_size_kb", "4096");
	events_enable();
	switch_fd = __real_open(TRACING "tracing_on", O_WRONLY | O_CLOEXEC);
	CHECK(switch_fd >= 0);
	for_each_cell(one);
}

static const struct subtest subtests[] = {
	{ "memory", take_memory, "-", "What a request allocates, and what of it stays.", 0, 900 },
};
FL_BENCH_SUITE("ioctls", NULL, cells_setup, subtests);
