// SPDX-License-Identifier: GPL-2.0-only
/*
 * Atomic commits: a display driver as an explicit waiter (IN_FENCE_FD) and as
 * a source of fences (OUT_FENCE_PTR). Each subtest runs on each card that has
 * a display, as a dynamic subtest of its own.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../fl.h"
#include "../lib/kms.h"
#include "../lib/rig_over.h"

/* A flip that nothing holds comes within FLIP_MS; one still out after HELD_MS is held. */
#define FLIP_MS 2000
#define HELD_MS 50
#define LATER_MS 20

static void on_each_card(void (*run)(const void *driver))
{
	fl_dynamic("vkms", run, "vkms");
	fl_dynamic("virtio-gpu", run, "virtio_gpu");
}

/* A lit card, and timelines to hold its commits. */
struct stage {
	struct rig rig;
	struct kms kms;
};

static void stage_open(struct stage *s, const void *driver)
{
	kms_light(&s->kms, driver);
	rig_without_buffer(&s->rig);
}

/* The same with a vgem buffer in the rig, as the buffer another device works on. */
static void stage_open_with_buffer(struct stage *s, const void *driver)
{
	struct buffer buf = require_buffer();

	rig_over(&s->rig, buf.fd);
	s->rig.buf = buf;
	kms_light(&s->kms, driver);
}

static void expect_held(int out, const char *by)
{
	CHECK_MSG(!sync_wait(out, HELD_MS), "the flip did not wait for %s", by);
}

static void expect_flip(int out)
{
	CHECK_MSG(sync_wait(out, FLIP_MS), "no flip within %d ms though nothing holds it", FLIP_MS);
	close(out);
}

/* ---- in fences ---- */

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

static void in_fence_waits(void)
{
	on_each_card(in_fence_waits_on);
}

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

static void in_fence_exported(void)
{
	on_each_card(in_fence_exported_on);
}

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

static void in_fence_merged(void)
{
	on_each_card(in_fence_merged_on);
}

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

static void in_fence_snapshot(void)
{
	on_each_card(in_fence_snapshot_on);
}

static void in_fence_idle_export_on(const void *driver)
{
	static struct stage s;

	stage_open_with_buffer(&s, driver);
	expect_flip(kms_flip(&s.kms, 1, export_sync_file(s.rig.buf.fd, RW)));
	expect_flip(kms_flip(&s.kms, 0, -1));
}

static void in_fence_idle_export(void)
{
	on_each_card(in_fence_idle_export_on);
}

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

static void in_fence_blocks(void)
{
	on_each_card(in_fence_blocks_on);
}

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

static void in_fence_failed(void)
{
	on_each_card(in_fence_failed_on);
}

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

static void in_fence_wrong_fd(void)
{
	on_each_card(in_fence_wrong_fd_on);
}

/* ---- out fences ---- */

static void out_fence_names_on(const void *driver)
{
	static struct stage s;
	struct sync_info info;
	int out;

	stage_open(&s, driver);
	/* Held, because names of signalled fences differ from kernel to kernel. */
	out = kms_flip(&s.kms, 1, rig_fence(&s.rig, 'A'));
	CHECK(fd_is_cloexec(out));
	info = sync_info(out);
	CHECK_EQ(info.count, 1);
	CHECK_EQ(info.status, 0);
	CHECK_STR(info.leaf[0].driver, driver);
	CHECK_EQ(strncmp(info.leaf[0].timeline, "CRTC:", 5), 0);
	rig_signal(&s.rig, 'A');
	CHECK(sync_wait(out, FLIP_MS));
	CHECK_EQ(sync_status(out), 1);
}

static void out_fence_names(void)
{
	on_each_card(out_fence_names_on);
}

static void out_fence_test_only_on(const void *driver)
{
	static struct stage s;
	unsigned int before;
	__s32 out = 77;

	stage_open(&s, driver);
	before = fd_count();
	CHECK_OK(try_kms_flip(&s.kms, 1, KMS_NO_FENCE, &out, DRM_MODE_ATOMIC_TEST_ONLY));
	CHECK_EQ(out, -1);
	CHECK_EQ(fd_count(), before);
}

static void out_fence_test_only(void)
{
	on_each_card(out_fence_test_only_on);
}

