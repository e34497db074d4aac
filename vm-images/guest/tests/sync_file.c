// SPDX-License-Identifier: GPL-2.0-only
/* Sync files as such: what the requests under test hand out must work as any other does. */
#include <unistd.h>

#include "../fl.h"

static int a, b, tl_a, tl_b;

static void setup(void)
{
	require_sw_sync();
	tl_a = timeline_open("timeline-A");
	tl_b = timeline_open("timeline-B");
	a = timeline_fence(tl_a, 1);
	b = timeline_fence(tl_b, 1);
}

static void status_of_one(void)
{
	CHECK_EQ(sync_status(a), 0);
	CHECK(!sync_signalled(a));
	timeline_inc(tl_a, 1);
	CHECK_EQ(sync_status(a), 1);
	CHECK(sync_signalled(a));
}

static void merge_waits_for_both(void)
{
	int ab = merge(a, b);

	CHECK_EQ(sync_count(ab), 2);
	CHECK_EQ(sync_status(ab), 0);
	timeline_inc(tl_b, 1);
	CHECK(!sync_signalled(ab));
	timeline_inc(tl_a, 1);
	CHECK(sync_wait(ab, 1000));
}

static void merge_of_one_timeline(void)
{
	int later_one = timeline_fence(tl_a, 5);
	int merged = merge(a, later_one);

	CHECK_EQ(sync_count(merged), 1);
	timeline_inc(tl_a, 4);
	CHECK(!sync_signalled(merged));
	timeline_inc(tl_a, 1);
	CHECK(sync_wait(merged, 1000));
}

static void merge_of_signalled(void)
{
	int ab;

	timeline_inc(tl_a, 1);
	timeline_inc(tl_b, 1);
	ab = merge(a, b);
	CHECK_EQ(sync_status(ab), 1);
	CHECK(sync_signalled(ab));
}

static void merge_of_half_signalled(void)
{
	int ab;

	timeline_inc(tl_a, 1);
	ab = merge(a, b);
	CHECK_EQ(sync_status(ab), 0);
	CHECK(!sync_signalled(ab));
	timeline_inc(tl_b, 1);
	CHECK(sync_wait(ab, 1000));
}

static void info_names_the_leaves(void)
{
	struct sync_info info = sync_info(merge(a, b));
	bool seen_a = false, seen_b = false;

	CHECK_EQ(info.count, 2);
	CHECK_EQ(info.status, 0);
	for (unsigned int i = 0; i < 2; i++) {
		CHECK_STR(info.leaf[i].driver, "sw_sync");
		CHECK_EQ(info.leaf[i].status, 0);
		seen_a |= strcmp(info.leaf[i].timeline, "timeline-A") == 0;
		seen_b |= strcmp(info.leaf[i].timeline, "timeline-B") == 0;
	}
	CHECK(seen_a && seen_b);
}

static void info_of_too_small_an_array(void)
{
	struct sync_fence_info one = { .status = 77 };
	struct sync_file_info info = { .num_fences = 1, .sync_fence_info = (__u64)(unsigned long)&one };

	CHECK_ERR(try_file_info(merge(a, b), &info), EINVAL);
	CHECK_EQ(info.num_fences, 1);
	CHECK_EQ(one.status, 77);
}

static void bad_arguments(void)
{
	struct sync_file_info flags = { .flags = 1 }, pad = { .pad = 1 };
	struct sync_merge_data m = { .fd2 = b, .flags = 1 };

	CHECK_ERR(try_file_info(a, &flags), EINVAL);
	CHECK_ERR(try_file_info(a, &pad), EINVAL);
	CHECK_ERR(try_merge(a, tl_b), ENOENT);
	CHECK_ERR(try_merge(a, -1), ENOENT);
	CHECK_ERR(try_request(a, SYNC_IOC_MERGE, &m), EINVAL);
}

static void closed_timeline_is_enoent(void)
{
	close(tl_a);
	CHECK(sync_wait(a, 1000));
	CHECK_EQ(sync_status(a), -ENOENT);
	CHECK_EQ(sync_info(a).leaf[0].status, -ENOENT);
}

/* ---- and the same of what EXPORT hands out ---- */

static struct buffer buf;

static void setup_imports(void)
{
	setup();
	buf = require_buffer();
	require_both(buf.fd);
}

