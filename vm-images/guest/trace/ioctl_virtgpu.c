// SPDX-License-Identifier: GPL-2.0-only
/* virtio-gpu's own requests. */
#include <drm/virtgpu_drm.h>

#include "internal.h"

static int texture(int fd, unsigned long request, void *arg)
{
	const struct drm_virtgpu_resource_create *data = arg;
	struct file card = file_at(fd);
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));
	long made = ret < 0 ? ret : (long)data->bo_handle;
	int variable;

	if (ret < 0) {
		files_lock();
		variable = variable_next(FL_VARIABLE_G);
		files_unlock();
	} else {
		variable = handle_made(FL_OP_TEXTURE, FL_VARIABLE_G, card.id, data->bo_handle);
	}
	RECORD(FL_OP_TEXTURE, &span, (int32_t)made, variable, card.variable);
	return answer(ret);
}

static int idle(int fd, unsigned long request, void *arg)
{
	const struct drm_virtgpu_3d_wait *data = arg;
	struct file card = file_at(fd);
	int handle = handle_variable(FL_VARIABLE_G, card.id, data->handle);
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));

	RECORD(FL_OP_IDLE, &span, (int32_t)ret, card.variable, handle, (int32_t)data->flags);
	return answer(ret);
}

static int transfer_of(int fd, unsigned long request, void *arg, uint32_t number, bool refusals)
{
	struct file card = file_at(fd);
	int handle = handle_variable(FL_VARIABLE_G, card.id, number);
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));

	if (ret == 0 || refusals)
		RECORD(FL_OP_TRANSFER, &span, (int32_t)ret, card.variable, handle);
	return answer(ret);
}

static int transfer(int fd, unsigned long request, void *arg)
{
	const struct drm_virtgpu_3d_transfer_to_host *data = arg;

	return transfer_of(fd, request, arg, data->bo_handle, true);
}

/* The way back puts a fence on the buffer as well; without 3D it does not exist. */
static int transfer_back(int fd, unsigned long request, void *arg)
{
	const struct drm_virtgpu_3d_transfer_from_host *data = arg;

	return transfer_of(fd, request, arg, data->bo_handle, false);
}

static int submit(int fd, unsigned long request, void *arg)
{
	struct drm_virtgpu_execbuffer *data = arg, before = *data;
	const uint32_t *handles = (const uint32_t *)(uintptr_t)before.bo_handles;
	struct file card = file_at(fd);
	int handle = TRACE_NONE, after = TRACE_NONE, made = TRACE_NONE;
	struct trace_span span;
	long ret;

	if (before.num_bo_handles)
		handle = handle_variable(FL_VARIABLE_G, card.id, handles[0]);
	if (before.flags & VIRTGPU_EXECBUF_FENCE_FD_IN) {
		after = file_variable(before.fence_fd);
		after = after < 0 ? NO_FILE : after;
	}
	ret = TIMED(&span, __real_ioctl(fd, request, arg));
	if (before.flags & VIRTGPU_EXECBUF_FENCE_FD_OUT)
		made = made_by(FL_OP_SUBMIT, FL_VARIABLE_S, ret < 0 ? ret : data->fence_fd);
	RECORD(FL_OP_SUBMIT, &span,
	       ret == 0 && before.flags & VIRTGPU_EXECBUF_FENCE_FD_OUT ? data->fence_fd
								      : (int32_t)ret,
	       made, card.variable, handle, after, (int32_t)before.flags);
	return answer(ret);
}

ioctl_fn virtgpu_request(unsigned long request)
{
	switch (request) {
	case DRM_IOCTL_VIRTGPU_RESOURCE_CREATE:
		return texture;
	case DRM_IOCTL_VIRTGPU_WAIT:
		return idle;
	case DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST:
		return transfer;
	case DRM_IOCTL_VIRTGPU_TRANSFER_FROM_HOST:
		return transfer_back;
	case DRM_IOCTL_VIRTGPU_EXECBUFFER:
		return submit;
	}
	return NULL;
}
