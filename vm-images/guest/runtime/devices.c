// SPDX-License-Identifier: GPL-2.0-only
/* What this guest has to test with, said once at the start. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <drm/virtgpu_drm.h>

#include "../lib/drm.h"
#include "internal.h"

static void node(const char *name, const char *path)
{
	bool there = access(path, F_OK) == 0;

	report_device(name, there ? path : "-", there ? "present" : "absent");
}

static void drm_node(const char *driver)
{
	char path[64];
	int fd = try_drm_open(driver, path, sizeof(path));

	if (fd < 0) {
		report_device(driver, "-", "absent");
		return;
	}
	report_device(driver, path, "present");
	close(fd);
}

static void virtio_gpu(void)
{
	char path[64];
	int value = 0;
	struct drm_virtgpu_getparam get = {
		.param = VIRTGPU_PARAM_3D_FEATURES,
		.value = (__u64)(unsigned long)&value,
	};
	int fd = try_drm_open("virtio_gpu", path, sizeof(path));

	if (fd < 0) {
		report_device("virtio-gpu", "-", "absent");
		return;
	}
	if (ioctl(fd, DRM_IOCTL_VIRTGPU_GETPARAM, &get))
		value = 0;
	report_device("virtio-gpu", path, value ? "virgl" : "2d");
	close(fd);
}

void devices_report(void)
{
	drm_node("vgem");
	drm_node("vkms");
	virtio_gpu();
	node("debugfs", "/sys/kernel/debug/dma_buf");
	node("sw_sync", "/sys/kernel/debug/sync/sw_sync");
	node("udmabuf", "/dev/udmabuf");
	node("dma-heap", "/dev/dma_heap/system");
	node("kmemleak", "/sys/kernel/debug/kmemleak");
	node("kcov", "/sys/kernel/debug/kcov");
	node("failslab", "/sys/kernel/debug/failslab");
}
