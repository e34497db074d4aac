// SPDX-License-Identifier: GPL-2.0-only
/* EXPORT of several leaves: flat, complete, a snapshot, and usable with SYNC_IOC_MERGE. */
#include <stdio.h>
#include <unistd.h>

#include "../fl.h"

#define MANY 40

static struct rig rig;

static void setup(void)
{
	rig_open(&rig);
}

static void mixed_leaves_are_flat(void)
{
	rig_import(&rig, WRITE, "AB");
	rig_import(&rig, READ, "CD");
	rig_import(&rig, READ, "E");
	rig_expect(&rig, "AB written, CD and E read", "AB", "ABCDE");
	rig_drain(&rig, "CAEBD", "AB", "ABCDE");
}

static void snapshot_of_several(void)
{
	int before;

	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	before = export_sync_file(rig.buf.fd, WRITE);
	rig_import(&rig, WRITE, "C");
	rig_import(&rig, READ, "D");
	rig_expect_file(&rig, "P8: C and D came after", "the earlier export", before, "AB");
	rig_signal(&rig, 'A');
	CHECK(!sync_signalled(before));
	rig_signal(&rig, 'B');
	CHECK_MSG(sync_wait(before, 1000), "P8: the earlier export waits for what came after it");
	rig_expect(&rig, "A and B signalled", "C", "CD");
}

/* Two writers are a container already: an export that is that container must not gain the third. */
static void snapshot_of_writers(void)
{
	int before;

	rig_import(&rig, WRITE, "A");
	rig_import(&rig, WRITE, "B");
	before = export_sync_file(rig.buf.fd, READ);
	rig_import(&rig, WRITE, "C");
	rig_expect_file(&rig, "P8: C came after", "the earlier export", before, "AB");
	rig_signal(&rig, 'A');
	CHECK(!sync_signalled(before));
	rig_signal(&rig, 'B');
	CHECK_MSG(sync_wait(before, 1000), "P8: the earlier export waits for what came after it");
	rig_expect(&rig, "A and B signalled", "C", "C");
}

/* The same timeline again, later: the file must end with the value it was exported for. */
static void snapshot_of_a_value(void)
{
	int before;

	rig_import(&rig, WRITE, "A");
	before = export_sync_file(rig.buf.fd, READ);
	rig_import(&rig, WRITE, "A");
	rig_step(&rig, 'A');
	CHECK_MSG(sync_wait(before, 1000),
		  "P8: the earlier export waits for a later fence of its timeline");
	rig_expect(&rig, "the first of two values reached", "A", "A");
	rig_step(&rig, 'A');
	rig_expect(&rig, "both values reached", "", "");
}

static void exports_repeat(void)
{
	rig_import(&rig, WRITE, "AB");
	rig_import(&rig, READ, "C");
	for (int i = 0; i < 20; i++)
		rig_expect(&rig, "nothing but exports since", "AB", "ABC");
}

/* What Xwayland does: one export per plane, then a merge of all. */
static void merge_of_own_exports(void)
{
	int all;

	rig_import(&rig, WRITE, "BA");
	rig_import(&rig, READ, "DC");
	all = merge_and_close(export_sync_file(rig.buf.fd, READ),
			      export_sync_file(rig.buf.fd, WRITE));
	rig_expect_file(&rig, "exports for reading and writing merged", "the result", all, "ABCD");
	CHECK_MSG(sync_count(all) == 4,
		  "P5: merging two exports of one buffer gives %u leaves, not 4",
		  sync_count(all));
	rig_signal(&rig, 'D');
	rig_signal(&rig, 'A');
	rig_signal(&rig, 'B');
	CHECK(!sync_signalled(all));
	rig_signal(&rig, 'C');
	CHECK(sync_wait(all, 1000));
}

static void merge_across_buffers(void)
{
	struct rig other;
	int fence, all;

	rig_open_beside(&other, &rig);
	fence = rig_fence(&rig, 'A');
	import_sync_file(rig.buf.fd, WRITE, fence);
	import_sync_file(other.buf.fd, READ, fence);
	rig_import(&rig, READ, "B");
	rig_import(&other, WRITE, "C");
	all = merge_and_close(export_sync_file(rig.buf.fd, WRITE),
			      export_sync_file(other.buf.fd, WRITE));
	rig_expect_file(&rig, "exports of two buffers merged", "the result", all, "ABC");
	CHECK_EQ(sync_count(all), 3);
	rig_signal(&rig, 'C');
	rig_signal(&rig, 'A');
	CHECK_MSG(!sync_signalled(all), "P1: the merged file no longer waits for B");
	rig_signal(&rig, 'B');
	CHECK(sync_wait(all, 1000));
}

