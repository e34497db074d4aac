/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vgem's two requests, for machines whose headers do not have drm/vgem_drm.h:
 * a kernel's own always do, a distribution's (libdrm) do not.
 */
#ifndef FL_VGEM_ABI_H
#define FL_VGEM_ABI_H

#if __has_include(<drm/vgem_drm.h>)
#include <drm/vgem_drm.h>
#else
#include <drm/drm.h>

struct drm_vgem_fence_attach {
	__u32 handle;
	__u32 flags;
	__u32 out_fence;
	__u32 pad;
};

struct drm_vgem_fence_signal {
	__u32 fence;
	__u32 flags;
};

#define VGEM_FENCE_WRITE 0x1
#define DRM_IOCTL_VGEM_FENCE_ATTACH \
	DRM_IOWR(DRM_COMMAND_BASE + 0x1, struct drm_vgem_fence_attach)
#define DRM_IOCTL_VGEM_FENCE_SIGNAL \
	DRM_IOW(DRM_COMMAND_BASE + 0x2, struct drm_vgem_fence_signal)
#endif

_Static_assert(DRM_IOCTL_VGEM_FENCE_ATTACH == 0xc0106441, "vgem attach is another request");
_Static_assert(DRM_IOCTL_VGEM_FENCE_SIGNAL == 0x40086442, "vgem signal is another request");

#endif
