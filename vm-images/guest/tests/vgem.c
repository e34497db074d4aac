// SPDX-License-Identifier: GPL-2.0-only
/* vgem's own fences: a reader and a writer of the buffer's state that is not EXPORT or poll. */
#include <sys/ioctl.h>
#include <unistd.h>

#include "../lib/vgem_abi.h"

#include "../fl.h"

static struct rig rig;

static void setup(void)
{
	rig_open_plain(&rig);
}

static void setup_imports(void)
{
	rig_open(&rig);
}

static int try_attach(bool write)
{
	return try_vgem_attach(rig.buf.drm, rig.buf.handle, write);
}

/* 0 if vgem may attach, after undoing it. */
static int probe(bool write)
{
	int id = try_attach(write);

	if (id < 0)
		return id;
	vgem_signal(&rig.buf, id);
	return 0;
}

static void expect_busy(const char *step, bool read_busy, bool write_busy)
{
	int r = probe(false), w = probe(true);

	if (r != (read_busy ? -EBUSY : 0))
		fl_broken("%s: vgem's READ attach gave %s where %s was due (%s)",
			  read_busy ? "P1" : "ABI", fl_errname(r), read_busy ? "EBUSY" : "0", step);
	if (w != (write_busy ? -EBUSY : 0))
		fl_broken("%s: vgem's WRITE attach gave %s where %s was due (%s)",
			  write_busy ? "P1" : "ABI", fl_errname(w), write_busy ? "EBUSY" : "0", step);
	if (fl_failed())
		fl_fail("vgem sees a wrong state after: %s", step);
}

static void busy_beside_own(void)
{
	int id;

	expect_busy("idle", false, false);
	id = vgem_attach(&rig.buf, false);
	expect_busy("vgem reads", false, true);
	vgem_signal(&rig.buf, id);
	expect_busy("vgem has read", false, false);
	id = vgem_attach(&rig.buf, true);
	expect_busy("vgem writes", true, true);
	vgem_signal(&rig.buf, id);
	expect_busy("vgem has written", false, false);
}

static void busy_after_read_import(void)
{
	rig_import(&rig, READ, "A");
	expect_busy("A reads", false, true);
	rig_signal(&rig, 'A');
	expect_busy("A has read", false, false);
}

static void busy_after_write_import(void)
{
	rig_import(&rig, WRITE, "A");
	expect_busy("A writes", true, true);
	rig_signal(&rig, 'A');
	expect_busy("A has written", false, false);
}

/* The hole that made the first proposal dangerous: a done reader hides a pending writer. */
static void busy_when_reader_ends_first(void)
{
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	expect_busy("A writes, B reads", true, true);
	rig_signal(&rig, 'B');
	expect_busy("A writes, B has read", true, true);
	rig_signal(&rig, 'A');
	expect_busy("both done", false, false);
}

static void busy_when_writer_ends_first(void)
{
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	rig_signal(&rig, 'A');
	expect_busy("A has written, B reads", false, true);
	rig_signal(&rig, 'B');
	expect_busy("both done", false, false);
}

static void busy_until_last_leaf(void)
{
	rig_import(&rig, WRITE, "ABC");
	rig_signal(&rig, 'A');
	rig_signal(&rig, 'C');
	expect_busy("B of three writers is left", true, true);
	rig_signal(&rig, 'B');
	expect_busy("all three done", false, false);
}

/* A driver's own fence takes the place of no other. */
static void attach_keeps_imports(void)
{
	rig_import(&rig, READ, "A");
	rig_import(&rig, READ, "B");
	rig_attach(&rig, false);
	rig_expect(&rig, "vgem reads beside A and B", "", "ABV");
	rig_signal(&rig, 'A');
	rig_attach(&rig, false);
	rig_expect(&rig, "vgem reads again", "", "BV");
}

static void refused_attach_changes_nothing(void)
{
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	for (int i = 0; i < 50; i++) {
		CHECK_ERR(try_attach(true), EBUSY);
		CHECK_ERR(try_attach(false), EBUSY);
	}
	rig_expect(&rig, "a hundred attaches were refused", "A", "AB");
	rig_drain(&rig, "BA", "A", "AB");
}

