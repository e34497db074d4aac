/* SPDX-License-Identifier: GPL-2.0-only */
/* virtio-gpu as a driver that puts fences of its own on its buffers. */
#ifndef FL_VIRTGPU_H
#define FL_VIRTGPU_H

#include <stdbool.h>
#include <linux/types.h>

#include <drm/drm.h>
#include <drm/virtgpu_drm.h>

/* The card; skips where there is none. */
int require_virtgpu(void);
/* The same, and skips where the host gives it no 3D. */
int require_virgl(void);
bool virtgpu_has_3d(int drm);

#define VIRTGPU_SIDE 32u	/* width and height of the buffers made here */

struct virtgpu_buffer {
	__u32 handle;
	__u32 resource;		/* its name in commands; 0 for a dumb buffer */
	int fd;			/* the dma-buf */
};

/* A dumb buffer: the card shows it, 3D does not know it. */
struct virtgpu_buffer virtgpu_dumb(int drm);
/*
 * A texture, which the driver creates with a fence of its own; returns without
 * waiting for that. With 3D it can be drawn to.
 */
struct virtgpu_buffer virtgpu_texture(int drm);
/* Drops the handle and the dma-buf. */
void virtgpu_close(int drm, struct virtgpu_buffer *buf);

/* DRM_VIRTGPU_WAIT for all fences of a buffer: 0 or -errno, EBUSY if it must not block. */
int try_virtgpu_wait(int drm, __u32 handle, __u32 flags);
/* Waits until the driver's own command on a buffer, if any, is done. */
void virtgpu_settle(int drm, __u32 handle);

/* Copies between the guest's pages and the host's texture, fenced: 0 or -errno. */
int try_virtgpu_upload(int drm, __u32 handle);
int try_virtgpu_download(int drm, __u32 handle);
/* The guest's pages of a buffer, mapped. */
__u32 *virtgpu_map(int drm, __u32 handle);

/*
 * DRM_VIRTGPU_EXECBUFFER with at most one buffer (handle 0: none): 0 or -errno.
 * *fence is the fence to wait for and the fence that came out, as flags say.
 */
int try_virtgpu_submit(int drm, const __u32 *commands, unsigned int count, __u32 handle,
		       __u32 flags, int *fence);

#endif
