// SPDX-License-Identifier: GPL-2.0-only
/* Requests of a dma-buf. */
#include "../lib/dma_buf_abi.h"
#include "internal.h"

#define NAME_MOST 64	/* more than any kernel takes */
#define ODD_BIT 0x80000000u

static int export(int fd, unsigned long request, void *arg)
{
	int target = target_variable(fd);
	struct dma_buf_export_sync_file data;
	struct user user = user_copy(&data, arg, sizeof(data));
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));
	long made = ret < 0 ? ret : ((struct dma_buf_export_sync_file *)arg)->fd;

	RECORD(FL_OP_EXPORT, &span, (int32_t)made, made_by(FL_OP_EXPORT, FL_VARIABLE_S, made),
	       target, (int32_t)data.flags, user_memory(&user, (int)ret));
	return answer(ret);
}

static int import(int fd, unsigned long request, void *arg)
{
	int target = target_variable(fd);
	struct dma_buf_import_sync_file data;
	struct user user = user_copy(&data, arg, sizeof(data));
	int file = user.memory == FL_MEMORY_UNMAPPED ? TRACE_NONE : file_variable(data.fd);
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));

	RECORD(FL_OP_IMPORT, &span, (int32_t)ret, target, (int32_t)data.flags, file,
	       user_memory(&user, (int)ret));
	return answer(ret);
}

/* Its flags have 64 bits; one of the upper half counts as a bit that nobody knows. */
static int sync(int fd, unsigned long request, void *arg)
{
	int target = target_variable(fd);
	struct dma_buf_sync data;
	struct user user = user_copy(&data, arg, sizeof(data));
	uint32_t access = (uint32_t)data.flags | (data.flags >> 32 ? ODD_BIT : 0);
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));

	RECORD(FL_OP_SYNC, &span, (int32_t)ret, target, (int32_t)access,
	       user_memory(&user, (int)ret));
	return answer(ret);
}

static int set_name(int fd, unsigned long request, void *arg)
{
	int target = target_variable(fd);
	int length = user_string(arg, NAME_MOST);
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));

	RECORD(FL_OP_NAME, &span, (int32_t)ret, target, length < 0 ? 0 : length,
	       length < 0 ? FL_MEMORY_UNMAPPED : FL_MEMORY_MAPPED);
	return answer(ret);
}

ioctl_fn dma_buf_request(unsigned long request)
{
	switch (request) {
	case DMA_BUF_IOCTL_EXPORT_SYNC_FILE:
		return export;
	case DMA_BUF_IOCTL_IMPORT_SYNC_FILE:
		return import;
	case DMA_BUF_IOCTL_SYNC:
		return sync;
	case DMA_BUF_SET_NAME_A:
	case DMA_BUF_SET_NAME_B:
		return set_name;
	}
	return record_unknown;
}
