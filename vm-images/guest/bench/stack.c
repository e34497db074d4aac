// SPDX-License-Identifier: GPL-2.0-only
/*
 * How deep the kernel's stack gets: its stack tracer, which looks at the stack
 * where a function is entered; only at those named here, or interrupts and the
 * tracer's own switches would be the deepest. The file is the largest and most
 * nested that sw_sync and SYNC_IOC_MERGE can make; a merge takes arrays apart,
 * so that there is one array, of many leaves.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../trace/real.h"
#include "../fl.h"
#include "files.h"
#include "leaves.h"

#define ENABLED "/proc/sys/kernel/stack_tracer_enabled"
#define FILTER TRACING "stack_trace_filter"
#define MAX_SIZE TRACING "stack_max_size"
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

/* The subject, and where most of its calls end: locks and the allocator. */
static const char *const looked_at[] = {
	"dma_buf*", "dma_fence*", "dma_resv*", "sync_*", "sw_sync*", "timeline_*", "vgem_*", "drm_gem_*", "sort*",
	"anon_inode*", "alloc_file*", "fput*", "ww_mutex_*", "mutex_*", "_raw_spin_*", "kmalloc*", "__kmalloc*", "krealloc",
	"kfree*", "kvfree*", "kmem_cache_*", "___slab_alloc", "new_slab", "__alloc_pages*", "get_page_from_freelist",
};

/* A pattern that fits nothing is refused: not every kernel has all of them. */
static void filter(void)
{
	int fd = __real_open(FILTER, O_WRONLY | O_TRUNC | O_CLOEXEC);

	CHECK(fd >= 0);
	__real_close(fd);
	for (size_t i = 0; i < ARRAY_SIZE(looked_at); i++) {
		fd = __real_open(FILTER, O_WRONLY | O_APPEND | O_CLOEXEC);
		CHECK(fd >= 0);
		if (write(fd, looked_at[i], strlen(looked_at[i])) < 0)
			CHECK_EQ(errno, EINVAL);
		__real_close(fd);
	}
}

static int max_size = -1;	/* stays open: to open it would be deeper than what is measured */

static long depth(void)
{
	char text[32];
	ssize_t length = pread(max_size, text, sizeof(text) - 1, 0);

	CHECK(length > 0);
	text[length] = '\0';
	return strtol(text, NULL, 10);
}

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
	long deepest;

	put_text(ENABLED, "1");
	CHECK_EQ(pwrite(max_size, "0", 1, 0), 1);
	run();
	deepest = depth();
	put_text(ENABLED, "0");
	fl_note("figure stack step=%s leaves=%u bytes=%ld", name, leaves, deepest);
	if (depth() == deepest)		/* to switch it off was not deeper */
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
	filter();
	max_size = __real_open(MAX_SIZE, O_RDWR | O_CLOEXEC);
	CHECK(max_size >= 0);
	with_leaves(1);
	with_leaves(LEAVES);
}

static const struct subtest subtests[] = {
	{ "stack", take_stack, "-", "How deep the stack gets in each request.", 0, 900 },
};
FL_BENCH_SUITE("ioctls", NULL, NULL, subtests);