static void merge_with_an_idle_export(void)
{
	int idle = export_sync_file(rig.buf.fd, WRITE);
	int all;

	rig_import(&rig, WRITE, "AB");
	all = merge_and_close(idle, export_sync_file(rig.buf.fd, WRITE));
	rig_expect_file(&rig, "an idle and a busy export merged", "the result", all, "AB");
	rig_signal(&rig, 'A');
	CHECK(!sync_signalled(all));
	rig_signal(&rig, 'B');
	CHECK(sync_wait(all, 1000));
}

static void many_leaves(void)
{
	int timelines[MANY];
	int file;

	for (int i = 0; i < MANY; i++) {
		char name[TIMELINE_NAME_MAX];

		snprintf(name, sizeof(name), "many-%d", i);
		timelines[i] = timeline_open(name);
		import_and_close(rig.buf.fd, i % 3 ? READ : WRITE, timeline_fence(timelines[i], 1));
	}
	file = export_sync_file(rig.buf.fd, WRITE);
	CHECK_GE(sync_count(file), MANY);
	for (int i = 0; i < MANY; i++) {
		CHECK_MSG(!sync_signalled(file), "P1: the file ended with %d of %d leaves pending",
			  MANY - i, MANY);
		timeline_inc(timelines[(i * 7) % MANY], 1);
	}
	CHECK(sync_wait(file, 1000));
	rig_expect(&rig, "all signalled", "", "");
}

static void signalled_leaves_are_left_out(void)
{
	int file;

	rig_import(&rig, READ, "ABCDE");
	rig_signal(&rig, 'B');
	rig_signal(&rig, 'D');
	file = export_sync_file(rig.buf.fd, WRITE);
	rig_expect_file(&rig, "B and D of five signalled", "EXPORT(WRITE)", file, "ACE");
	CHECK_MSG(sync_count(file) == 3, "P4: the file holds %u fences where 3 are pending",
		  sync_count(file));
}

static void failed_fence_does_not_stick(void)
{
	int timeline = timeline_open("doomed");

	import_and_close(rig.buf.fd, WRITE, timeline_fence(timeline, 1));
	CHECK(!sync_signalled(export_sync_file(rig.buf.fd, READ)));
	close(timeline);	/* sw_sync ends its fences with an error */
	rig_expect(&rig, "the only fence failed", "", "");
	rig_import(&rig, WRITE, "A");
	rig_expect(&rig, "a new writer came", "A", "A");
}

static const struct subtest subtests[] = {
	{ "mixed-leaves-are-flat", mixed_leaves_are_flat, "P1,P5",
	  "Several imported files come out as one flat list of leaves, each of which gates." },
	{ "snapshot-of-several", snapshot_of_several, "P8",
	  "A file with several leaves neither gains nor loses one when the buffer changes." },
	{ "snapshot-of-writers", snapshot_of_writers, "P8",
	  "An export of several writers for reading does not gain a writer that comes later." },
	{ "snapshot-of-a-value", snapshot_of_a_value, "P8",
	  "A later fence of a timeline in the file does not delay the file." },
	{ "exports-repeat", exports_repeat, "P8",
	  "Exports with nothing in between hold the same leaves." },
	{ "merge-of-own-exports", merge_of_own_exports, "P5",
	  "Two exports of one buffer can be merged, and each leaf is in the result once." },
	{ "merge-across-buffers", merge_across_buffers, "P5",
	  "Exports of two buffers that share a fence merge into the union of their leaves." },
	{ "merge-with-an-idle-export", merge_with_an_idle_export, "P5",
	  "An idle buffer's export adds nothing to a merge and takes nothing away." },
	{ "many-leaves", many_leaves, "P1,P5",
	  "A file with forty leaves ends with the last of them." },
	{ "signalled-leaves-are-left-out", signalled_leaves_are_left_out, "P4",
	  "An export holds the pending leaves of a buffer only." },
	{ "failed-fence-does-not-stick", failed_fence_does_not_stick, "P4",
	  "A fence that ended with an error is gone from later exports, like any other." },
};
FL_SUITE("export", NULL, setup, subtests);
