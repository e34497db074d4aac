// SPDX-License-Identifier: GPL-2.0-only
/*
 * virtio-gpu without 3D: its buffers share their reservation object with their
 * dma-buf, its wait request reads it, and its fenced commands write to it.
 */
#include <unistd.h>

#include <drm/drm_fourcc.h>

#include "../fl.h"
#include "../lib/kms.h"
#include "../lib/rig_over.h"
#include "../lib/virtgpu.h"

#define LATER_MS 20
#define DRIVER_MS 2000
#define CURSOR_SIDE 64	/* the only size the driver takes */

static int drm;
static struct virtgpu_buffer buf;
static struct rig rig;

static void setup(void)
{
	drm = require_virtgpu();
	buf = virtgpu_dumb(drm);
	virtgpu_settle(drm, buf.handle);
	rig_over(&rig, buf.fd);
}

static int wait_now(void)
{
	return try_virtgpu_wait(drm, buf.handle, VIRTGPU_WAIT_NOWAIT);
}

static void dumb_idle(void)
{
	rig_expect(&rig, "a new dumb buffer", "", "");
	CHECK_OK(wait_now());
}

static void dumb_import_read(void)
{
	rig_import(&rig, READ, "A");
	rig_expect(&rig, "A was imported for reading", "", "A");
	rig_drain(&rig, "A", "", "A");
}

static void dumb_import_write(void)
{
	rig_import(&rig, WRITE, "A");
	rig_expect(&rig, "A was imported for writing", "A", "A");
	rig_drain(&rig, "A", "A", "A");
}

static void dumb_nothing_lost(void)
{
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "BC");
	rig_import(&rig, WRITE, "D");
	rig_import(&rig, READ, "E");
	rig_expect(&rig, "writers A, D and readers B, C, E", "AD", "ABCDE");
	rig_drain(&rig, "CAEDB", "AD", "ABCDE");
}

static void dumb_cpu_access(void)
{
	struct later l;
	int fence = rig_fence(&rig, 'A');

	import_sync_file(buf.fd, READ, fence);
	CHECK_OK(try_cpu_access(buf.fd, DMA_BUF_SYNC_START | READ));
	CHECK(!sync_signalled(fence));
	later_inc(&l, LATER_MS, rig_timeline(&rig, 'A'));
	CHECK_OK(try_cpu_access(buf.fd, DMA_BUF_SYNC_START | WRITE));
	CHECK_MSG(sync_signalled(fence), "P1: START|WRITE returned before an imported reader was done");
	later_join(&l);
}

/* ---- the driver as a reader of the reservation object ---- */

static void wait_nowait(void)
{
	CHECK_OK(wait_now());
	rig_import(&rig, READ, "A");
	CHECK_ERR(wait_now(), EBUSY);
	rig_signal(&rig, 'A');
	CHECK_OK(wait_now());
	rig_import(&rig, WRITE, "B");
	CHECK_ERR(wait_now(), EBUSY);
	rig_signal(&rig, 'B');
	CHECK_OK(wait_now());
}

static void wait_nowait_mixed(void)
{
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	CHECK_ERR(wait_now(), EBUSY);
	rig_signal(&rig, 'B');
	CHECK_MSG(wait_now() == -EBUSY,
		  "P1: the driver calls a buffer idle whose reader is done but whose writer is not");
	rig_import(&rig, READ, "C");
	rig_signal(&rig, 'A');
	CHECK_MSG(wait_now() == -EBUSY,
		  "P1: the driver calls a buffer idle whose writer is done but whose reader is not");
	rig_signal(&rig, 'C');
	CHECK_OK(wait_now());
}

/* The wait must last until A, the later of the two, whichever classes they have. */
static void wait_for_both(__u32 flags_a, __u32 flags_b)
{
	int a = rig_fence(&rig, 'A'), b = rig_fence(&rig, 'B');
	struct later l;

	import_sync_file(buf.fd, flags_a, a);
	import_sync_file(buf.fd, flags_b, b);
	rig_signal(&rig, 'B');
	later_inc(&l, LATER_MS, rig_timeline(&rig, 'A'));
	CHECK_OK(try_virtgpu_wait(drm, buf.handle, 0));
	CHECK_MSG(sync_signalled(a), "P1: the driver's wait returned while a %s was pending",
		  flags_a == WRITE ? "writer" : "reader");
	later_join(&l);
}

static void wait_writer(void)
{
	wait_for_both(WRITE, READ);
}

static void wait_reader(void)
{
	wait_for_both(READ, WRITE);
}

/* One writer and exactly one reader, none signalled before the wait begins. */
static void signal_both_slowly(void *arg)
{
	(void)arg;
	timeline_inc(rig_timeline(&rig, 'B'), 1);
	fl_sleep_ms(LATER_MS);
	timeline_inc(rig_timeline(&rig, 'A'), 1);
}

