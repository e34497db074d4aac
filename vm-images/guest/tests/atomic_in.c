// SPDX-License-Identifier: GPL-2.0-only
/*
 * Atomic commits: a display driver as an explicit waiter (IN_FENCE_FD). Each
 * subtest runs on each card that has a display, as a dynamic subtest of its own.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "../fl.h"
#include "../lib/stage.h"

#define LATER_MS 20

static void in_fence_waits_on(const void *driver)
{
	static struct stage s;
	int out;

	stage_open(&s, driver);
	out = kms_flip(&s.kms, 1, rig_fence(&s.rig, 'A'));
	expect_held(out, "a pending IN_FENCE_FD");
	rig_signal(&s.rig, 'A');
	expect_flip(out);
}

ON_EACH_CARD(in_fence_waits)

static void in_fence_exported_on(const void *driver)
{
	static struct stage s;
	int out;

	stage_open_with_buffer(&s, driver);
	rig_attach(&s.rig, true);
	rig_import(&s.rig, READ, "A");
	out = kms_flip(&s.kms, 1, export_sync_file(s.rig.buf.fd, WRITE));
	rig_signal(&s.rig, 'V');
	expect_held(out, "an imported fence that EXPORT(WRITE) gave");
	rig_signal(&s.rig, 'A');
	expect_flip(out);
}

ON_EACH_CARD(in_fence_exported)

static void in_fence_merged_on(const void *driver)
{
	static struct stage s;
	int out;

	stage_open_with_buffer(&s, driver);
	rig_import(&s.rig, WRITE, "A");
	out = kms_flip(&s.kms, 1,
		       merge_and_close(export_sync_file(s.rig.buf.fd, READ), rig_fence(&s.rig, 'B')));
	rig_signal(&s.rig, 'A');
	expect_held(out, "the second half of a merged file");
	rig_signal(&s.rig, 'B');
	expect_flip(out);
}

ON_EACH_CARD(in_fence_merged)

static void in_fence_snapshot_on(const void *driver)
{
	static struct stage s;
	int out;

	stage_open_with_buffer(&s, driver);
	rig_import(&s.rig, WRITE, "A");
	out = kms_flip(&s.kms, 1, export_sync_file(s.rig.buf.fd, RW));
	rig_import(&s.rig, WRITE, "B");
	rig_signal(&s.rig, 'A');
	CHECK_MSG(sync_wait(out, FLIP_MS),
		  "P8: the flip waits for a fence that was imported after the EXPORT");
	rig_expect(&s.rig, "the flip is done", "B", "B");
}

ON_EACH_CARD(in_fence_snapshot)

static void in_fence_idle_export_on(const void *driver)
{
	static struct stage s;

	stage_open_with_buffer(&s, driver);
	expect_flip(kms_flip(&s.kms, 1, export_sync_file(s.rig.buf.fd, RW)));
	expect_flip(kms_flip(&s.kms, 0, -1));
}

ON_EACH_CARD(in_fence_idle_export)

static void in_fence_blocks_on(const void *driver)
{
	static struct stage s;
	struct later l;
	int fence;

	stage_open_with_buffer(&s, driver);
	rig_import(&s.rig, WRITE, "A");
	fence = export_sync_file(s.rig.buf.fd, WRITE);
	later_inc(&l, LATER_MS, rig_timeline(&s.rig, 'A'));
	CHECK_OK(try_kms_flip(&s.kms, 1, fence, NULL, 0));
	CHECK_MSG(sync_signalled(fence), "a blocking commit returned before its in fence signalled");
	later_join(&l);
}

ON_EACH_CARD(in_fence_blocks)

static void in_fence_failed_on(const void *driver)
{
	static struct stage s;
	int timeline, out;

	stage_open(&s, driver);
	timeline = timeline_open("short-lived");
	out = kms_flip(&s.kms, 1, timeline_fence(timeline, 1));
	expect_held(out, "a pending IN_FENCE_FD");
	close(timeline);
	expect_flip(out);
}

ON_EACH_CARD(in_fence_failed)

static void in_fence_wrong_fd_on(const void *driver)
{
	static struct stage s;
	unsigned int before;
	__s32 out = 77;
	int wrong[3];

	stage_open(&s, driver);
	wrong[0] = require_buffer().fd;
	wrong[1] = memfd_create("not-a-sync-file", MFD_CLOEXEC);
	wrong[2] = 1 << 20;
	before = fd_count();
	for (int i = 0; i < 3; i++) {
		CHECK_ERR(try_kms_flip(&s.kms, 1, wrong[i], NULL, 0), EINVAL);
		CHECK_ERR(try_kms_flip(&s.kms, 1, wrong[i], &out, DRM_MODE_ATOMIC_NONBLOCK), EINVAL);
		CHECK_EQ(out, -1);
	}
	CHECK_EQ(fd_count(), before);
	expect_flip(kms_flip(&s.kms, 1, KMS_NO_FENCE));
}

ON_EACH_CARD(in_fence_wrong_fd)

static const struct subtest subtests[] = {
	{ "in-fence-waits", in_fence_waits, "ABI",
	  "A commit does not reach the screen before the sync file in IN_FENCE_FD signals." },
	{ "in-fence-exported", in_fence_exported, "P1,P3",
	  "A commit that is given an EXPORTed file waits for every fence the buffer had." },
	{ "in-fence-merged", in_fence_merged, "P1,P5",
	  "An EXPORTed file merged with another one holds a commit until both are signalled." },
	{ "in-fence-snapshot", in_fence_snapshot, "P8",
	  "A commit that waits for an EXPORTed file ignores what is imported afterwards." },
	{ "in-fence-idle-export", in_fence_idle_export, "ABI",
	  "A commit is not held by the export of an idle buffer, nor by the fence -1." },
	{ "in-fence-blocks", in_fence_blocks, "P1",
	  "A blocking commit returns only after the exported fence it was given has signalled." },
	{ "in-fence-failed", in_fence_failed, "ABI",
	  "A commit goes on when the fence it waits for ends with an error." },
	{ "in-fence-wrong-fd", in_fence_wrong_fd, "ABI",
	  "A descriptor that is no sync file is refused in IN_FENCE_FD, and nothing leaks." },
};
FL_SUITE("atomic", "atomic commits that wait for sync files and give sync files", NULL, subtests);