static void exported_container_info(void)
{
	struct sync_info info;

	import_sync_file(buf.fd, READ, a);
	import_sync_file(buf.fd, READ, b);
	info = sync_info(export_sync_file(buf.fd, WRITE));
	CHECK_EQ(info.count, 2);
	CHECK_EQ(info.status, 0);
	for (unsigned int i = 0; i < 2; i++) {
		CHECK_STR(info.leaf[i].driver, "sw_sync");
		CHECK_EQ(info.leaf[i].status, 0);
	}
}

static void exported_file_merges(void)
{
	int tl_c = timeline_open("timeline-C");
	int file, all;

	import_sync_file(buf.fd, WRITE, a);
	import_sync_file(buf.fd, READ, b);
	file = export_sync_file(buf.fd, WRITE);
	all = merge(file, timeline_fence(tl_c, 1));
	CHECK_EQ(sync_count(all), 3);
	all = merge(all, a);
	CHECK_MSG(sync_count(all) == 3, "P5: a leaf that is there already makes %u of 3",
		  sync_count(all));
	timeline_inc(tl_c, 1);
	timeline_inc(tl_b, 1);
	CHECK(!sync_signalled(all));
	timeline_inc(tl_a, 1);
	CHECK(sync_wait(all, 1000));
}

static void merge_keeps_the_later_value(void)
{
	int later_one = timeline_fence(tl_a, 2);
	int all;

	import_sync_file(buf.fd, WRITE, b);
	import_sync_file(buf.fd, WRITE, a);
	all = merge(export_sync_file(buf.fd, READ), later_one);
	timeline_inc(tl_a, 1);
	timeline_inc(tl_b, 1);
	CHECK_MSG(!sync_signalled(all), "P1: merging with an export lost the later value");
	timeline_inc(tl_a, 1);
	CHECK(sync_wait(all, 1000));
}

static void exported_error_is_seen(void)
{
	int file;

	import_sync_file(buf.fd, WRITE, a);
	file = export_sync_file(buf.fd, READ);
	close(tl_a);
	CHECK(sync_wait(file, 1000));
	CHECK_EQ(sync_status(file), -ENOENT);
	CHECK_EQ(sync_info(file).leaf[0].status, -ENOENT);
}

static const struct subtest plain[] = {
	{ "status-of-one", status_of_one, "ABI",
	  "A file's status and poll follow its fence." },
	{ "merge-waits-for-both", merge_waits_for_both, "P1",
	  "A merged file is signalled when both of its fences are." },
	{ "merge-of-one-timeline", merge_of_one_timeline, "P1",
	  "Of two fences of a timeline a merge keeps the later." },
	{ "merge-of-signalled", merge_of_signalled, "P4",
	  "A merge of signalled files is signalled." },
	{ "merge-of-half-signalled", merge_of_half_signalled, "P1",
	  "A merge with a signalled file waits for the other." },
	{ "info-names-the-leaves", info_names_the_leaves, "ABI",
	  "The file tells driver, timeline and status of each pending leaf." },
	{ "info-of-too-small-an-array", info_of_too_small_an_array, "ABI",
	  "An array too small for the leaves gives EINVAL and nothing is written." },
	{ "bad-arguments", bad_arguments, "ABI",
	  "Merge and info refuse flags and files of another kind with the right error." },
	{ "closed-timeline-is-enoent", closed_timeline_is_enoent, "ABI",
	  "A timeline that is closed ends its fences with ENOENT." },
};
FL_SUITE("sync-file", "what can be done with a sync file, exported or not", setup, plain);

static const struct subtest imports[] = {
	{ "exported-container-info", exported_container_info, "P5",
	  "The file of two leaves tells about the leaves and not about a container." },
	{ "exported-file-merges", exported_file_merges, "P5",
	  "An exported container merges with new and with known leaves." },
	{ "merge-keeps-the-later-value", merge_keeps_the_later_value, "P1",
	  "Merging an export with a later fence of one of its timelines keeps the later." },
	{ "exported-error-is-seen", exported_error_is_seen, "ABI",
	  "A fence that fails after the export gives the exported file its error." },
};
FL_SUITE_AS(with_imports, "sync-file", NULL, setup_imports, imports, false);
