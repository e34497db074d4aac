// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <drm/drm_fourcc.h>

#include "../runtime/runtime.h"
#include "drm.h"
#include "fds.h"
#include "kms.h"

#define OBJECTS_MAX 16
#define MODES_MAX 128

/* Newer kernels hide a virtual card's cursor plane from clients that do not say they know. */
#ifndef DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT
#define DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT 6
#endif

static __u64 user_ptr(const void *p)
{
	return (__u64)(unsigned long)p;
}

static int try_client_cap(int fd, __u64 cap)
{
	struct drm_set_client_cap set = { .capability = cap, .value = 1 };

	return ioctl(fd, DRM_IOCTL_SET_CLIENT_CAP, &set) ? -errno : 0;
}

/* Looks a property of an object up by name; 0 if the object has none of it. */
static __u32 find_property(int fd, __u32 object, const char *name, __u64 *value)
{
	__u32 ids[64];
	__u64 values[64];
	struct drm_mode_obj_get_properties get = {
		.obj_id = object,
		.obj_type = DRM_MODE_OBJECT_ANY,
		.props_ptr = user_ptr(ids),
		.prop_values_ptr = user_ptr(values),
		.count_props = 64,
	};

	CHECK_EQ(ioctl(fd, DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &get), 0);
	CHECK_LE(get.count_props, 64);
	for (__u32 i = 0; i < get.count_props; i++) {
		struct drm_mode_get_property prop = { .prop_id = ids[i] };

		CHECK_EQ(ioctl(fd, DRM_IOCTL_MODE_GETPROPERTY, &prop), 0);
		if (strcmp(prop.name, name) == 0) {
			if (value)
				*value = values[i];
			return ids[i];
		}
	}
	return 0;
}

static void find_outputs(struct kms *kms)
{
	__u32 crtcs[OBJECTS_MAX], connectors[OBJECTS_MAX];
	struct drm_mode_card_res res = {
		.crtc_id_ptr = user_ptr(crtcs),
		.connector_id_ptr = user_ptr(connectors),
		.count_crtcs = OBJECTS_MAX,
		.count_connectors = OBJECTS_MAX,
	};

	CHECK_EQ(ioctl(kms->fd, DRM_IOCTL_MODE_GETRESOURCES, &res), 0);
	CHECK_GE(res.count_crtcs, 1);
	CHECK_GE(res.count_connectors, 1);
	kms->crtc = crtcs[0];
	kms->connector = connectors[0];
}

static void find_planes(struct kms *kms)
{
	__u32 planes[OBJECTS_MAX];
	struct drm_mode_get_plane_res res = {
		.plane_id_ptr = user_ptr(planes),
		.count_planes = OBJECTS_MAX,
	};

	CHECK_EQ(ioctl(kms->fd, DRM_IOCTL_MODE_GETPLANERESOURCES, &res), 0);
	CHECK_LE(res.count_planes, OBJECTS_MAX);
	for (__u32 i = 0; i < res.count_planes; i++) {
		__u64 type = 0;

		CHECK(find_property(kms->fd, planes[i], "type", &type) != 0);
		/* Values of the enum as the kernel has had them since planes have types. */
		if (type == 1 && !kms->primary)
			kms->primary = planes[i];
		if (type == 2 && !kms->cursor)
			kms->cursor = planes[i];
	}
	CHECK(kms->primary != 0);
}

void require_kms(struct kms *kms, const char *driver)
{
	memset(kms, 0, sizeof(*kms));
	kms->fd = require_drm(driver);
	CHECK_OK(try_client_cap(kms->fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES));
	CHECK_OK(try_client_cap(kms->fd, DRM_CLIENT_CAP_ATOMIC));
	try_client_cap(kms->fd, DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT);
	find_outputs(kms);
	find_planes(kms);
}

static struct drm_mode_modeinfo smallest_mode(const struct kms *kms)
{
	static struct drm_mode_modeinfo modes[MODES_MAX];
	struct drm_mode_get_connector get = { .connector_id = kms->connector };
	__u32 best = 0;

	/* A first call without room makes the driver probe and says how much room it takes. */
	CHECK_EQ(ioctl(kms->fd, DRM_IOCTL_MODE_GETCONNECTOR, &get), 0);
	CHECK_GE(get.count_modes, 1);
	CHECK_LE(get.count_modes, MODES_MAX);
	get = (struct drm_mode_get_connector){
		.connector_id = kms->connector,
		.count_modes = get.count_modes,
		.modes_ptr = user_ptr(modes),
	};
	CHECK_EQ(ioctl(kms->fd, DRM_IOCTL_MODE_GETCONNECTOR, &get), 0);
	for (__u32 i = 1; i < get.count_modes; i++)
		if (modes[i].hdisplay * modes[i].vdisplay <
		    modes[best].hdisplay * modes[best].vdisplay)
			best = i;
	return modes[best];
}

