// SPDX-License-Identifier: GPL-2.0-only
/*
 * IMPORT of several fences of one timeline. Only the latest has to stay, but
 * it has to stay whatever the order: an older fence that replaces a newer one
 * opens the gate too early (CVE-2022-49935).
 */
#include <stdio.h>
#include <unistd.h>

#include "../fl.h"

static struct rig rig;
static int timeline, fence[3];	/* values 1 and 2 in [1], [2] */

static void setup(void)
{
	rig_open(&rig);
	timeline = rig_timeline(&rig, 'A');
	fence[1] = rig_fence(&rig, 'A');
	fence[2] = rig_fence(&rig, 'A');
}

/* Reads with the values reached one by one: `reader` and `writer` are the last that gate. */
static void expect_values(const char *step, int reader, int writer)
{
	char text[80];

	for (int now = 0; now <= 2; now++) {
		snprintf(text, sizeof(text), "%s; timeline at %d", step, now);
		rig_expect(&rig, text, now < reader ? "A" : "", now < writer ? "A" : "");
		if (now < 2)
			rig_step(&rig, 'A');
	}
}

static void older_after_newer_read(void)
{
	import_sync_file(rig.buf.fd, READ, fence[2]);
	import_sync_file(rig.buf.fd, READ, fence[1]);
	expect_values("value 1 imported for reading after value 2", 0, 2);
}

static void older_after_newer_write(void)
{
	import_sync_file(rig.buf.fd, WRITE, fence[2]);
	import_sync_file(rig.buf.fd, WRITE, fence[1]);
	expect_values("value 1 imported for writing after value 2", 2, 2);
}

static void newer_after_older_read(void)
{
	import_sync_file(rig.buf.fd, READ, fence[1]);
	import_sync_file(rig.buf.fd, READ, fence[2]);
	expect_values("value 2 imported for reading after value 1", 0, 2);
}

static void newer_after_older_write(void)
{
	import_sync_file(rig.buf.fd, WRITE, fence[1]);
	import_sync_file(rig.buf.fd, WRITE, fence[2]);
	expect_values("value 2 imported for writing after value 1", 2, 2);
}

/* The class of each import and the order, all eight ways. */
struct way {
	const char *name;
	__u32 flags[2];
	int value[2];
	int reader;		/* last value that gates a reader */
};

static const struct way ways[] = {
	{ "read-1-then-write-2", { READ, WRITE }, { 1, 2 }, 2 },
	{ "read-2-then-write-1", { READ, WRITE }, { 2, 1 }, 1 },
	{ "write-1-then-read-2", { WRITE, READ }, { 1, 2 }, 1 },
	{ "write-2-then-read-1", { WRITE, READ }, { 2, 1 }, 2 },
};

static void one_way(const void *arg)
{
	const struct way *way = arg;

	for (int i = 0; i < 2; i++)
		import_sync_file(rig.buf.fd, way->flags[i], fence[way->value[i]]);
	expect_values(way->name, way->reader, 2);
}

/* A timeline per way: its processes share what was opened before the fork. */
static void fresh_way(const void *arg)
{
	rig_open(&rig);
	timeline = rig_timeline(&rig, 'A');
	fence[1] = rig_fence(&rig, 'A');
	fence[2] = rig_fence(&rig, 'A');
	one_way(arg);
}

static void reader_and_writer(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		fl_dynamic(ways[i].name, fresh_way, &ways[i]);
}

static void merged_keeps_the_later(void)
{
	import_and_close(rig.buf.fd, WRITE, merge(fence[1], fence[2]));
	import_and_close(rig.buf.fd, READ, merge(fence[2], fence[1]));
	expect_values("both values merged into one file", 2, 2);
}

/* The older fence comes inside a merged file, beside a stranger. */
static void older_inside_a_merge(void)
{
	int with_b = merge(fence[1], rig_fence(&rig, 'B'));

	import_sync_file(rig.buf.fd, WRITE, fence[2]);
	import_and_close(rig.buf.fd, WRITE, with_b);
	rig_expect(&rig, "value 1 of A with B over value 2 of A", "AB", "AB");
	rig_step(&rig, 'A');
	rig_expect(&rig, "value 1 of A reached", "AB", "AB");
	rig_signal(&rig, 'B');
	rig_expect(&rig, "B signalled", "A", "A");
	rig_step(&rig, 'A');
	rig_expect(&rig, "value 2 of A reached", "", "");
}

/* The newer comes in a merge, and then the older alone. */
static void older_after_a_merge(void)
{
	int with_b = merge(fence[2], rig_fence(&rig, 'B'));

	import_and_close(rig.buf.fd, WRITE, with_b);
	import_sync_file(rig.buf.fd, WRITE, fence[1]);
	import_sync_file(rig.buf.fd, READ, fence[1]);
	rig_signal(&rig, 'B');
	rig_expect(&rig, "B signalled", "A", "A");
	rig_step(&rig, 'A');
	rig_expect(&rig, "value 1 of A reached", "A", "A");
	rig_step(&rig, 'A');
	rig_expect(&rig, "value 2 of A reached", "", "");
}

/* Values that lie on both sides of the wrap of a 32-bit counter. */
static void values_that_wrap(void)
{
	int wrapping = timeline_open("timeline-B");
	int before, after;

	timeline_inc(wrapping, 0x7fffffff);
	timeline_inc(wrapping, 0x7ffffff0);
	before = timeline_fence(wrapping, 0xfffffff8);
	after = timeline_fence(wrapping, 8);
	CHECK(!sync_signalled(before));
	CHECK(!sync_signalled(after));
	import_sync_file(rig.buf.fd, READ, after);
	import_sync_file(rig.buf.fd, READ, before);
	rig_expect(&rig, "values 0xfffffff8 and 8 imported", "", "B");
	timeline_inc(wrapping, 0x20);
	CHECK(sync_signalled(before) && sync_signalled(after));
	rig_expect(&rig, "both reached", "", "");
}

static void equal_value_is_one_fence(void)
{
	import_sync_file(rig.buf.fd, WRITE, fence[2]);
	import_and_close(rig.buf.fd, WRITE, timeline_fence(timeline, 2));
	expect_values("one value, made twice, imported twice", 2, 2);
}

static const struct subtest subtests[] = {
	{ "older-after-newer-read", older_after_newer_read, "P1",
	  "Importing an older reader of a timeline does not let go of the newer one." },
	{ "older-after-newer-write", older_after_newer_write, "P1",
	  "Importing an older writer of a timeline does not let go of the newer one." },
	{ "newer-after-older-read", newer_after_older_read, "P1",
	  "A newer reader of a timeline gates though an older one was there." },
	{ "newer-after-older-write", newer_after_older_write, "P1",
	  "A newer writer of a timeline gates though an older one was there." },
	{ "reader-and-writer", reader_and_writer, "P1",
	  "A reader and a writer of one timeline each gate up to their own value, in any order." },
	{ "merged-keeps-the-later", merged_keeps_the_later, "P1",
	  "Of two values of one timeline in a merged file the later one gates." },
	{ "older-inside-a-merge", older_inside_a_merge, "P1",
	  "An older value that arrives in a merged file does not displace the newer one." },
	{ "older-after-a-merge", older_after_a_merge, "P1",
	  "An older value does not displace the newer one that came in a merged file." },
	{ "values-that-wrap", values_that_wrap, "P1",
	  "Fences on both sides of the wrap of a 32-bit timeline gate until both are reached." },
	{ "equal-value-is-one-fence", equal_value_is_one_fence, "P4",
	  "Two files made for one value of a timeline gate as one." },
};
FL_SUITE("import", NULL, setup, subtests);
