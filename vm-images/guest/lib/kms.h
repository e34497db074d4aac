/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Atomic modesetting with the kernel's own header and nothing else: one CRTC
 * of a card that is lit with two dumb buffers, and commits on it.
 *
 * A commit that is still waiting for a fence blocks the release of its card:
 * signal every timeline before the process ends (rig_over.h does).
 */
#ifndef FL_KMS_H
#define FL_KMS_H

#include <stdbool.h>
#include <linux/types.h>

#include <drm/drm.h>
#include <drm/drm_mode.h>

struct kms_buffer {
	__u32 handle;
	__u32 fb;
	__u32 pitch;
};

struct kms {
	int fd;
	__u32 crtc, connector;
	__u32 primary, cursor;		/* planes; cursor is 0 where there is none */
	__u32 width, height;		/* of the mode and of the two buffers */
	struct kms_buffer scan[2];	/* scan[0] is lit by kms_light() */
};

/* The properties of one commit, grouped by object. */
#define KMS_PROPS_MAX 32
struct kms_commit {
	unsigned int objects, properties;
	__u32 object[KMS_PROPS_MAX], count[KMS_PROPS_MAX];
	__u32 property[KMS_PROPS_MAX];
	__u64 value[KMS_PROPS_MAX];
};

/* Opens the card of a driver as an atomic client; skips where there is none. */
void require_kms(struct kms *kms, const char *driver);
/* The same, and shows scan[0] in the smallest mode the connector offers. */
void kms_light(struct kms *kms, const char *driver);

struct kms_buffer kms_buffer(const struct kms *kms, __u32 width, __u32 height, __u32 format);

/* Sets a property by name; the properties of one object in a row. */
void kms_set(const struct kms *kms, struct kms_commit *c, __u32 object, const char *name,
	     __u64 value);
/* A whole plane showing a framebuffer. */
void kms_set_plane(const struct kms *kms, struct kms_commit *c, __u32 plane, __u32 fb,
		   __u32 width, __u32 height);
/* 0 or -errno. */
int try_kms_commit(const struct kms *kms, const struct kms_commit *c, __u32 flags);

/*
 * A flip of the primary plane to scan[which]: with IN_FENCE_FD unless in_fence
 * is KMS_NO_FENCE, and OUT_FENCE_PTR unless out_fence is NULL. 0 or -errno.
 */
#define KMS_NO_FENCE (-2)
int try_kms_flip(const struct kms *kms, int which, int in_fence, __s32 *out_fence, __u32 flags);
/* A nonblocking flip that must be accepted; returns its out fence. */
int kms_flip(const struct kms *kms, int which, int in_fence);

#endif