struct kms_buffer kms_buffer(const struct kms *kms, __u32 width, __u32 height, __u32 format)
{
	struct drm_mode_create_dumb dumb = { .width = width, .height = height, .bpp = 32 };
	struct drm_mode_fb_cmd2 fb = { .width = width, .height = height, .pixel_format = format };

	CHECK_EQ(ioctl(kms->fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb), 0);
	fb.handles[0] = dumb.handle;
	fb.pitches[0] = dumb.pitch;
	CHECK_EQ(ioctl(kms->fd, DRM_IOCTL_MODE_ADDFB2, &fb), 0);
	return (struct kms_buffer){ .handle = dumb.handle, .fb = fb.fb_id, .pitch = dumb.pitch };
}

void kms_set(const struct kms *kms, struct kms_commit *c, __u32 object, const char *name,
	     __u64 value)
{
	__u32 property = find_property(kms->fd, object, name, NULL);

	CHECK_MSG(property, "object %u has no property \"%s\"", object, name);
	CHECK_LT(c->properties, KMS_PROPS_MAX);
	if (!c->objects || c->object[c->objects - 1] != object)
		c->object[c->objects++] = object;
	c->count[c->objects - 1]++;
	c->property[c->properties] = property;
	c->value[c->properties++] = value;
}

void kms_set_plane(const struct kms *kms, struct kms_commit *c, __u32 plane, __u32 fb,
		   __u32 width, __u32 height)
{
	kms_set(kms, c, plane, "FB_ID", fb);
	kms_set(kms, c, plane, "CRTC_ID", kms->crtc);
	kms_set(kms, c, plane, "SRC_X", 0);
	kms_set(kms, c, plane, "SRC_Y", 0);
	kms_set(kms, c, plane, "SRC_W", (__u64)width << 16);
	kms_set(kms, c, plane, "SRC_H", (__u64)height << 16);
	kms_set(kms, c, plane, "CRTC_X", 0);
	kms_set(kms, c, plane, "CRTC_Y", 0);
	kms_set(kms, c, plane, "CRTC_W", width);
	kms_set(kms, c, plane, "CRTC_H", height);
}

int try_kms_commit(const struct kms *kms, const struct kms_commit *c, __u32 flags)
{
	struct drm_mode_atomic atomic = {
		.flags = flags,
		.count_objs = c->objects,
		.objs_ptr = user_ptr(c->object),
		.count_props_ptr = user_ptr(c->count),
		.props_ptr = user_ptr(c->property),
		.prop_values_ptr = user_ptr(c->value),
	};

	return ioctl(kms->fd, DRM_IOCTL_MODE_ATOMIC, &atomic) ? -errno : 0;
}

void kms_light(struct kms *kms, const char *driver)
{
	struct kms_commit c = { 0 };
	struct drm_mode_create_blob blob = { 0 };
	struct drm_mode_modeinfo mode;

	require_kms(kms, driver);
	mode = smallest_mode(kms);
	kms->width = mode.hdisplay;
	kms->height = mode.vdisplay;
	for (int i = 0; i < 2; i++)
		kms->scan[i] = kms_buffer(kms, kms->width, kms->height, DRM_FORMAT_XRGB8888);
	blob.data = user_ptr(&mode);
	blob.length = sizeof(mode);
	CHECK_EQ(ioctl(kms->fd, DRM_IOCTL_MODE_CREATEPROPBLOB, &blob), 0);

	kms_set(kms, &c, kms->connector, "CRTC_ID", kms->crtc);
	kms_set(kms, &c, kms->crtc, "MODE_ID", blob.blob_id);
	kms_set(kms, &c, kms->crtc, "ACTIVE", 1);
	kms_set_plane(kms, &c, kms->primary, kms->scan[0].fb, kms->width, kms->height);
	CHECK_OK(try_kms_commit(kms, &c, DRM_MODE_ATOMIC_ALLOW_MODESET));
}

int try_kms_flip(const struct kms *kms, int which, int in_fence, __s32 *out_fence, __u32 flags)
{
	struct kms_commit c = { 0 };

	if (out_fence)
		kms_set(kms, &c, kms->crtc, "OUT_FENCE_PTR", user_ptr(out_fence));
	kms_set(kms, &c, kms->primary, "FB_ID", kms->scan[which].fb);
	if (in_fence != KMS_NO_FENCE)
		kms_set(kms, &c, kms->primary, "IN_FENCE_FD", (__u64)(__s64)in_fence);
	return try_kms_commit(kms, &c, flags);
}

int kms_flip(const struct kms *kms, int which, int in_fence)
{
	__s32 out = -2;

	CHECK_OK(try_kms_flip(kms, which, in_fence, &out, DRM_MODE_ATOMIC_NONBLOCK));
	CHECK_GE(out, 0);
	return out;
}