static void out_fence_bad_pointer_on(const void *driver)
{
	static struct stage s;
	unsigned int before;
	__s32 *read_only = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(read_only != MAP_FAILED);
	stage_open(&s, driver);
	before = fd_count();
	CHECK_ERR(try_kms_flip(&s.kms, 1, KMS_NO_FENCE, (__s32 *)8, DRM_MODE_ATOMIC_NONBLOCK),
		  EFAULT);
	CHECK_ERR(try_kms_flip(&s.kms, 1, KMS_NO_FENCE, read_only, DRM_MODE_ATOMIC_NONBLOCK),
		  EFAULT);
	CHECK_EQ(fd_count(), before);
	expect_flip(kms_flip(&s.kms, 1, KMS_NO_FENCE));
}

static void out_fence_bad_pointer(void)
{
	on_each_card(out_fence_bad_pointer_on);
}

/*
 * Imports the out fence of a held flip and follows the buffer until the flip.
 * The rig has no letter for an out fence, so this looks at polls and files.
 */
static void import_out_fence(const void *driver, __u32 flags)
{
	static struct stage s;
	int out, reader, writer;
	short early = flags == READ ? POLLIN : 0;

	stage_open_with_buffer(&s, driver);
	out = kms_flip(&s.kms, 1, rig_fence(&s.rig, 'A'));
	import_sync_file(s.rig.buf.fd, flags, out);
	CHECK_EQ(poll_now(s.rig.buf.fd, POLLIN | POLLOUT), early);
	reader = export_sync_file(s.rig.buf.fd, READ);
	writer = export_sync_file(s.rig.buf.fd, WRITE);
	CHECK_EQ(sync_signalled(reader), flags == READ);
	CHECK_EQ(sync_signalled(writer), false);
	CHECK_STR(sync_info(writer).leaf[0].driver, driver);
	rig_signal(&s.rig, 'A');
	CHECK(sync_wait(out, FLIP_MS));
	CHECK(sync_wait(reader, FLIP_MS));
	CHECK(sync_wait(writer, FLIP_MS));
	rig_expect(&s.rig, "the flip is done", "", "");
}

static void import_out_fence_read_on(const void *driver)
{
	import_out_fence(driver, READ);
}

static void import_out_fence_read(void)
{
	on_each_card(import_out_fence_read_on);
}

static void import_out_fence_write_on(const void *driver)
{
	import_out_fence(driver, WRITE);
}

static void import_out_fence_write(void)
{
	on_each_card(import_out_fence_write_on);
}

/* A buffer that the display reads while an older writer is still there. */
static void import_out_fence_beside_on(const void *driver)
{
	static struct stage s;
	int out;

	stage_open_with_buffer(&s, driver);
	rig_import(&s.rig, WRITE, "B");
	out = kms_flip(&s.kms, 1, rig_fence(&s.rig, 'A'));
	import_sync_file(s.rig.buf.fd, READ, out);
	rig_signal(&s.rig, 'A');
	expect_flip(out);
	rig_expect(&s.rig, "the flip is done", "B", "B");
	rig_signal(&s.rig, 'B');
	rig_expect(&s.rig, "the writer is done", "", "");
}

static void import_out_fence_beside(void)
{
	on_each_card(import_out_fence_beside_on);
}

/* ---- commits one after another ---- */

static void nonblock_busy_on(const void *driver)
{
	static struct stage s;
	unsigned int before;
	__s32 second = 77;
	int first;

	stage_open(&s, driver);
	first = kms_flip(&s.kms, 1, rig_fence(&s.rig, 'A'));
	before = fd_count();
	CHECK_ERR(try_kms_flip(&s.kms, 0, KMS_NO_FENCE, &second, DRM_MODE_ATOMIC_NONBLOCK), EBUSY);
	CHECK_EQ(second, -1);
	CHECK_EQ(fd_count(), before);
	CHECK(!sync_signalled(first));
	rig_signal(&s.rig, 'A');
	expect_flip(first);
	expect_flip(kms_flip(&s.kms, 0, KMS_NO_FENCE));
}

static void nonblock_busy(void)
{
	on_each_card(nonblock_busy_on);
}

static void round_trips_on(const void *driver)
{
	static struct stage s;

	stage_open_with_buffer(&s, driver);
	for (int i = 1; i <= 20; i++) {
		int in, out;

		rig_import(&s.rig, WRITE, "A");
		in = export_sync_file(s.rig.buf.fd, READ);
		out = kms_flip(&s.kms, i % 2, in);
		import_sync_file(s.rig.buf.fd, READ, out);
		rig_signal(&s.rig, 'A');
		expect_flip(out);
		close(in);
	}
	rig_expect(&s.rig, "20 flips are done", "", "");
}

static void round_trips(void)
{
	on_each_card(round_trips_on);
}

