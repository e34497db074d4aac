// SPDX-License-Identifier: GPL-2.0-only
/*
 * virtio-gpu with 3D: real submissions that wait for sync files, give sync
 * files, and put fences on the buffers they use.
 *
 * Nothing here can hold the GPU, so "still pending" is never asserted of its
 * own fences: what is held is held by a timeline of ours.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "../fl.h"
#include "../lib/rig_over.h"
#include "../lib/virtgpu.h"

#define LATER_MS 20
#define GPU_MS 5000

/* The host's command stream: one word of header, then the operands. */
#define COMMAND(op, object, length) ((__u32)(op) | (__u32)(object) << 8 | (__u32)(length) << 16)
enum { OP_NOP = 0, OP_CREATE_OBJECT = 1, OP_SET_FRAMEBUFFER = 5, OP_CLEAR = 7 };
#define OBJECT_SURFACE 8
#define CLEAR_COLOR_0 (1 << 2)
#define FORMAT_B8G8R8A8 1
#define SURFACE_NAME 1

static int drm;
static struct virtgpu_buffer texture;
static struct rig rig;

static void setup(void)
{
	drm = require_virgl();
	texture = virtgpu_texture(drm);
	virtgpu_settle(drm, texture.handle);
	rig_over(&rig, texture.fd);
}

static const __u32 nop[] = { COMMAND(OP_NOP, 0, 0) };

/* An empty submission that uses the texture: its fence comes out, and is put on the texture. */
static int submit_nop(void)
{
	int fence = -1;

	CHECK_OK(try_virtgpu_submit(drm, nop, 1, texture.handle, VIRTGPU_EXECBUF_FENCE_FD_OUT,
				    &fence));
	CHECK_GE(fence, 0);
	return fence;
}

/* Fills the texture with white. */
static int submit_clear(void)
{
	const float one = 1.0f;
	__u32 bits;
	int fence = -1;

	memcpy(&bits, &one, sizeof(bits));
	const __u32 commands[] = {
		COMMAND(OP_CREATE_OBJECT, OBJECT_SURFACE, 5),
		SURFACE_NAME, texture.resource, FORMAT_B8G8R8A8, 0, 0,
		COMMAND(OP_SET_FRAMEBUFFER, 0, 3),
		1, 0, SURFACE_NAME,
		COMMAND(OP_CLEAR, 0, 8),
		CLEAR_COLOR_0, bits, bits, bits, bits, 0, 0, 0,
	};

	CHECK_OK(try_virtgpu_submit(drm, commands, sizeof(commands) / 4, texture.handle,
				    VIRTGPU_EXECBUF_FENCE_FD_OUT, &fence));
	return fence;
}

static void expect_done(int fence)
{
	CHECK_MSG(sync_wait(fence, GPU_MS), "the GPU's fence does not signal within %d ms", GPU_MS);
	close(fence);
}

/* ---- fences out ---- */

static void out_fence(void)
{
	int fence = submit_nop();
	struct sync_info info = sync_info(fence);

	CHECK(fd_is_cloexec(fence));
	CHECK_EQ(info.count, 1);
	if (!sync_signalled(fence))
		CHECK_STR(info.leaf[0].driver, "virtio_gpu");
	CHECK(sync_wait(fence, GPU_MS));
	CHECK_EQ(sync_status(fence), 1);
}

static void out_fence_imported(void)
{
	struct buffer other = require_buffer();

	rig.buf.fd = other.fd;
	for (int i = 0; i < 8; i++) {
		int fence = submit_clear();

		rig_import(&rig, READ, "A");
		import_sync_file(other.fd, i % 2 ? READ : WRITE, fence);
		expect_done(fence);
		rig_expect(&rig, "the submission is done, A is not", "", "A");
		rig_signal(&rig, 'A');
		rig_expect(&rig, "all is done", "", "");
	}
}

static void out_fence_gates(void)
{
	struct buffer other = require_buffer();
	int held = 0;

	for (int i = 0; i < 50; i++) {
		int fence = submit_clear(), file;

		import_sync_file(other.fd, WRITE, fence);
		file = export_sync_file(other.fd, READ);
		/* In this order: a file that is signalled while the fence was not is a finding. */
		if (sync_signalled(file)) {
			CHECK_MSG(sync_signalled(fence),
				  "P1: EXPORT gave a signalled file while the imported submission runs");
		} else {
			held++;
		}
		CHECK(sync_wait(file, GPU_MS));
		CHECK_MSG(sync_signalled(fence), "P1: the exported file signalled before the submission");
		close(file);
		close(fence);
	}
	fl_note("the submission was still running when exported: %d of 50", held);
}

