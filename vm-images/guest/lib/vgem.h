/* SPDX-License-Identifier: GPL-2.0-only */
/* vgem: buffers without hardware, and a driver's view of implicit fences. */
#ifndef FL_VGEM_H
#define FL_VGEM_H

#include <stdbool.h>
#include <linux/types.h>

#define VGEM_EXPIRES_MS 10000	/* the driver signals a fence by itself after this */

struct buffer {
	int drm;		/* the vgem file that attaches fences */
	__u32 handle;
	int fd;			/* the dma-buf */
};

/* A vgem card; skips where there is none. */
int require_vgem(void);

/* A small dumb buffer on that card, with its dma-buf. */
struct buffer vgem_buffer(int drm);
/* The same, its dma-buf opened for reading only. */
struct buffer vgem_readonly_buffer(int drm);
/* vgem_buffer() on a card of its own. */
struct buffer require_buffer(void);
__u32 vgem_create(int drm);
void buffer_close(struct buffer *buf);

/* Attaches a fence as a driver does that reads or writes the buffer: id >= 1, or -errno. */
int try_vgem_attach(int drm, __u32 handle, bool write);
int vgem_attach(const struct buffer *buf, bool write);
int try_vgem_signal(int drm, __u32 fence);
void vgem_signal(const struct buffer *buf, int fence);

#endif
