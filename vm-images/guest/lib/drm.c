// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <drm/drm.h>

#include "../runtime/runtime.h"
#include "drm.h"

#define CARDS_MAX 16

static bool drives(int fd, const char *driver)
{
	char name[32] = "";
	struct drm_version v = { .name = name, .name_len = sizeof(name) - 1 };

	return ioctl(fd, DRM_IOCTL_VERSION, &v) == 0 && strcmp(name, driver) == 0;
}

int try_drm_open(const char *driver, char *path, size_t size)
{
	for (int i = 0; i < CARDS_MAX; i++) {
		int fd;

		snprintf(path, size, "/dev/dri/card%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (drives(fd, driver))
			return fd;
		close(fd);
	}
	return -ENODEV;
}

int require_drm(const char *driver)
{
	char path[64];
	int fd = try_drm_open(driver, path, sizeof(path));

	if (fd < 0)
		fl_skip("there is no DRM device with the driver \"%s\"", driver);
	return fd;
}

int try_prime_export(int drm, __u32 handle, __u32 flags)
{
	struct drm_prime_handle h = { .handle = handle, .flags = flags, .fd = -1 };

	return ioctl(drm, DRM_IOCTL_PRIME_HANDLE_TO_FD, &h) ? -errno : h.fd;
}

int prime_export(int drm, __u32 handle)
{
	int fd = try_prime_export(drm, handle, DRM_CLOEXEC | DRM_RDWR);

	CHECK_OK(fd);
	return fd;
}

int try_prime_import(int drm, int buf, __u32 *handle)
{
	struct drm_prime_handle h = { .fd = buf };

	if (ioctl(drm, DRM_IOCTL_PRIME_FD_TO_HANDLE, &h))
		return -errno;
	*handle = h.handle;
	return 0;
}

int try_gem_close(int drm, __u32 handle)
{
	struct drm_gem_close c = { .handle = handle };

	return ioctl(drm, DRM_IOCTL_GEM_CLOSE, &c) ? -errno : 0;
}
