// SPDX-License-Identifier: GPL-2.0-only
/* Atomic commits: a display driver as a source of fences (OUT_FENCE_PTR). */
#include <sys/mman.h>
#include <unistd.h>

#include "../fl.h"
#include "../lib/stage.h"

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

ON_EACH_CARD(out_fence_names)

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

ON_EACH_CARD(out_fence_test_only)

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

ON_EACH_CARD(out_fence_bad_pointer)

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

ON_EACH_CARD(import_out_fence_read)

static void import_out_fence_write_on(const void *driver)
{
	import_out_fence(driver, WRITE);
}

ON_EACH_CARD(import_out_fence_write)

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

ON_EACH_CARD(import_out_fence_beside)

static const struct subtest subtests[] = {
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
};
FL_SUITE("atomic", NULL, NULL, subtests);
