// SPDX-License-Identifier: MIT
import { member, type Piece, parameter } from './piece.js';

/** Cards of DRM and what they have: structs of include/uapi/drm, which is not installed everywhere. */
export const CARD_PIECES: Readonly<Record<string, Piece>> = {
  drm: {
    includes: ['linux/types.h', 'sys/ioctl.h'],
    text: () => `/* From include/uapi/drm */
#define DRM_IOCTL(dir, number, type) _IOC(dir, 'd', number, sizeof(type))
#define DRM_RW (_IOC_READ | _IOC_WRITE)`,
  },
  card_open: {
    includes: ['fcntl.h'],
    after: ['drm', 'result'],
    text: () => `struct drm_version {
	int major, minor, patchlevel;
	__kernel_size_t name_len;
	char *name;
	__kernel_size_t date_len;
	char *date;
	__kernel_size_t desc_len;
	char *desc;
};

/* The card of a driver. */
static int card_open(const char *driver)
{
	for (int i = 0; i < 16; i++) {
		char path[32], name[32] = "";
		struct drm_version version = { .name = name, .name_len = sizeof(name) - 1 };
		int fd;

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = result(open(path, O_RDWR | O_CLOEXEC));
		if (fd == -EMFILE)
			return fd;
		if (fd < 0)
			continue;
		if (ioctl(fd, DRM_IOCTL(DRM_RW, 0x00, version), &version) == 0 &&
		    strcmp(name, driver) == 0)
			return fd;
		close(fd);
	}
	printf("\\nThere is no card of %s that may be opened (modprobe %s, as root).\\n",
	       driver, driver);
	exit(MISSING);
}`,
  },
  dumb_create: {
    after: ['drm', 'result'],
    text: () => `struct drm_mode_create_dumb {
	__u32 height, width, bpp, flags;
	__u32 handle, pitch;
	__u64 size;
};

static int dumb_create(int card)
{
	struct drm_mode_create_dumb data = { .width = 32, .height = 32, .bpp = 32 };
	int ret = result(ioctl(card, DRM_IOCTL(DRM_RW, 0xb2, data), &data));

	return ret < 0 ? ret : (int)data.handle;
}`,
  },
  drm_prime_handle: {
    after: ['drm', 'result'],
    text: () => `struct drm_prime_handle {
	__u32 handle, flags;
	__s32 fd;
};`,
  },
  prime_export: {
    includes: ['fcntl.h'],
    after: ['drm_prime_handle'],
    text: () => `/* A dma-buf for a handle. */
static int prime_export(int card, __u32 handle)
{
	struct drm_prime_handle data = { .handle = handle, .flags = O_CLOEXEC | O_RDWR, .fd = -1 };
	int ret = result(ioctl(card, DRM_IOCTL(DRM_RW, 0x2d, data), &data));

	return ret < 0 ? ret : data.fd;
}`,
  },
  prime_import: {
    after: ['drm_prime_handle'],
    text: () => `/* A handle for a dma-buf. */
static int prime_import(int card, int buffer)
{
	struct drm_prime_handle data = { .fd = buffer };
	int ret = result(ioctl(card, DRM_IOCTL(DRM_RW, 0x2e, data), &data));

	return ret < 0 ? ret : (int)data.handle;
}`,
  },
  gem_close: {
    after: ['drm', 'result'],
    text: () => `struct drm_gem_close {
	__u32 handle, pad;
};

static int gem_close(int card, __u32 handle)
{
	struct drm_gem_close data = { .handle = handle };

	return result(ioctl(card, DRM_IOCTL(_IOC_WRITE, 0x09, data), &data));
}`,
  },
  vgem_attach: {
    after: ['drm', 'result'],
    text: (shape) => `struct drm_vgem_fence_attach {
	__u32 handle, flags, out_fence, pad;
};

#define VGEM_FENCE_WRITE 0x1

/* A fence of vgem on a buffer. */
static int vgem_attach(int card, __u32 handle, __u32 flags${parameter(shape, 'attach', 'pad')})
{
	struct drm_vgem_fence_attach data = { .handle = handle, .flags = flags${member(shape, 'attach', 'pad')} };
	int ret = result(ioctl(card, DRM_IOCTL(DRM_RW, 0x41, data), &data));

	return ret < 0 ? ret : (int)data.out_fence;
}`,
  },
  vgem_signal: {
    after: ['drm', 'result'],
    text: (shape) => `struct drm_vgem_fence_signal {
	__u32 fence, flags;
};

static int vgem_signal(int card, __u32 fence${parameter(shape, 'signal', 'flags')})
{
	struct drm_vgem_fence_signal data = { .fence = fence${member(shape, 'signal', 'flags')} };

	return result(ioctl(card, DRM_IOCTL(_IOC_WRITE, 0x42, data), &data));
}`,
  },
  virtgpu_texture: {
    after: ['drm', 'result'],
    text: () => `struct drm_virtgpu_resource_create {
	__u32 target, format, bind;
	__u32 width, height, depth;
	__u32 array_size, last_level, nr_samples, flags;
	__u32 bo_handle, res_handle, size, stride;
};

/* A texture of 32 x 32 that can be drawn to. */
static int virtgpu_texture(int card)
{
	struct drm_virtgpu_resource_create data = {
		.target = 2, .format = 1, .bind = 1 << 1,
		.width = 32, .height = 32, .depth = 1, .array_size = 1, .size = 32 * 32 * 4,
	};
	int ret = result(ioctl(card, DRM_IOCTL(DRM_RW, 0x44, data), &data));

	return ret < 0 ? ret : (int)data.bo_handle;
}`,
  },
  virtgpu_wait: {
    after: ['drm', 'result', 'interrupt'],
    text: (shape) => `struct drm_virtgpu_3d_wait {
	__u32 handle, flags;
};

/* Interrupted where it waits. */
static int virtgpu_wait(int card, __u32 handle${parameter(shape, 'idle', 'flags')})
{
	struct drm_virtgpu_3d_wait data = { .handle = handle${member(shape, 'idle', 'flags')} };
	int ret;

	interrupt_every(20);
	ret = result(ioctl(card, DRM_IOCTL(DRM_RW, 0x48, data), &data));
	interrupt_every(0);
	return ret;
}`,
  },
  virtgpu_transfer: {
    after: ['drm', 'result'],
    text: () => `struct drm_virtgpu_3d_transfer_to_host {
	__u32 bo_handle;
	__u32 x, y, z, w, h, d;
	__u32 level, offset, stride, layer_stride;
};

static int virtgpu_transfer(int card, __u32 handle)
{
	struct drm_virtgpu_3d_transfer_to_host data = { .bo_handle = handle, .w = 32, .h = 32, .d = 1 };

	return result(ioctl(card, DRM_IOCTL(DRM_RW, 0x47, data), &data));
}`,
  },
  heap_buffer: {
    includes: ['fcntl.h', 'linux/dma-heap.h', 'sys/ioctl.h'],
    after: ['result'],
    text: ({ first }) => `static int heap = -1;

/* Out of the way of the descriptors from ${first} on. */
static void heap_open(void)
{
	int fd = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC);

	heap = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 900);
	if (heap < 0)
		missing("/dev/dma_heap/system cannot be opened");
	close(fd);
}

static int heap_buffer(void)
{
	struct dma_heap_allocation_data data = { .len = 4096, .fd_flags = O_RDWR | O_CLOEXEC };
	int ret = result(ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data));

	return ret < 0 ? ret : (int)data.fd;
}`,
  },
};
