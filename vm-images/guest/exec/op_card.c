// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <drm/drm_mode.h>
#include <drm/virtgpu_drm.h>

#include "../lib/drm.h"
#include "../lib/vgem_abi.h"
#include "exec.h"

#define DRIVERS 3
#define SIDE 32u

/* The numbers of virtio-gpu's host: 2D, B8G8R8A8, can be drawn to. */
#define TARGET_TEXTURE_2D 2
#define FORMAT_B8G8R8A8 1
#define BIND_RENDER_TARGET (1 << 1)

static char paths[DRIVERS][64];
static uint8_t driver_of[FL_VARIABLES_EACH];

void cards_find(void)
{
	static const char *const names[DRIVERS] = {
		[FL_DRIVER_VGEM] = "vgem",
		[FL_DRIVER_VKMS] = "vkms",
		[FL_DRIVER_VIRTIO_GPU] = "virtio_gpu",
	};

	for (int i = 0; i < DRIVERS; i++) {
		int fd = try_drm_open(names[i], paths[i], sizeof(paths[i]));

		if (fd >= 0)
			close(fd);
		else
			paths[i][0] = '\0';
	}
}

int run_card(const int32_t *args)
{
	int fd;

	if ((uint32_t)args[1] >= DRIVERS)
		return refuse("no driver has that number");
	if (!paths[args[1]][0])
		return refuse("there is no card of that driver");
	fd = result(open(paths[args[1]], O_RDWR | O_CLOEXEC));
	if (fd >= 0 && args[0] >= 0)
		driver_of[args[0] - FL_VARIABLE_C] = (uint8_t)args[1];
	return fd;
}

/* A request of one driver is another's with the same number: only where there is no card it is tried. */
static bool is_of(int32_t card, uint8_t driver)
{
	return fd_of(card) < 0 || driver_of[card - FL_VARIABLE_C] == driver;
}

int run_dumb(const int32_t *args)
{
	struct drm_mode_create_dumb data = { .width = SIDE, .height = SIDE, .bpp = 32 };
	int ret = result(ioctl(fd_of(args[1]), DRM_IOCTL_MODE_CREATE_DUMB, &data));

	return ret < 0 ? ret : (int)data.handle;
}

int run_prime(const int32_t *args)
{
	return try_prime_export(fd_of(args[1]), number_of(args[2]), DRM_CLOEXEC | DRM_RDWR);
}

int run_open(const int32_t *args)
{
	__u32 handle;
	int ret = try_prime_import(fd_of(args[1]), fd_of(args[2]), &handle);

	return ret < 0 ? ret : (int)handle;
}

int run_drop(const int32_t *args)
{
	return try_gem_close(fd_of(args[0]), number_of(args[1]));
}

int run_attach(const int32_t *args)
{
	struct drm_vgem_fence_attach data = {
		.handle = number_of(args[2]),
		.flags = (__u32)args[3],
		.pad = (__u32)args[4],
	};
	int ret;

	if (!is_of(args[1], FL_DRIVER_VGEM))
		return refuse("that is no card of vgem");
	ret = result(ioctl(fd_of(args[1]), DRM_IOCTL_VGEM_FENCE_ATTACH, &data));
	return ret < 0 ? ret : (int)data.out_fence;
}

int run_signal(const int32_t *args)
{
	struct drm_vgem_fence_signal data = {
		.fence = number_of(args[1]),
		.flags = (__u32)args[2],
	};

	if (!is_of(args[0], FL_DRIVER_VGEM))
		return refuse("that is no card of vgem");
	return result(ioctl(fd_of(args[0]), DRM_IOCTL_VGEM_FENCE_SIGNAL, &data));
}

#define NOT_VIRTIO "that is no card of virtio-gpu"

int run_texture(const int32_t *args)
{
	struct drm_virtgpu_resource_create data = {
		.target = TARGET_TEXTURE_2D,
		.format = FORMAT_B8G8R8A8,
		.bind = BIND_RENDER_TARGET,
		.width = SIDE,
		.height = SIDE,
		.depth = 1,
		.array_size = 1,
		.size = SIDE * SIDE * 4,
	};
	int ret;

	if (!is_of(args[1], FL_DRIVER_VIRTIO_GPU))
		return refuse(NOT_VIRTIO);
	ret = result(ioctl(fd_of(args[1]), DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &data));
	return ret < 0 ? ret : (int)data.bo_handle;
}

int run_idle(const int32_t *args)
{
	struct drm_virtgpu_3d_wait data = {
		.handle = number_of(args[1]),
		.flags = (__u32)args[2],
	};
	int ret;

	if (!is_of(args[0], FL_DRIVER_VIRTIO_GPU))
		return refuse(NOT_VIRTIO);
	interrupt_soon();
	ret = result(ioctl(fd_of(args[0]), DRM_IOCTL_VIRTGPU_WAIT, &data));
	interrupt_never();
	return ret;
}

int run_transfer(const int32_t *args)
{
	struct drm_virtgpu_3d_transfer_to_host data = {
		.bo_handle = number_of(args[1]),
		.box = { .w = SIDE, .h = SIDE, .d = 1 },
	};

	if (!is_of(args[0], FL_DRIVER_VIRTIO_GPU))
		return refuse(NOT_VIRTIO);
	return result(ioctl(fd_of(args[0]), DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST, &data));
}
