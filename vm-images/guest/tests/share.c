// SPDX-License-Identifier: GPL-2.0-only
/*
 * One buffer in several drivers: whoever made it, all of them see the same
 * reservation object. vgem takes buffers of anyone and can attach and look for
 * fences as a driver does, so it stands beside each exporter in turn.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <drm/drm_fourcc.h>

#include "../fl.h"
#include "../lib/exporters.h"
#include "../lib/stage.h"
#include "../lib/virtgpu.h"

/* ---- who makes the buffer ---- */

static int card = -1;	/* the exporter's, if it is one; closing it drops its handle */

static int from_virtio_gpu(void)
{
	struct virtgpu_buffer buf;

	card = require_virtgpu();
	buf = virtgpu_dumb(card);
	virtgpu_settle(card, buf.handle);
	return buf.fd;
}

static int from_vkms(void)
{
	struct drm_mode_create_dumb create = { .width = 32, .height = 32, .bpp = 32 };
	int fd;

	card = require_drm("vkms");
	CHECK_EQ(ioctl(card, DRM_IOCTL_MODE_CREATE_DUMB, &create), 0);
	fd = try_prime_export(card, create.handle, DRM_CLOEXEC | DRM_RDWR);
	if (fd == -ENOSYS)
		fl_skip("vkms cannot export its buffers on this kernel");
	CHECK_OK(fd);
	return fd;
}

static int from_vgem(void)
{
	struct buffer buf = require_buffer();

	card = buf.drm;
	return buf.fd;
}

static int from_heap(void)
{
	return require_dma_heap(O_RDWR);
}

static const struct exporter {
	const char *name;
	int (*make)(void);
} exporters[] = {
	{ "virtio-gpu", from_virtio_gpu },
	{ "vkms", from_vkms },
	{ "vgem", from_vgem },
	{ "udmabuf", require_udmabuf },
	{ "dma-heap", from_heap },
};

static void from_each(void (*run)(const void *exporter))
{
	for (size_t i = 0; i < sizeof(exporters) / sizeof(exporters[0]); i++)
		fl_dynamic(exporters[i].name, run, &exporters[i]);
}

/* A buffer of that exporter, and vgem as a second driver that has it too. */
static void rig_shared(struct rig *rig, const struct exporter *from)
{
	int buf;

	buf = from->make();
	rig_over(rig, buf);
	rig->buf.drm = require_vgem();
	CHECK_OK(try_prime_import(rig->buf.drm, buf, &rig->buf.handle));
}

static int try_attach(struct rig *rig, bool write)
{
	return try_vgem_attach(rig->buf.drm, rig->buf.handle, write);
}

/* ---- the second driver sees and adds ---- */

static void import_is_seen_from(const void *exporter)
{
	static struct rig rig;

	rig_shared(&rig, exporter);
	rig_import(&rig, WRITE, "A");
	CHECK_ERR(try_attach(&rig, false), EBUSY);
	CHECK_ERR(try_attach(&rig, true), EBUSY);
	rig_signal(&rig, 'A');
	rig_import(&rig, READ, "B");
	CHECK_ERR(try_attach(&rig, true), EBUSY);
	rig_attach(&rig, false);
	rig_expect(&rig, "B was imported, V attached, both as readers", "", "BV");
	rig_drain(&rig, "BV", "", "BV");
	rig_attach(&rig, true);
	rig_expect(&rig, "V attached as writer of an idle buffer", "V", "V");
}

static void import_is_seen(void)
{
	from_each(import_is_seen_from);
}

static void writer_is_not_overlooked_from(const void *exporter)
{
	static struct rig rig;
	int ret;

	rig_shared(&rig, exporter);
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	rig_signal(&rig, 'B');
	ret = try_attach(&rig, true);
	CHECK_MSG(ret == -EBUSY,
		  "P1: a driver took a buffer for idle whose reader is done but whose writer is not");
	rig_expect(&rig, "a driver tried to become the writer", "A", "A");
}

