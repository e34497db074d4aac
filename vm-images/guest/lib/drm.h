/* SPDX-License-Identifier: GPL-2.0-only */
/* DRM devices by the name of their driver. */
#ifndef FL_DRM_H
#define FL_DRM_H

#include <drm/drm.h>
#include <fcntl.h>
#include <stddef.h>
#include <linux/types.h>

/* Opens the card of a driver ("vgem", "vkms", "virtio_gpu"): fd or -ENODEV. */
int try_drm_open(const char *driver, char *path, size_t size);
/* The same; skips the subtest when there is no such card. */
int require_drm(const char *driver);

/* GEM handle -> dma-buf; flags are DRM_CLOEXEC and DRM_RDWR. fd or -errno. */
int try_prime_export(int drm, __u32 handle, __u32 flags);
int prime_export(int drm, __u32 handle);
int try_prime_import(int drm, int buf, __u32 *handle);
int try_gem_close(int drm, __u32 handle);

#endif