static void wait_writer_then_reader(void)
{
	int reader = rig_fence(&rig, 'A');
	struct later l;

	rig_import(&rig, WRITE, "B");
	import_sync_file(buf.fd, READ, reader);
	later(&l, LATER_MS, signal_both_slowly, NULL);
	CHECK_OK(try_virtgpu_wait(drm, buf.handle, 0));
	CHECK_MSG(sync_signalled(reader),
		  "P1: the driver's wait returned after the writer, while the one reader was pending");
	later_join(&l);
}

static void wait_bad_handle(void)
{
	CHECK_ERR(try_virtgpu_wait(drm, 0, VIRTGPU_WAIT_NOWAIT), ENOENT);
	CHECK_ERR(try_virtgpu_wait(drm, 0x7fffffff, 0), ENOENT);
}

static void wait_other_file(void)
{
	int other = require_virtgpu();
	__u32 handle;

	CHECK_OK(try_prime_import(other, buf.fd, &handle));
	rig_import(&rig, READ, "A");
	CHECK_ERR(try_virtgpu_wait(other, handle, VIRTGPU_WAIT_NOWAIT), EBUSY);
	rig_signal(&rig, 'A');
	CHECK_OK(try_virtgpu_wait(other, handle, VIRTGPU_WAIT_NOWAIT));
}

/* ---- the driver as a writer of the reservation object ---- */

static void texture_fence(void)
{
	int pending = 0;

	for (int i = 0; i < 50; i++) {
		struct virtgpu_buffer t = virtgpu_texture(drm);
		int file = export_sync_file(t.fd, READ);
		struct sync_info info = sync_info(file);

		if (info.status == 0) {
			pending++;
			CHECK_EQ(info.count, 1);
			/* It may signal while it is looked at: names are sure only if it had not. */
			if (!sync_signalled(file))
				CHECK_STR(info.leaf[0].driver, "virtio_gpu");
		}
		CHECK_MSG(sync_wait(file, DRIVER_MS), "the driver's own fence does not signal");
		CHECK_EQ(sync_status(file), 1);
		CHECK_OK(try_virtgpu_wait(drm, t.handle, VIRTGPU_WAIT_NOWAIT));
		CHECK_EQ(poll_now(t.fd, POLLIN | POLLOUT), POLLIN | POLLOUT);
		close(file);
		virtgpu_close(drm, &t);
	}
	fl_note("the driver's fence was still pending when exported: %d of 50", pending);
}

static void texture_import(void)
{
	for (int i = 0; i < 20; i++) {
		struct virtgpu_buffer t = virtgpu_texture(drm);
		__u32 flags = i % 2 ? READ : WRITE;
		int own = export_sync_file(t.fd, RW);

		rig.buf.fd = t.fd;
		rig_import(&rig, flags, "A");
		CHECK_MSG(sync_wait(own, DRIVER_MS), "the driver's own fence does not signal");
		rig_expect(&rig, "the driver's own fence has signalled", flags == WRITE ? "A" : "", "A");
		rig_signal(&rig, 'A');
		rig_expect(&rig, "A has signalled", "", "");
		close(own);
		virtgpu_close(drm, &t);
	}
}

/* Shows a buffer as the cursor: an upload whose fence the driver puts on the buffer. */
static void show_cursor(struct kms *kms, __u32 fb)
{
	struct kms_commit c = { 0 };

	if (!kms->cursor)
		fl_skip("this kernel shows no cursor plane of virtio-gpu");
	kms_set_plane(kms, &c, kms->cursor, fb, CURSOR_SIDE, CURSOR_SIDE);
	/* An explicit fence, long signalled, so that no kernel waits for the imported ones. */
	kms_set(kms, &c, kms->cursor, "IN_FENCE_FD",
		(__u64)timeline_fence(rig_timeline(&rig, 'F'), 0));
	CHECK_OK(try_kms_commit(kms, &c, 0));
}

static void cursor_keeps(__u32 first_flags, const char *first, __u32 second_flags,
			 const char *second, const char *reader, const char *writer)
{
	struct kms kms;
	struct kms_buffer cursor;

	close(drm);	/* whoever opened the card first is its master */
	kms_light(&kms, "virtio_gpu");
	cursor = kms_buffer(&kms, CURSOR_SIDE, CURSOR_SIDE, DRM_FORMAT_ARGB8888);
	rig.buf.fd = prime_export(kms.fd, cursor.handle);
	rig_import(&rig, first_flags, first);
	if (second)
		rig_import(&rig, second_flags, second);
	show_cursor(&kms, cursor.fb);
	rig_expect(&rig, "the driver's upload is done", reader, writer);
	rig_drain(&rig, "AB", reader, writer);
}

static void cursor_keeps_readers(void)
{
	cursor_keeps(READ, "AB", 0, NULL, "", "AB");
}

static void cursor_keeps_writers(void)
{
	cursor_keeps(WRITE, "AB", 0, NULL, "AB", "AB");
}

static void cursor_keeps_both(void)
{
	cursor_keeps(WRITE, "A", READ, "B", "A", "AB");
}

/* ---- lifetime ---- */

