// SPDX-License-Identifier: GPL-2.0-only
/* Requests of a card: buffers of any driver, and vgem's fences. */
#include <drm/drm.h>
#include <drm/drm_mode.h>

#include "../lib/vgem_abi.h"
#include "internal.h"

static int handle_of(struct file card, uint32_t handle)
{
	return handle_variable(FL_VARIABLE_G, card.id, handle);
}

/* The variable of a handle that was made, or might have been. */
static int32_t handle_by(unsigned int op, int letter, struct file card, long ret)
{
	int variable;

	if (ret >= 0)
		return handle_made(op, letter, card.id, (uint32_t)ret);
	files_lock();
	variable = variable_next(letter);
	files_unlock();
	return variable;
}

static int dumb(int fd, unsigned long request, void *arg)
{
	const struct drm_mode_create_dumb *data = arg;
	struct file card = file_at(fd);
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));
	long made = ret < 0 ? ret : (long)data->handle;

	RECORD(FL_OP_DUMB, &span, (int32_t)made, handle_by(FL_OP_DUMB, FL_VARIABLE_G, card, made),
	       card.variable);
	return answer(ret);
}

static int prime(int fd, unsigned long request, void *arg)
{
	const struct drm_prime_handle *data = arg;
	struct file card = file_at(fd);
	int handle = handle_of(card, data->handle);
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));
	long made = ret < 0 ? ret : data->fd;

	RECORD(FL_OP_PRIME, &span, (int32_t)made, made_by(FL_OP_PRIME, FL_VARIABLE_B, made),
	       card.variable, handle);
	return answer(ret);
}

static int open_handle(int fd, unsigned long request, void *arg)
{
	const struct drm_prime_handle *data = arg;
	struct file card = file_at(fd);
	int buffer = file_variable(data->fd);
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));
	long made = ret < 0 ? ret : (long)data->handle;

	RECORD(FL_OP_OPEN, &span, (int32_t)made, handle_by(FL_OP_OPEN, FL_VARIABLE_G, card, made),
	       card.variable, buffer);
	return answer(ret);
}

static int drop_number(int fd, unsigned long request, void *arg, uint32_t number)
{
	struct file card = file_at(fd);
	int handle = handle_of(card, number);
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));

	RECORD(FL_OP_DROP, &span, (int32_t)ret, card.variable, handle);
	if (ret == 0)
		handle_gone(FL_VARIABLE_G, card.id, number);
	return answer(ret);
}

static int drop(int fd, unsigned long request, void *arg)
{
	return drop_number(fd, request, arg, ((const struct drm_gem_close *)arg)->handle);
}

static int destroy_dumb(int fd, unsigned long request, void *arg)
{
	return drop_number(fd, request, arg, ((const struct drm_mode_destroy_dumb *)arg)->handle);
}

/* Not an op: it only tells which buffer a later commit shows. */
static int add_framebuffer(int fd, unsigned long request, void *arg)
{
	const struct drm_mode_fb_cmd2 *data = arg;
	int ret = __real_ioctl(fd, request, arg);

	if (ret == 0)
		framebuffer_made(file_at(fd).id, data->fb_id, data->handles[0]);
	return ret;
}

static int attach(int fd, unsigned long request, void *arg)
{
	const struct drm_vgem_fence_attach before = *(struct drm_vgem_fence_attach *)arg;
	struct file card = file_at(fd);
	int handle = handle_of(card, before.handle);
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));
	long made = ret < 0 ? ret : (long)((struct drm_vgem_fence_attach *)arg)->out_fence;

	RECORD(FL_OP_ATTACH, &span, (int32_t)made,
	       handle_by(FL_OP_ATTACH, FL_VARIABLE_F, card, made), card.variable, handle,
	       (int32_t)before.flags, (int32_t)before.pad);
	return answer(ret);
}

static int signal_fence(int fd, unsigned long request, void *arg)
{
	const struct drm_vgem_fence_signal *data = arg;
	struct file card = file_at(fd);
	int fence = handle_variable(FL_VARIABLE_F, card.id, data->fence);
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));

	RECORD(FL_OP_SIGNAL, &span, (int32_t)ret, card.variable, fence, (int32_t)data->flags);
	if (ret == 0 || ret == -ETIMEDOUT)
		handle_gone(FL_VARIABLE_F, card.id, data->fence);
	return answer(ret);
}

ioctl_fn drm_request(unsigned long request, unsigned int driver)
{
	switch (request) {
	case DRM_IOCTL_MODE_CREATE_DUMB:
		return dumb;
	case DRM_IOCTL_MODE_DESTROY_DUMB:
		return destroy_dumb;
	case DRM_IOCTL_PRIME_HANDLE_TO_FD:
		return prime;
	case DRM_IOCTL_PRIME_FD_TO_HANDLE:
		return open_handle;
	case DRM_IOCTL_GEM_CLOSE:
		return drop;
	case DRM_IOCTL_MODE_ADDFB2:
		return add_framebuffer;
	case DRM_IOCTL_MODE_ATOMIC:
		return record_atomic;
	}
	if (driver == FL_DRIVER_VIRTIO_GPU)
		return virtgpu_request(request);
	if (driver == FL_DRIVER_VGEM && request == DRM_IOCTL_VGEM_FENCE_ATTACH)
		return attach;
	if (driver == FL_DRIVER_VGEM && request == DRM_IOCTL_VGEM_FENCE_SIGNAL)
		return signal_fence;
	return NULL;
}