static int try_attach_raw(__u32 handle, __u32 flags, __u32 pad)
{
	struct drm_vgem_fence_attach a = { .handle = handle, .flags = flags, .pad = pad };

	return ioctl(rig.buf.drm, DRM_IOCTL_VGEM_FENCE_ATTACH, &a) ? -errno : (int)a.out_fence;
}

static int try_signal_raw(__u32 fence, __u32 flags)
{
	struct drm_vgem_fence_signal s = { .fence = fence, .flags = flags };

	return ioctl(rig.buf.drm, DRM_IOCTL_VGEM_FENCE_SIGNAL, &s) ? -errno : 0;
}

static void bad_arguments(void)
{
	int id;

	CHECK_ERR(try_attach_raw(rig.buf.handle, 2, 0), EINVAL);
	CHECK_ERR(try_attach_raw(rig.buf.handle, 0, 1), EINVAL);
	CHECK_ERR(try_attach_raw(rig.buf.handle + 99, 0, 0), ENOENT);
	CHECK_ERR(try_signal_raw(0, 0), ENOENT);
	CHECK_ERR(try_signal_raw(12345, 0), ENOENT);
	id = vgem_attach(&rig.buf, true);
	CHECK_ERR(try_signal_raw((__u32)id, 1), EINVAL);
	CHECK_OK(try_signal_raw((__u32)id, 0));
	CHECK_ERR(try_signal_raw((__u32)id, 0), ENOENT);
}

static void other_files_fence(void)
{
	int other = require_vgem();
	int id = vgem_attach(&rig.buf, true);

	CHECK_ERR(try_vgem_signal(other, (__u32)id), ENOENT);
	rig_expect_poll(&rig, "another file tried to signal", true, true);
	vgem_signal(&rig.buf, id);
}

static void expires(void)
{
	int id = vgem_attach(&rig.buf, true);
	long long started = fl_now_us(), waited;

	CHECK(poll_within(rig.buf.fd, POLLIN, VGEM_EXPIRES_MS + 3000));
	waited = fl_now_us() - started;
	CHECK_GE(waited, (VGEM_EXPIRES_MS - 1000) * 1000LL);
	/* It ends well: who waits must not take the buffer for broken. */
	rig_expect_poll(&rig, "the fence expired", false, false);
	CHECK_ERR(try_vgem_signal(rig.buf.drm, (__u32)id), ETIMEDOUT);
	CHECK_ERR(try_vgem_signal(rig.buf.drm, (__u32)id), ENOENT);
}

static const struct subtest plain[] = {
	{ "busy-beside-own", busy_beside_own, "P1",
	  "vgem lets readers in beside readers and nobody in beside a writer." },
	{ "bad-arguments", bad_arguments, "ABI",
	  "Bad flags, handles and fence numbers are refused with the right error." },
	{ "other-files-fence", other_files_fence, "P1",
	  "A fence belongs to the file that attached it: another cannot signal it." },
	{ "expires", expires, "ABI",
	  "A fence that nobody signals ends by itself after ten seconds.", FL_SLOW, 30 },
};
FL_SUITE("vgem", "a driver's fences beside the imported ones", setup, plain);

static const struct subtest imports[] = {
	{ "busy-after-read-import", busy_after_read_import, "P1",
	  "A driver may read but not write while an imported reader is pending." },
	{ "busy-after-write-import", busy_after_write_import, "P1",
	  "A driver may neither read nor write while an imported writer is pending." },
	{ "busy-when-reader-ends-first", busy_when_reader_ends_first, "P1",
	  "An imported reader that is done does not hide a pending writer from a driver." },
	{ "busy-when-writer-ends-first", busy_when_writer_ends_first, "P1",
	  "A driver may not write while an imported reader outlives the writer." },
	{ "busy-until-last-leaf", busy_until_last_leaf, "P1",
	  "A driver is kept out until the last leaf of a merged file has signalled." },
	{ "attach-keeps-imports", attach_keeps_imports, "P1",
	  "A driver that adds readers of its own does not let go of imported ones." },
	{ "refused-attach-changes-nothing", refused_attach_changes_nothing, "P1",
	  "An attach that was refused leaves the buffer as it was." },
};
FL_SUITE_AS(with_imports, "vgem", NULL, setup_imports, imports, false);
