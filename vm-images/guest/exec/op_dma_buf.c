// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/dma-heap.h>

#include "../lib/dma_buf_abi.h"
#include "../lib/memory.h"
#include "../trace/real.h"
#include "exec.h"

#define DMA_HEAP "/dev/dma_heap/system"

static int heap = -1;

/* Before the first op: the node's descriptor is one of those that were there. */
void heap_open(void)
{
	heap = __real_open(DMA_HEAP, O_RDWR | O_CLOEXEC);
}

int run_heap(const int32_t *args)
{
	struct dma_heap_allocation_data data = { .len = PAGE, .fd_flags = O_RDWR | O_CLOEXEC };
	int ret;

	(void)args;
	if (heap < 0)
		return refuse("there is no " DMA_HEAP);
	ret = result(ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data));
	return ret < 0 ? ret : (int)data.fd;
}

int run_export(const int32_t *args)
{
	struct dma_buf_export_sync_file data = { .flags = (__u32)args[2], .fd = -1 };
	struct dma_buf_export_sync_file *p = place(args[3], &data, sizeof(data));
	int ret = result(ioctl(fd_of(args[1]), DMA_BUF_IOCTL_EXPORT_SYNC_FILE, p));

	return ret < 0 ? ret : p->fd;
}

int run_import(const int32_t *args)
{
	struct dma_buf_import_sync_file data = {
		.flags = (__u32)args[1],
		.fd = fd_of(args[2]),
	};

	return result(ioctl(fd_of(args[0]), DMA_BUF_IOCTL_IMPORT_SYNC_FILE,
			    place(args[3], &data, sizeof(data))));
}

int run_sync(const int32_t *args)
{
	struct dma_buf_sync data = { .flags = (__u32)args[1] };
	void *p = place(args[2], &data, sizeof(data));
	int ret;

	interrupt_soon();
	ret = result(ioctl(fd_of(args[0]), DMA_BUF_IOCTL_SYNC, p));
	interrupt_never();
	return ret;
}

int run_name(const int32_t *args)
{
	static _Thread_local char text[PAGE];
	size_t length = (uint32_t)args[1] < PAGE ? (uint32_t)args[1] : PAGE - 1;

	memset(text, 'n', length);
	text[length] = '\0';
	return result(ioctl(fd_of(args[0]), DMA_BUF_SET_NAME_B,
			    place(args[2], text, length + 1)));
}

int run_unknown(const int32_t *args)
{
	return result(ioctl(fd_of(args[0]), _IO(DMA_BUF_BASE, 99), NULL));
}
