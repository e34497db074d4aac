// SPDX-License-Identifier: GPL-2.0-only
/* A million rounds of export and import on one buffer: what they leave behind. */
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../trace/real.h"
#include "../fl.h"
#include "leaves.h"

#define ROUNDS 1000000
#define WARM_UP 10000
#define WRITERS 2
#define LEAVES (2 + WRITERS)	/* two readers */
#define SETTLE_MS 1000		/* what RCU and workers free later */

static struct buffer buf;

static void setup(void)
{
	require_sw_sync();
	buf = require_buffer();
	require_both(buf.fd);
	leaves_open(LEAVES);
	import_and_close(buf.fd, READ, leaves_file(0, 2));
	import_and_close(buf.fd, WRITE, leaves_file(2, WRITERS));
}

static void do_rounds(unsigned int access, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		struct fl_sync_file_arg give = { .flags = WRITE }, take;

		CHECK_EQ(__real_ioctl(buf.fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &give), 0);
		take = (struct fl_sync_file_arg){ .flags = access, .fd = give.fd };
		CHECK_EQ(__real_ioctl(buf.fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &take), 0);
		__real_close(give.fd);
	}
}

static long settled_slab_kib(void)
{
	fl_sleep_ms(SETTLE_MS);
	return slab_kib();
}

/* Since 5.19 a fence is in an export once for each usage: the writers were imported for reading, too. */
static unsigned int expected_leaves(unsigned int access)
{
	unsigned int major, minor;
	struct utsname u;

	CHECK_EQ(uname(&u), 0);
	CHECK_EQ(sscanf(u.release, "%u.%u", &major, &minor), 2);
	return access == READ && (major > 5 || (major == 5 && minor >= 19)) ? LEAVES + WRITERS : LEAVES;
}

static void rounds(unsigned int access)
{
	long before, after;
	long long began_us;
	int file;

	do_rounds(access, WARM_UP);
	before = settled_slab_kib();
	began_us = fl_now_us();
	do_rounds(access, ROUNDS);
	began_us = fl_now_us() - began_us;
	after = settled_slab_kib();
	file = export_sync_file(buf.fd, WRITE);
	CHECK_EQ(sync_count(file), expected_leaves(access));
	fl_note("figure rounds access=%s rounds=%d before_kib=%ld after_kib=%ld ns=%lld",
		access == READ ? "read" : "write", ROUNDS, before, after, began_us * 1000 / ROUNDS);
}

static void rounds_read(void)
{
	rounds(READ);
}

static void rounds_write(void)
{
	rounds(WRITE);
}

static const struct subtest subtests[] = {
	{ "rounds-read", rounds_read, "-", "A buffer is given its own export for reading.", 0, 1200 },
	{ "rounds-write", rounds_write, "-", "A buffer is given its own export for writing.", 0, 1200 },
};
FL_BENCH_SUITE("ioctls", NULL, setup, subtests);