static void same_context_bounded(void)
{
	struct buffer other = require_buffer();
	unsigned int most = 0;

	for (int i = 0; i < 200; i++) {
		int fence = submit_nop(), file;
		unsigned int count;

		import_sync_file(other.fd, i % 2 ? READ : WRITE, fence);
		file = export_sync_file(other.fd, RW);
		count = sync_count(file);
		most = count > most ? count : most;
		close(file);
		close(fence);
	}
	CHECK_MSG(most <= 8, "P4: an export after submissions of one context has %u leaves", most);
	fl_note("at most %u leaves after 200 submissions", most);
}

/* ---- fences in ---- */

static void submit_waits(int in, int until)
{
	int fence = in;

	CHECK_OK(try_virtgpu_submit(drm, nop, 1, texture.handle,
				    VIRTGPU_EXECBUF_FENCE_FD_IN | VIRTGPU_EXECBUF_FENCE_FD_OUT,
				    &fence));
	CHECK_MSG(sync_wait(fence, GPU_MS), "the GPU's fence does not signal within %d ms", GPU_MS);
	CHECK_MSG(sync_signalled(until), "P1: the submission was done before the fence it waits for");
}

static void in_fence(void)
{
	int a = rig_fence(&rig, 'A');
	struct later l;

	later_inc(&l, LATER_MS, rig_timeline(&rig, 'A'));
	submit_waits(a, a);
	later_join(&l);
}

static void in_fence_exported(void)
{
	struct buffer other = require_buffer();
	int a = rig_fence(&rig, 'A');
	struct later l;

	import_sync_file(other.fd, WRITE, a);
	import_and_close(other.fd, READ, rig_fence(&rig, 'B'));
	rig_signal(&rig, 'B');
	later_inc(&l, LATER_MS, rig_timeline(&rig, 'A'));
	submit_waits(export_sync_file(other.fd, RW), a);
	later_join(&l);
}

static void in_fence_mixed(void)
{
	struct buffer other = require_buffer();
	int a = rig_fence(&rig, 'A');
	struct later l;

	/* Leaves of the GPU's own context beside a foreign one: it must wait all the same. */
	import_and_close(other.fd, WRITE, submit_clear());
	import_sync_file(other.fd, WRITE, a);
	import_and_close(other.fd, READ, submit_clear());
	later_inc(&l, LATER_MS, rig_timeline(&rig, 'A'));
	submit_waits(export_sync_file(other.fd, RW), a);
	later_join(&l);
}

static void in_fence_snapshot(void)
{
	struct buffer other = require_buffer();
	int file, b = rig_fence(&rig, 'B');

	import_and_close(other.fd, WRITE, submit_nop());
	file = export_sync_file(other.fd, RW);
	import_sync_file(other.fd, WRITE, b);
	CHECK_OK(try_virtgpu_submit(drm, nop, 1, texture.handle, VIRTGPU_EXECBUF_FENCE_FD_IN, &file));
	CHECK(!sync_signalled(b));
	virtgpu_settle(drm, texture.handle);
	rig.buf.fd = other.fd;
	rig_expect(&rig, "the submission is done", "B", "B");
}

static void in_fence_wrong_fd(void)
{
	int wrong[] = { texture.fd, memfd_create("not-a-sync-file", MFD_CLOEXEC), 1 << 20, -1 };
	unsigned int before = fd_count();

	for (int i = 0; i < 4; i++) {
		int fence = wrong[i];

		CHECK_ERR(try_virtgpu_submit(drm, nop, 1, texture.handle,
					     VIRTGPU_EXECBUF_FENCE_FD_IN | VIRTGPU_EXECBUF_FENCE_FD_OUT,
					     &fence), EINVAL);
	}
	CHECK_EQ(fd_count(), before);
	rig_expect(&rig, "refused submissions", "", "");
}

/* ---- the buffer a submission uses ---- */

static void submit_keeps(__u32 flags, int (*submit)(void), const char *reader)
{
	rig_import(&rig, flags, "AB");
	expect_done(submit());
	rig_expect(&rig, "a submission on the buffer is done", reader, "AB");
	expect_done(submit());
	rig_expect(&rig, "a second one is done", reader, "AB");
	rig_drain(&rig, "BA", reader, "AB");
}

static void submit_keeps_readers(void)
{
	submit_keeps(READ, submit_nop, "");
}

static void submit_keeps_writers(void)
{
	submit_keeps(WRITE, submit_clear, "AB");
}

static int upload(void)
{
	CHECK_OK(try_virtgpu_upload(drm, texture.handle));
	return submit_nop();	/* in order, so its fence says that the upload is done */
}

static int download(void)
{
	CHECK_OK(try_virtgpu_download(drm, texture.handle));
	return submit_nop();
}

static void upload_keeps(void)
{
	submit_keeps(WRITE, upload, "AB");
}

static void download_keeps(void)
{
	submit_keeps(READ, download, "");
}

