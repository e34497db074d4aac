// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/dma-heap.h>
#include <linux/udmabuf.h>

#include "../runtime/runtime.h"
#include "exporters.h"

#define UDMABUF "/dev/udmabuf"
#define DMA_HEAP "/dev/dma_heap/system"

static int require_node(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		fl_skip("%s cannot be opened: %s", path, fl_errname(errno));
	return fd;
}

int require_udmabuf(void)
{
	int node = require_node(UDMABUF);
	int memfd = memfd_create("fencelab", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct udmabuf_create create = {
		.memfd = (__u32)memfd,
		.flags = UDMABUF_FLAGS_CLOEXEC,
		.size = EXPORTER_BYTES,
	};
	int fd;

	CHECK(memfd >= 0);
	CHECK_EQ(ftruncate(memfd, EXPORTER_BYTES), 0);
	CHECK_EQ(fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	fd = ioctl(node, UDMABUF_CREATE, &create);
	CHECK_MSG(fd >= 0, "UDMABUF_CREATE: %s", fl_errname(errno));
	close(memfd);
	close(node);
	return fd;
}

int require_dma_heap_of(size_t bytes, int flags)
{
	int node = require_node(DMA_HEAP);
	struct dma_heap_allocation_data alloc = {
		.len = bytes,
		.fd_flags = (__u32)flags | O_CLOEXEC,
	};

	CHECK_EQ(ioctl(node, DMA_HEAP_IOCTL_ALLOC, &alloc), 0);
	close(node);
	return (int)alloc.fd;
}

int require_dma_heap(int flags)
{
	return require_dma_heap_of(EXPORTER_BYTES, flags);
}
