// SPDX-License-Identifier: GPL-2.0-only
/* Atomic commits: of all properties, those that name a buffer or a fence. */
#include <drm/drm.h>
#include <drm/drm_mode.h>

#include "internal.h"

#define PROPERTIES_MAX 256

enum property { PROPERTY_UNKNOWN, PROPERTY_PLAIN, PROPERTY_FB, PROPERTY_IN, PROPERTY_OUT };

/* By driver, since cards are of one driver each, and then by id. */
static uint8_t known[4][PROPERTIES_MAX];

static enum property look_up(int fd, uint32_t id)
{
	struct drm_mode_get_property get = { .prop_id = id };

	if (__real_ioctl(fd, DRM_IOCTL_MODE_GETPROPERTY, &get))
		return PROPERTY_PLAIN;
	if (strcmp(get.name, "FB_ID") == 0)
		return PROPERTY_FB;
	if (strcmp(get.name, "IN_FENCE_FD") == 0)
		return PROPERTY_IN;
	if (strcmp(get.name, "OUT_FENCE_PTR") == 0)
		return PROPERTY_OUT;
	return PROPERTY_PLAIN;
}

static enum property property(int fd, struct file card, uint32_t id)
{
	uint8_t *is;

	if (id >= PROPERTIES_MAX || card.driver >= 4)
		return look_up(fd, id);
	is = &known[card.driver][id];
	if (*is == PROPERTY_UNKNOWN)
		*is = (uint8_t)look_up(fd, id);
	return *is;
}

struct commit {
	int handle, after;
	int32_t *out;
};

static void take(struct commit *c, struct file card, enum property is, uint64_t value)
{
	uint32_t handle;

	switch (is) {
	case PROPERTY_FB:
		handle = framebuffer_handle(card.id, (uint32_t)value);
		if (handle && c->handle < 0)
			c->handle = handle_variable(FL_VARIABLE_G, card.id, handle);
		break;
	case PROPERTY_IN:
		if ((int)value == -1)
			break;
		c->after = file_variable((int)value);
		c->after = c->after < 0 ? NO_FILE : c->after;
		break;
	case PROPERTY_OUT:
		c->out = (int32_t *)(uintptr_t)value;
		break;
	default:
		break;
	}
}

static struct commit parse(int fd, struct file card, const struct drm_mode_atomic *atomic)
{
	const uint32_t *counts = (const uint32_t *)(uintptr_t)atomic->count_props_ptr;
	const uint32_t *ids = (const uint32_t *)(uintptr_t)atomic->props_ptr;
	const uint64_t *values = (const uint64_t *)(uintptr_t)atomic->prop_values_ptr;
	struct commit c = { TRACE_NONE, TRACE_NONE, NULL };
	unsigned int at = 0;

	for (uint32_t object = 0; object < atomic->count_objs; object++)
		for (uint32_t i = 0; i < counts[object]; i++, at++)
			take(&c, card, property(fd, card, ids[at]), values[at]);
	return c;
}

int record_atomic(int fd, unsigned long request, void *arg)
{
	const struct drm_mode_atomic *atomic = arg;
	struct file card = file_at(fd);
	struct commit c = parse(fd, card, atomic);
	int32_t before, made = TRACE_NONE;
	int memory = FL_MEMORY_MAPPED;
	struct trace_span span;
	struct user user;
	long ret, value;

	if (c.out)
		user = user_copy(&before, c.out, sizeof(before));
	ret = value = TIMED(&span, __real_ioctl(fd, request, arg));
	if (c.out) {
		memory = user_memory(&user, (int)ret);
		if (ret == 0 && *c.out >= 0)
			value = *c.out;
		/* A test gives none, though it was asked for. */
		if (ret < 0 || *c.out >= 0)
			made = made_by(FL_OP_COMMIT, FL_VARIABLE_S, value);
		else if (!(atomic->flags & DRM_MODE_ATOMIC_TEST_ONLY))
			made = made_by(FL_OP_COMMIT, FL_VARIABLE_S, -ENOENT);
	}
	RECORD(FL_OP_COMMIT, &span, (int32_t)value, made, card.variable, c.handle, c.after,
	       (int32_t)atomic->flags, memory);
	return answer(ret);
}