static void writer_is_not_overlooked(void)
{
	from_each(writer_is_not_overlooked_from);
}

static void attach_then_import_from(const void *exporter)
{
	static struct rig rig;

	rig_shared(&rig, exporter);
	rig_attach(&rig, true);
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	rig_expect(&rig, "V attached as writer, A and B imported", "AV", "ABV");
	rig_drain(&rig, "VBA", "AV", "ABV");
}

static void attach_then_import(void)
{
	from_each(attach_then_import_from);
}

static void back_from_second_from(const void *exporter)
{
	static struct rig rig;
	int back, first;

	rig_shared(&rig, exporter);
	rig_import(&rig, READ, "A");
	back = prime_export(rig.buf.drm, rig.buf.handle);
	first = rig.buf.fd;
	close(first);
	rig.buf.fd = back;
	rig_expect(&rig, "what the second driver gives back", "", "A");
	rig_import(&rig, WRITE, "B");
	rig_expect(&rig, "B was imported there", "B", "AB");
	rig_drain(&rig, "BA", "B", "AB");
}

static void back_from_second(void)
{
	from_each(back_from_second_from);
}

/* Only the second driver still holds the buffer: its fences must be there. */
static void exporter_gone_from(const void *exporter)
{
	static struct rig rig;

	rig_shared(&rig, exporter);
	rig_import(&rig, WRITE, "A");
	close(rig.buf.fd);
	if (card >= 0)
		close(card);
	CHECK_ERR(try_attach(&rig, false), EBUSY);
	rig_signal(&rig, 'A');
	rig.buf.fd = prime_export(rig.buf.drm, rig.buf.handle);
	rig_attach(&rig, true);
	rig_expect(&rig, "the exporter let go of it", "V", "V");
}

static void exporter_gone(void)
{
	from_each(exporter_gone_from);
}

static void gone_while_polled_from(const void *exporter)
{
	static struct rig rig;

	rig_shared(&rig, exporter);
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	CHECK_EQ(poll_now(rig.buf.fd, POLLIN), 0);
	CHECK_EQ(poll_now(rig.buf.fd, POLLOUT), 0);
	close(rig.buf.fd);
	CHECK_OK(try_gem_close(rig.buf.drm, rig.buf.handle));
	rig_over_close(&rig);
	close(rig.buf.drm);
}

static void gone_while_polled(void)
{
	from_each(gone_while_polled_from);
}

/* ---- three at once ---- */

static void three_drivers(void)
{
	static struct rig rig;
	struct virtgpu_buffer buf;
	__u32 second, third;
	int drm, files[2];

	drm = require_virtgpu();
	buf = virtgpu_dumb(drm);
	virtgpu_settle(drm, buf.handle);
	rig_over(&rig, buf.fd);
	files[0] = require_vgem();
	files[1] = require_vgem();
	CHECK_OK(try_prime_import(files[0], buf.fd, &second));
	CHECK_OK(try_prime_import(files[1], buf.fd, &third));

	rig_import(&rig, READ, "A");
	CHECK_ERR(try_virtgpu_wait(drm, buf.handle, VIRTGPU_WAIT_NOWAIT), EBUSY);
	CHECK_ERR(try_vgem_attach(files[0], second, true), EBUSY);
	CHECK_ERR(try_vgem_attach(files[1], third, true), EBUSY);
	rig.buf.drm = files[0];
	rig.buf.handle = second;
	rig_attach(&rig, false);
	rig_signal(&rig, 'A');
	CHECK_ERR(try_virtgpu_wait(drm, buf.handle, VIRTGPU_WAIT_NOWAIT), EBUSY);
	CHECK_ERR(try_vgem_attach(files[1], third, true), EBUSY);
	rig_signal(&rig, 'V');
	CHECK_OK(try_virtgpu_wait(drm, buf.handle, VIRTGPU_WAIT_NOWAIT));
	CHECK_GE(try_vgem_attach(files[1], third, true), 1);
	CHECK_ERR(try_vgem_attach(files[0], second, false), EBUSY);
}

