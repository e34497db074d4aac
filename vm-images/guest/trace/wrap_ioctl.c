// SPDX-License-Identifier: GPL-2.0-only
/* ioctl(2): whom it asks decides who records it. */
#include <stdarg.h>
#include <sys/ioctl.h>

#include <drm/drm.h>
#include <linux/dma-heap.h>
#include <linux/ioctl.h>
#include <linux/udmabuf.h>

#include "internal.h"


int32_t made_by(unsigned int op, int letter, long ret)
{
	int variable;

	if (ret >= 0)
		return file_made((int)ret, op, letter);
	files_lock();
	variable = variable_next(letter);
	files_unlock();
	return variable;
}

static int just_do(int fd, unsigned long request, void *arg)
{
	return __real_ioctl(fd, request, arg);
}

/* A card looks at the number of a request only: what is of another kind does something else there. */
static ioctl_fn recorder(int fd, unsigned long request)
{
	struct file file = file_at(fd);
	ioctl_fn fn = NULL;

	if (letter_of(file.variable) == FL_VARIABLE_C)
		return drm_request(request, file.driver);
	if (_IOC_TYPE(request) == DRM_IOCTL_BASE && told_driver() != DRIVER_OTHER)
		return drm_request(request, told_driver());
	switch (_IOC_TYPE(request)) {
	case 'W':
		fn = sw_sync_request(request);
		break;
	case 'b':
		fn = dma_buf_request(request);
		break;
	case '>':
		fn = sync_file_request(request);
		break;
	}
	if (request == UDMABUF_CREATE)
		fn = record_udmabuf;
	if (request == DMA_HEAP_IOCTL_ALLOC)
		fn = record_dma_heap;
	return fn;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	ioctl_fn fn = NULL;
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (trace_on() && (!file_is_older(fd) || told(FL_OP_HEAP)))
		fn = recorder(fd, request);
	return (fn ? fn : just_do)(fd, request, arg);
}

int record_unknown(int fd, unsigned long request, void *arg)
{
	int target = target_variable(fd);
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));

	RECORD(FL_OP_UNKNOWN, &span, (int32_t)ret, target);
	return answer(ret);
}

static void heap(const struct trace_span *span, long ret)
{
	if (ret >= 0 || ret == -EMFILE || ret == -ENOMEM)
		RECORD(FL_OP_HEAP, span, (int32_t)ret, made_by(FL_OP_HEAP, FL_VARIABLE_B, ret));
}

int record_udmabuf(int fd, unsigned long request, void *arg)
{
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));

	heap(&span, ret);
	return answer(ret);
}

int record_dma_heap(int fd, unsigned long request, void *arg)
{
	const struct dma_heap_allocation_data *data = arg;
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));

	heap(&span, ret < 0 ? ret : (long)data->fd);
	return answer(ret);
}
