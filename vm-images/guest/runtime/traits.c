// SPDX-License-Identifier: GPL-2.0-only
/* What this kernel does, by trying it: the host takes the profile of the model that fits. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <drm/drm_mode.h>

#include "../lib/dma_buf.h"
#include "../lib/drm.h"
#include "../lib/sw_sync.h"
#include "../lib/sync_file.h"
#include "../lib/vgem.h"
#include "internal.h"

#define BUFINFO "/sys/kernel/debug/dma_buf/bufinfo"
#define NAME "fencelab-probe"

static const char *yes_or_no(bool yes)
{
	return yes ? "yes" : "no";
}

/* A buffer of vgem and its card, or -1: nothing here may fail a check, this is init. */
static struct buffer probe_buffer(void)
{
	struct drm_mode_create_dumb create = { .width = 32, .height = 32, .bpp = 32 };
	char path[64];
	struct buffer buf = { .fd = -1, .drm = try_drm_open("vgem", path, sizeof(path)) };

	if (buf.drm < 0 || ioctl(buf.drm, DRM_IOCTL_MODE_CREATE_DUMB, &create))
		return buf;
	buf.handle = create.handle;
	buf.fd = try_prime_export(buf.drm, buf.handle, DRM_CLOEXEC | DRM_RDWR);
	return buf;
}

/* The line of the driver's fence, which is written as one by all kernels. */
static const char *usage_classes(const struct buffer *buf)
{
	int fence = try_vgem_attach(buf->drm, buf->handle, true);
	const char *found = "unknown";
	bool ours = false;
	char line[256];
	FILE *f;

	if (fence < 0 || try_set_name(buf->fd, NAME))
		return found;
	f = fopen(BUFINFO, "re");
	while (f && fgets(line, sizeof(line), f)) {
		ours |= strstr(line, NAME) != NULL;
		if (ours && strstr(line, "Exclusive fence"))
			found = "no";
		if (ours && strstr(line, "write fence"))
			found = "yes";
	}
	if (f)
		fclose(f);
	try_vgem_signal(buf->drm, (__u32)fence);
	return found;
}

/* Of a fence that has signalled: whose it was is still there, or not. */
static const char *forgets_names(int timeline, int file)
{
	struct sync_fence_info leaf = { 0 };
	struct sync_file_info info = {
		.num_fences = 1,
		.sync_fence_info = (__u64)(unsigned long)&leaf,
	};

	if (try_timeline_inc(timeline, 1) || try_file_info(file, &info))
		return "unknown";
	return yes_or_no(strcmp(leaf.driver_name, "sw_sync") != 0);
}

static void of_buffers(void)
{
	struct buffer buf = probe_buffer();
	bool have = buf.fd >= 0;

	report_trait("ioctls", yes_or_no(have && has_export(buf.fd)));
	report_trait("usage-classes", have ? usage_classes(&buf) : "unknown");
	if (have)
		close(buf.fd);
	if (buf.drm >= 0)
		close(buf.drm);
}

static void of_sync_files(void)
{
	int timeline = try_timeline_open();
	int file = timeline < 0 ? -1 : try_timeline_fence(timeline, 1);
	bool have = file >= 0;

	report_trait("deadline", yes_or_no(have && has_deadline(file)));
	report_trait("forgets-names", have ? forgets_names(timeline, file) : "unknown");
	if (have)
		close(file);
	if (timeline >= 0)
		close(timeline);
}

void traits_report(void)
{
	of_buffers();
	of_sync_files();
}