static void two_cards(void)
{
	static struct stage s;
	struct kms other;
	int first, second;

	kms_light(&other, "vkms");
	stage_open_with_buffer(&s, "virtio_gpu");
	first = kms_flip(&s.kms, 1, rig_fence(&s.rig, 'A'));
	import_and_close(s.rig.buf.fd, WRITE, dup(first));
	second = kms_flip(&other, 1, export_sync_file(s.rig.buf.fd, READ));
	expect_held(second, "the flip of the other card");
	CHECK(!sync_signalled(first));
	rig_signal(&s.rig, 'A');
	expect_flip(first);
	expect_flip(second);
}

/* ---- implicit fences of the buffer on the screen ---- */

/* Puts the rig on the framebuffer that the next flip shows. */
static void rig_over_scan(struct stage *s, int which)
{
	int buf = try_prime_export(s->kms.fd, s->kms.scan[which].handle, DRM_CLOEXEC | DRM_RDWR);

	if (buf == -ENOSYS)
		fl_skip("this card's driver cannot export its buffers on this kernel");
	CHECK_OK(buf);
	require_both(buf);
	s->rig.buf.fd = buf;
}

static void readers_do_not_hold_on(const void *driver)
{
	static struct stage s;

	stage_open(&s, driver);
	rig_over_scan(&s, 1);
	rig_import(&s.rig, READ, "A");
	expect_flip(kms_flip(&s.kms, 1, KMS_NO_FENCE));
	rig_expect(&s.rig, "the flip is done", "", "A");
}

static void readers_do_not_hold(void)
{
	on_each_card(readers_do_not_hold_on);
}

static void explicit_overrules_on(const void *driver)
{
	static struct stage s;

	stage_open(&s, driver);
	rig_over_scan(&s, 1);
	rig_import(&s.rig, WRITE, "A");
	rig_signal(&s.rig, 'B');
	expect_flip(kms_flip(&s.kms, 1, timeline_fence(rig_timeline(&s.rig, 'B'), 0)));
	rig_expect(&s.rig, "the flip is done", "A", "A");
}

static void explicit_overrules(void)
{
	on_each_card(explicit_overrules_on);
}

static void writers_hold(void)
{
	static struct stage s;
	int out;

	stage_open(&s, "vkms");
	rig_over_scan(&s, 1);
	rig_import(&s.rig, WRITE, "AB");
	out = kms_flip(&s.kms, 1, KMS_NO_FENCE);
	rig_signal(&s.rig, 'A');
	expect_held(out, "an imported writer of the buffer it shows");
	rig_signal(&s.rig, 'B');
	expect_flip(out);
}

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
	{ "out-fence-names", out_fence_names, "ABI",
	  "OUT_FENCE_PTR gives a close-on-exec sync file with one fence of that card's CRTC." },
	{ "out-fence-test-only", out_fence_test_only, "ABI",
	  "A commit that is only a test gives -1 for the out fence and makes no descriptor." },
	{ "out-fence-bad-pointer", out_fence_bad_pointer, "ABI",
	  "An OUT_FENCE_PTR that cannot be written is EFAULT, and nothing leaks." },
	{ "import-out-fence-read", import_out_fence_read, "P1,P3",
	  "A flip's out fence imported as READ holds writers of the buffer and not readers." },
	{ "import-out-fence-write", import_out_fence_write, "P1,P3",
	  "A flip's out fence imported as WRITE holds everyone until the flip is done." },
	{ "import-out-fence-beside", import_out_fence_beside, "P1",
	  "Importing a flip's out fence as READ lets go of no writer that is still at work." },
	{ "nonblock-busy", nonblock_busy, "ABI",
	  "A second nonblocking commit is EBUSY while the first one waits, and makes no out fence." },
	{ "round-trips", round_trips, "P4",
	  "Flip after flip, waiting by EXPORT and answering by IMPORT, leaves the buffer idle." },
	{ "two-cards", two_cards, "P1",
	  "One card's flip, imported into a buffer, holds the flip of another card that reads it." },
	{ "readers-do-not-hold", readers_do_not_hold, "P7",
	  "A screen only reads: imported readers of the buffer it shows do not hold its flip." },
	{ "explicit-overrules", explicit_overrules, "P1,P7",
	  "A flip with IN_FENCE_FD ignores the buffer's own fences, and takes none of them away." },
	{ "writers-hold", writers_hold, "P1,P7",
	  "A flip without IN_FENCE_FD waits for all imported writers of the buffer it shows." },
};
FL_SUITE("atomic", "atomic commits that wait for sync files and give sync files", NULL, subtests);
