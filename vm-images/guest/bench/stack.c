// SPDX-License-Identifier: GPL-2.0-only
/*
 * How deep the kernel's stack gets: its stack tracer. The file is the largest
 * and most nested that sw_sync and SYNC_IOC_MERGE can make; a merge takes
 * arrays apart, so that there is one array, of many leaves.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../trace/real.h"
#include "../fl.h"
#include "files.h"
#include "leaves.h"

#define ENABLED "/proc/sys/kernel/stack_tracer_enabled"
#define LEAVES 4000
#define FRAMES_SHOWN 40

static int vgem;
static struct buffer buf;
static int file = -1, exported = -1, merged = -1;

static void refused(void)
{
	struct fl_sync_file_arg arg = { 0 };

	__real_ioctl(buf.fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &arg);
}

static void import_read(void)
{
	import_sync_file(buf.fd, READ, file);
}

static void import_write(void)
{
	import_sync_file(buf.fd, WRITE, file);
}

static void export_write(void)
{
	exported = export_sync_file(buf.fd, WRITE);
}

static void merge_exported(void)
{
	merged = merge(exported, file);
}

static void close_files(void)
{
	close(exported);
	close(merged);
}

static void release(void)
{
	buffer_close(&buf);
}

/* Whoever waits for an array has it wait for its fences: they call it when they signal. */
static void poll_and_signal(void)
{
	sync_signalled(file);
	leaves_signal();
}

static const struct {
	const char *name;
	void (*run)(void);
} steps[] = {
	{ "refused", refused },
	{ "import-read", import_read },
	{ "import-write", import_write },
	{ "import-write-again", import_write },
	{ "export-write", export_write },
	{ "merge", merge_exported },
	{ "close-files", close_files },
	{ "release", release },
	{ "poll-and-signal", poll_and_signal },
};

/* "  0)     4224     32   function+0x1/0x2": depth, size, where. The deepest is the first. */
static void show_frames(const char *name, unsigned int leaves)
{
	char text[1700];
	size_t used = 0;
	const char *line = get_text(TRACING "stack_trace");

	for (int shown = 0; line && shown < FRAMES_SHOWN; line = strchr(line, '\n')) {
		int size;
		char where[64];

		line += *line == '\n';
		if (sscanf(line, " %*d) %*d %d %63[^+\n ]", &size, where) != 2)
			continue;
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s:%d", shown ? "," : "", where, size);
		if (used >= sizeof(text))
			break;
		shown++;
	}
	fl_note("figure frames step=%s leaves=%u frames=%s", name, leaves, used ? text : "-");
}

static void one(const char *name, void (*run)(void), unsigned int leaves)
{
	long depth;

	put_text(TRACING "stack_max_size", "0");
	put_text(ENABLED, "1");
	run();
	put_text(ENABLED, "0");
	depth = strtol(get_text(TRACING "stack_max_size"), NULL, 10);
	fl_note("figure stack step=%s leaves=%u bytes=%ld", name, leaves, depth);
	show_frames(name, leaves);
}

static void with_leaves(unsigned int leaves)
{
	buf = vgem_buffer(vgem);
	leaves_open(leaves);
	file = leaves_file(0, leaves);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		one(steps[i].name, steps[i].run, leaves);
	close(file);
	leaves_close();
}

static void take_stack(void)
{
	require_tracing();
	require_file(ENABLED, "CONFIG_STACK_TRACER");
	require_sw_sync();
	vgem = require_vgem();
	with_leaves(1);
	with_leaves(LEAVES);
}

static const struct subtest subtests[] = {
	{ "stack", take_stack, "-", "How deep the stack gets in each request.", 0, 900 },
};
FL_BENCH_SUITE("ioctls", NULL, NULL, subtests);
