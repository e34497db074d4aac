// SPDX-License-Identifier: GPL-2.0-only
/* `observe`: what a buffer waits for, as one record and with no trace of itself. */
#include <poll.h>

#include "../lib/dma_buf_abi.h"
#include "../trace/real.h"
#include "exec.h"

static int32_t ready(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	__real_poll(&p, 1, 0);
	return (uint16_t)p.revents;
}

/* Pending leaves of one export, as a list: words written, or -errno. */
static int list(int fd, __u32 flags, int32_t *to)
{
	struct dma_buf_export_sync_file export = { .flags = flags, .fd = -1 };
	struct sync_file_info info = {
		.num_fences = LEAVES_MAX,
		.sync_fence_info = (__u64)(uintptr_t)leaves->info,
	};
	int ret = result(__real_ioctl(fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &export));
	int32_t count = 0;

	if (ret < 0)
		return ret;
	ret = result(__real_ioctl(export.fd, SYNC_IOC_FILE_INFO, &info));
	__real_close(export.fd);
	if (ret < 0)
		return ret;
	for (__u32 i = 0; i < info.num_fences; i++)
		if (leaves->info[i].status == 0)
			to[1 + count++] = (int32_t)trace_leaf_who(leaves->info[i].driver_name,
								  leaves->info[i].obj_name);
	to[0] = count;
	return 1 + count;
}

int run_observe(const int32_t *args)
{
	struct trace_span span;
	int32_t *results = leaves->words;
	int fd = fd_of(args[0]);
	int reader = 0, writer = 0;

	trace_start(&span);
	results[0] = 0;
	results[1] = ready(fd, POLLIN) | ready(fd, POLLOUT);
	reader = list(fd, DMA_BUF_SYNC_READ, &results[2]);
	if (reader > 0)
		writer = list(fd, DMA_BUF_SYNC_WRITE, &results[2 + reader]);
	if (reader < 0 || writer < 0)
		results[0] = reader < 0 ? reader : writer;
	trace_end(&span);
	trace_record(FL_OP_OBSERVE, &span, args, 1, results,
		     results[0] < 0 ? 1 : (unsigned int)(2 + reader + writer));
	return results[0];
}

bool is_buffer(char type, int32_t variable)
{
	return type != 'n' && variable >= FL_VARIABLE_B &&
	       variable < FL_VARIABLE_B + FL_VARIABLES_EACH && value_of[variable] >= 0;
}

void observe_buffers(const struct op *op, const int32_t *args, bool announced)
{
	for (int i = 0; op->signature[i]; i++) {
		if (!is_buffer(op->signature[i], args[i]))
			continue;
		if (announced)
			trace_entered(FL_OP_OBSERVE, &args[i], 1);
		run_observe(&args[i]);
	}
}