static void twice_into_one(void)
{
	static struct rig rig;
	__u32 again;

	rig_shared(&rig, &exporters[0]);
	CHECK_OK(try_prime_import(rig.buf.drm, rig.buf.fd, &again));
	CHECK_EQ(again, rig.buf.handle);
	rig_import(&rig, WRITE, "A");
	rig_expect(&rig, "imported twice into vgem", "A", "A");
	CHECK_OK(try_gem_close(rig.buf.drm, again));
	rig_expect(&rig, "the handle was closed", "A", "A");
}

/* ---- a display that shows another driver's buffer ---- */

/*
 * vkms of 5.10 gives the pages of an imported buffer back to the system when
 * it stops showing it. A vkms that can export is one that no longer does. The
 * buffer is a heap's, because lockdep of 6.1 confuses the locks of two GEM
 * objects when the one that is shown is made of the other.
 */
static void vkms_shows_heap(void)
{
	static struct rig rig;
	struct kms kms;
	struct drm_mode_fb_cmd2 fb = { .pixel_format = DRM_FORMAT_XRGB8888 };
	int probe, out;

	kms_light(&kms, "vkms");
	probe = try_prime_export(kms.fd, kms.scan[0].handle, DRM_CLOEXEC);
	if (probe < 0)
		fl_skip("vkms of this kernel frees the pages of imported buffers: not safe to show one");
	close(probe);
	fb.width = kms.width;
	fb.height = kms.height;
	fb.pitches[0] = kms.scan[0].pitch;
	rig_over(&rig, require_dma_heap_of((size_t)fb.pitches[0] * fb.height, O_RDWR));
	CHECK_OK(try_prime_import(kms.fd, rig.buf.fd, &fb.handles[0]));
	CHECK_EQ(ioctl(kms.fd, DRM_IOCTL_MODE_ADDFB2, &fb), 0);
	kms.scan[1].fb = fb.fb_id;

	rig_import(&rig, READ, "B");
	rig_import(&rig, WRITE, "A");
	out = kms_flip(&kms, 1, KMS_NO_FENCE);
	expect_held(out, "the writer imported into the buffer it shows");
	rig_signal(&rig, 'A');
	expect_flip(out);
	rig_expect(&rig, "the flip is done", "", "B");
}

static const struct subtest subtests[] = {
	{ "import-is-seen", import_is_seen, "P1,P3",
	  "A driver that imported the buffer sees fences that came through its dma-buf, and adds to them." },
	{ "writer-is-not-overlooked", writer_is_not_overlooked, "P1",
	  "A driver does not take a buffer for idle because its readers are done before its writer." },
	{ "attach-then-import", attach_then_import, "P1,P3",
	  "Imports through the dma-buf keep the fence that another driver attached." },
	{ "back-from-second", back_from_second, "P1",
	  "The dma-buf that the second driver gives back has the same fences." },
	{ "exporter-gone", exporter_gone, "P1",
	  "Fences stay when only the second driver still holds the buffer.", FL_FATAL },
	{ "gone-while-polled", gone_while_polled, "P1",
	  "A shared, busy, polled buffer can be let go of by everyone.", FL_FATAL },
	{ "three-drivers", three_drivers, "P1",
	  "Three openers in two drivers agree on who is still at work on one buffer." },
	{ "twice-into-one", twice_into_one, "ABI",
	  "Importing a dma-buf twice gives the same handle, and closing it takes no fence away." },
	{ "vkms-shows-heap", vkms_shows_heap, "P1,P7",
	  "A display that shows a foreign buffer waits for its imported writer, not for its reader." },
};
FL_SUITE("share", "one buffer in several drivers", NULL, subtests);
