// SPDX-License-Identifier: GPL-2.0-only
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm/drm_mode.h>

#include "../runtime/runtime.h"
#include "drm.h"
#include "virtgpu.h"

/* The host's numbers for what a texture is: 2D, B8G8R8A8, can be drawn to. */
#define TARGET_TEXTURE_2D 2
#define FORMAT_B8G8R8A8 1
#define BIND_RENDER_TARGET (1 << 1)

int require_virtgpu(void)
{
	return require_drm("virtio_gpu");
}

bool virtgpu_has_3d(int drm)
{
	int value = 0;
	struct drm_virtgpu_getparam get = {
		.param = VIRTGPU_PARAM_3D_FEATURES,
		.value = (__u64)(unsigned long)&value,
	};

	CHECK_EQ(ioctl(drm, DRM_IOCTL_VIRTGPU_GETPARAM, &get), 0);
	return value;
}

int require_virgl(void)
{
	int drm = require_virtgpu();

	if (!virtgpu_has_3d(drm))
		fl_skip("this virtio-gpu has no 3D: QEMU was started without virgl");
	return drm;
}

struct virtgpu_buffer virtgpu_dumb(int drm)
{
	struct drm_mode_create_dumb create = {
		.width = VIRTGPU_SIDE, .height = VIRTGPU_SIDE, .bpp = 32,
	};
	struct virtgpu_buffer buf = { 0 };

	CHECK_EQ(ioctl(drm, DRM_IOCTL_MODE_CREATE_DUMB, &create), 0);
	buf.handle = create.handle;
	buf.fd = prime_export(drm, buf.handle);
	return buf;
}

struct virtgpu_buffer virtgpu_texture(int drm)
{
	struct drm_virtgpu_resource_create create = {
		.target = TARGET_TEXTURE_2D,
		.format = FORMAT_B8G8R8A8,
		.bind = BIND_RENDER_TARGET,
		.width = VIRTGPU_SIDE,
		.height = VIRTGPU_SIDE,
		.depth = 1,
		.array_size = 1,
		.size = VIRTGPU_SIDE * VIRTGPU_SIDE * 4,
	};
	struct virtgpu_buffer buf;

	CHECK_EQ(ioctl(drm, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &create), 0);
	buf.handle = create.bo_handle;
	buf.resource = create.res_handle;
	buf.fd = prime_export(drm, buf.handle);
	return buf;
}

void virtgpu_close(int drm, struct virtgpu_buffer *buf)
{
	close(buf->fd);
	CHECK_OK(try_gem_close(drm, buf->handle));
	buf->fd = -1;
}

int try_virtgpu_wait(int drm, __u32 handle, __u32 flags)
{
	struct drm_virtgpu_3d_wait wait = { .handle = handle, .flags = flags };

	return ioctl(drm, DRM_IOCTL_VIRTGPU_WAIT, &wait) ? -errno : 0;
}

void virtgpu_settle(int drm, __u32 handle)
{
	CHECK_OK(try_virtgpu_wait(drm, handle, 0));
}

static const struct drm_virtgpu_3d_box whole = { .w = VIRTGPU_SIDE, .h = VIRTGPU_SIDE, .d = 1 };

int try_virtgpu_upload(int drm, __u32 handle)
{
	struct drm_virtgpu_3d_transfer_to_host arg = { .bo_handle = handle, .box = whole };

	return ioctl(drm, DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST, &arg) ? -errno : 0;
}

int try_virtgpu_download(int drm, __u32 handle)
{
	struct drm_virtgpu_3d_transfer_from_host arg = { .bo_handle = handle, .box = whole };

	return ioctl(drm, DRM_IOCTL_VIRTGPU_TRANSFER_FROM_HOST, &arg) ? -errno : 0;
}

__u32 *virtgpu_map(int drm, __u32 handle)
{
	struct drm_virtgpu_map arg = { .handle = handle };
	void *p;

	CHECK_EQ(ioctl(drm, DRM_IOCTL_VIRTGPU_MAP, &arg), 0);
	p = mmap(NULL, VIRTGPU_SIDE * VIRTGPU_SIDE * 4, PROT_READ | PROT_WRITE, MAP_SHARED, drm,
		 (off_t)arg.offset);
	CHECK(p != MAP_FAILED);
	return p;
}

int try_virtgpu_submit(int drm, const __u32 *commands, unsigned int count, __u32 handle,
		       __u32 flags, int *fence)
{
	struct drm_virtgpu_execbuffer arg = {
		.flags = flags,
		.size = count * 4,
		.command = (__u64)(unsigned long)commands,
		.bo_handles = (__u64)(unsigned long)&handle,
		.num_bo_handles = handle != 0,
		.fence_fd = fence ? *fence : -1,
	};

	if (ioctl(drm, DRM_IOCTL_VIRTGPU_EXECBUFFER, &arg))
		return -errno;
	if (fence)
		*fence = arg.fence_fd;
	return 0;
}