static void handle_gone(void)
{
	int file;

	rig_import(&rig, WRITE, "A");
	file = export_sync_file(buf.fd, READ);
	CHECK_OK(try_gem_close(drm, buf.handle));
	rig_expect(&rig, "the handle is gone, the dma-buf is not", "A", "A");
	close(buf.fd);
	close(drm);
	CHECK(!sync_signalled(file));
	rig_signal(&rig, 'A');
	CHECK(sync_wait(file, DRIVER_MS));
}

static void dma_buf_gone(void)
{
	rig_import(&rig, READ, "A");
	CHECK_EQ(poll_now(buf.fd, POLLIN | POLLOUT), POLLIN);
	close(buf.fd);
	CHECK_ERR(wait_now(), EBUSY);
	buf.fd = prime_export(drm, buf.handle);
	rig.buf.fd = buf.fd;
	rig_expect(&rig, "the dma-buf was closed and made again", "", "A");
	rig_signal(&rig, 'A');
	CHECK_OK(wait_now());
}

static void all_gone_while_polled(void)
{
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	CHECK_EQ(poll_now(buf.fd, POLLIN), 0);
	CHECK_EQ(poll_now(buf.fd, POLLOUT), 0);
	CHECK_OK(try_gem_close(drm, buf.handle));
	close(buf.fd);
	close(drm);
	rig_over_close(&rig);
}

static void render_without_3d(void)
{
	__u32 nop = 0;

	if (virtgpu_has_3d(drm))
		fl_skip("this virtio-gpu has 3D, so its requests are not refused");
	CHECK_ERR(try_virtgpu_submit(drm, &nop, 1, buf.handle, 0, NULL), ENOSYS);
	CHECK_ERR(try_virtgpu_download(drm, buf.handle), ENOSYS);
	rig_expect(&rig, "refused requests", "", "");
}

static const struct subtest subtests[] = {
	{ "dumb-idle", dumb_idle, "ABI",
	  "A new dumb buffer exports a signalled file, polls ready and is not busy for its driver." },
	{ "dumb-import-read", dumb_import_read, "P1,P3",
	  "A reader imported into a dumb buffer holds writers until it signals." },
	{ "dumb-import-write", dumb_import_write, "P1,P3",
	  "A writer imported into a dumb buffer holds everyone until it signals." },
	{ "dumb-nothing-lost", dumb_nothing_lost, "P1,P3",
	  "Readers and writers imported in turn are all kept, and signal one by one." },
	{ "dumb-cpu-access", dumb_cpu_access, "P1",
	  "CPU access to a dumb buffer waits for imported readers only when it is to write." },
	{ "wait-nowait", wait_nowait, "P1",
	  "The driver's own busy check sees imported readers and imported writers." },
	{ "wait-nowait-mixed", wait_nowait_mixed, "P1",
	  "The driver's busy check looks at the writer even if there are readers, and at readers after it." },
	{ "wait-writer", wait_writer, "P1",
	  "The driver's wait lasts until an imported writer signals, beside a finished reader." },
	{ "wait-reader", wait_reader, "P1",
	  "The driver's wait lasts until an imported reader signals, beside a finished writer." },
	{ "wait-writer-then-reader", wait_writer_then_reader, "P1",
	  "The driver's wait goes on to the one reader after the writer has signalled." },
	{ "wait-bad-handle", wait_bad_handle, "ABI",
	  "The driver's wait refuses a handle that names no buffer with ENOENT." },
	{ "wait-other-file", wait_other_file, "P1",
	  "Another opener of the card that imports the dma-buf sees the same fences." },
	{ "texture-fence", texture_fence, "P8",
	  "EXPORT shows the fence the driver puts on a new texture while it is pending, and it signals." },
	{ "texture-import", texture_import, "P1,P3",
	  "An import beside the driver's own fence is kept when that one signals." },
	{ "cursor-keeps-readers", cursor_keeps_readers, "P1",
	  "A fenced upload by the driver lets go of no imported reader." },
	{ "cursor-keeps-writers", cursor_keeps_writers, "P1",
	  "A fenced upload by the driver lets go of no imported writer." },
	{ "cursor-keeps-both", cursor_keeps_both, "P1",
	  "A fenced upload by the driver keeps an imported writer and a reader in their classes." },
	{ "handle-gone", handle_gone, "P1",
	  "An exported file outlives handle, dma-buf and card, and signals when its fence does.", FL_FATAL },
	{ "dma-buf-gone", dma_buf_gone, "P1",
	  "Fences stay with the buffer when its dma-buf is polled, closed and exported again." },
	{ "all-gone-while-polled", all_gone_while_polled, "P1",
	  "Everything of a polled, busy buffer can be closed before its fences signal.", FL_FATAL },
	{ "render-without-3d", render_without_3d, "ABI",
	  "Without 3D the rendering requests are refused with ENOSYS and leave no fence behind." },
};
FL_SUITE("virtio-gpu", "virtio-gpu's buffers, waits and fenced commands", setup, subtests);
