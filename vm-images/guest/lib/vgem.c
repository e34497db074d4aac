// SPDX-License-Identifier: GPL-2.0-only
#include <sys/ioctl.h>
#include <unistd.h>

#include <drm/drm.h>
#include <drm/drm_mode.h>
#include "vgem_abi.h"

#include "../runtime/runtime.h"
#include "drm.h"
#include "vgem.h"

int require_vgem(void)
{
	return require_drm("vgem");
}

__u32 vgem_create(int drm)
{
	struct drm_mode_create_dumb create = { .width = 32, .height = 32, .bpp = 32 };

	CHECK_EQ(ioctl(drm, DRM_IOCTL_MODE_CREATE_DUMB, &create), 0);
	return create.handle;
}

struct buffer vgem_buffer(int drm)
{
	struct buffer buf = { .drm = drm, .handle = vgem_create(drm) };

	buf.fd = prime_export(drm, buf.handle);
	return buf;
}

/* The first export of a handle settles how its dma-buf is opened. */
struct buffer vgem_readonly_buffer(int drm)
{
	struct buffer buf = { .drm = drm, .handle = vgem_create(drm) };

	buf.fd = try_prime_export(drm, buf.handle, DRM_CLOEXEC);
	CHECK_OK(buf.fd);
	CHECK_EQ(fcntl(buf.fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	return buf;
}

struct buffer require_buffer(void)
{
	return vgem_buffer(require_vgem());
}

/* The buffer itself lives on while anything else refers to it. */
void buffer_close(struct buffer *buf)
{
	close(buf->fd);
	CHECK_OK(try_gem_close(buf->drm, buf->handle));
	buf->fd = -1;
}

int try_vgem_attach(int drm, __u32 handle, bool write)
{
	struct drm_vgem_fence_attach attach = {
		.handle = handle,
		.flags = write ? VGEM_FENCE_WRITE : 0,
	};

	return ioctl(drm, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach) ? -errno : (int)attach.out_fence;
}

int vgem_attach(const struct buffer *buf, bool write)
{
	int id = try_vgem_attach(buf->drm, buf->handle, write);

	CHECK_MSG(id > 0, "vgem attach %s gave %d (%s)", write ? "WRITE" : "READ", id,
		  fl_errname(id < 0 ? id : 0));
	return id;
}

int try_vgem_signal(int drm, __u32 fence)
{
	struct drm_vgem_fence_signal signal = { .fence = fence };

	return ioctl(drm, DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal) ? -errno : 0;
}

void vgem_signal(const struct buffer *buf, int fence)
{
	CHECK_OK(try_vgem_signal(buf->drm, (__u32)fence));
}