static void submit_shows(void)
{
	int shown = 0;

	for (int i = 0; i < 50; i++) {
		int fence = submit_clear();
		int reader = export_sync_file(texture.fd, READ);
		bool done = sync_signalled(reader);

		CHECK_MSG(!done || sync_signalled(fence),
			  "P1: EXPORT(READ) of the target is signalled while the submission runs");
		shown += !done;
		CHECK(sync_wait(reader, GPU_MS));
		CHECK(sync_signalled(fence));
		close(reader);
		close(fence);
	}
	fl_note("the submission was still running when exported: %d of 50", shown);
}

static void export_then_submit(void)
{
	int file;

	rig_import(&rig, WRITE, "A");
	file = export_sync_file(texture.fd, RW);
	for (int i = 0; i < 10; i++)
		close(submit_clear());
	rig_import(&rig, READ, "B");
	rig_signal(&rig, 'A');
	CHECK_MSG(sync_signalled(file),
		  "P8: a file exported before ten submissions and an import waits for them");
	rig_signal(&rig, 'B');
}

static void clear_is_seen(void)
{
	__u32 *pixels = virtgpu_map(drm, texture.handle);
	int file;

	memset(pixels, 0x11, VIRTGPU_SIDE * VIRTGPU_SIDE * 4);
	close(submit_clear());
	CHECK_OK(try_virtgpu_download(drm, texture.handle));
	file = export_sync_file(texture.fd, READ);
	CHECK(sync_wait(file, GPU_MS));
	for (unsigned int i = 0; i < VIRTGPU_SIDE * VIRTGPU_SIDE; i++)
		CHECK_MSG(pixels[i] == 0xffffffff,
			  "P1: the exported file is signalled, but pixel %u is 0x%08x, not white", i,
			  pixels[i]);
}

static void gone_while_running(void)
{
	int fence, file;

	rig_import(&rig, WRITE, "A");
	fence = submit_clear();
	file = export_sync_file(texture.fd, RW);
	virtgpu_close(drm, &texture);
	close(drm);
	expect_done(fence);
	CHECK(!sync_signalled(file));
	rig_signal(&rig, 'A');
	CHECK(sync_wait(file, GPU_MS));
}

static const struct subtest subtests[] = {
	{ "out-fence", out_fence, "ABI",
	  "A submission gives a close-on-exec sync file with one fence, which signals.", FL_VIRGL },
	{ "out-fence-imported", out_fence_imported, "P1",
	  "A submission's fence imported beside others goes when it signals, and only it goes.", FL_VIRGL },
	{ "out-fence-gates", out_fence_gates, "P1,P3",
	  "What is exported after importing a submission's fence signals no earlier than that.", FL_VIRGL },
	{ "same-context-bounded", same_context_bounded, "P4",
	  "Importing the fences of hundreds of submissions does not make exports grow.", FL_VIRGL },
	{ "in-fence", in_fence, "ABI",
	  "A submission is not done before the sync file it was told to wait for.", FL_VIRGL },
	{ "in-fence-exported", in_fence_exported, "P1,P3",
	  "A submission that is given an EXPORTed file waits for every fence the buffer had.", FL_VIRGL },
	{ "in-fence-mixed", in_fence_mixed, "P1,P7",
	  "A submission waits for a foreign fence between fences of its own context.", FL_VIRGL },
	{ "in-fence-snapshot", in_fence_snapshot, "P8",
	  "A submission that waits for an EXPORTed file ignores what is imported afterwards.", FL_VIRGL },
	{ "in-fence-wrong-fd", in_fence_wrong_fd, "ABI",
	  "A descriptor that is no sync file is refused as in-fence, and nothing leaks.", FL_VIRGL },
	{ "submit-keeps-readers", submit_keeps_readers, "P1",
	  "A submission that uses a buffer lets go of no imported reader.", FL_VIRGL },
	{ "submit-keeps-writers", submit_keeps_writers, "P1",
	  "A submission that draws to a buffer lets go of no imported writer.", FL_VIRGL },
	{ "upload-keeps", upload_keeps, "P1",
	  "A fenced upload to the host lets go of no imported writer.", FL_VIRGL },
	{ "download-keeps", download_keeps, "P1",
	  "A fenced download from the host lets go of no imported reader.", FL_VIRGL },
	{ "submit-shows", submit_shows, "P1,P3",
	  "EXPORT(READ) of a drawn buffer signals no earlier than the drawing.", FL_VIRGL },
	{ "export-then-submit", export_then_submit, "P8",
	  "An exported file does not wait for submissions and imports that came after it.", FL_VIRGL },
	{ "clear-is-seen", clear_is_seen, "P1,P3",
	  "When EXPORT(READ) signals, what was drawn and downloaded is in memory.", FL_VIRGL },
	{ "gone-while-running", gone_while_running, "P1",
	  "Buffer and card can be closed while a submission runs; the exported file still signals.", FL_VIRGL },
};
FL_SUITE("virgl", "3D submissions that wait for sync files and give sync files", setup, subtests);
