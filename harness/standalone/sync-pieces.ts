// SPDX-License-Identifier: MIT
import { member, memoryOf, type Piece, parameter } from './piece.js';

const ENOTTY = (request: string): string => `	if (ret == -ENOTTY)
		missing("this kernel has no ${request}");
`;

/** sw_sync, sync_file and dma-buf. */
export const SYNC_PIECES: Readonly<Record<string, Piece>> = {
  sw_sync: {
    includes: ['sys/ioctl.h', 'linux/types.h'],
    text: () => `/* drivers/dma-buf/sw_sync.c: there is no header for userspace. */
#define SW_SYNC "/sys/kernel/debug/sync/sw_sync"

struct sw_sync_create_fence_data {
	__u32 value;
	char name[32];
	__s32 fence;
};

#define SW_SYNC_IOC_CREATE_FENCE _IOWR('W', 0, struct sw_sync_create_fence_data)
#define SW_SYNC_IOC_INC _IOW('W', 1, __u32)`,
  },
  timeline_open: {
    includes: ['fcntl.h', 'sys/prctl.h'],
    after: ['sw_sync', 'result'],
    text: () => `/* Its fences are known by the name of the task. */
static int timeline_open(const char *name)
{
	int fd;

	prctl(PR_SET_NAME, name);
	fd = result(open(SW_SYNC, O_RDWR | O_CLOEXEC));
	if (fd == -ENOENT)
		missing("there is no " SW_SYNC " (CONFIG_SW_SYNC, and debugfs has to be mounted)");
	if (fd == -EACCES || fd == -EPERM)
		missing(SW_SYNC " may not be opened: only root can");
	return fd;
}`,
  },
  timeline_fence: {
    after: ['sw_sync', 'result'],
    text: (shape) => {
      const memory = memoryOf(shape, 'fence');
      return `static int timeline_fence(int timeline, __u32 value${memory.parameter})
{
	struct sw_sync_create_fence_data data = { .value = value };
	int ret = result(ioctl(timeline, SW_SYNC_IOC_CREATE_FENCE, ${memory.pointer('data')}));

	return ret < 0 ? ret : data.fence;
}`;
    },
  },
  timeline_inc: {
    after: ['sw_sync', 'result'],
    text: (shape) => {
      const memory = memoryOf(shape, 'inc');
      return `static int timeline_inc(int timeline, __u32 by${memory.parameter})
{
	return result(ioctl(timeline, SW_SYNC_IOC_INC, ${memory.pointer('by')}));
}`;
    },
  },
  sync_file_merge: {
    includes: ['linux/sync_file.h', 'sys/ioctl.h'],
    after: ['result'],
    text: (shape) => {
      const memory = memoryOf(shape, 'merge');
      return `static int sync_file_merge(int file, int other${parameter(shape, 'merge', 'flags')}${memory.parameter})
{
	struct sync_merge_data data = { .name = "merged", .fd2 = other, .fence = -1${member(shape, 'merge', 'flags')} };
	int ret = result(ioctl(file, SYNC_IOC_MERGE, ${memory.pointer('data')}));

	return ret < 0 ? ret : data.fence;
}`;
    },
  },
  sync_file_deadline: {
    includes: ['linux/sync_file.h', 'sys/ioctl.h'],
    after: ['result'],
    text: (shape) => {
      const memory = memoryOf(shape, 'deadline');
      return `/* Since Linux 6.4 */
#ifndef SYNC_IOC_SET_DEADLINE
struct sync_set_deadline {
	__u64 deadline_ns;
	__u64 pad;
};

#define SYNC_IOC_SET_DEADLINE _IOW(SYNC_IOC_MAGIC, 5, struct sync_set_deadline)
#endif

static int sync_file_deadline(int file${parameter(shape, 'deadline', 'pad')}${memory.parameter})
{
	struct sync_set_deadline data = { .deadline_ns = 0${member(shape, 'deadline', 'pad')} };
	int ret = result(ioctl(file, SYNC_IOC_SET_DEADLINE, ${memory.pointer('data')}));

${shape.needs.has('deadline') ? ENOTTY('SYNC_IOC_SET_DEADLINE') : ''}	return ret;
}`;
    },
  },
  leaves: {
    includes: ['linux/sync_file.h'],
    after: ['number'],
    text: () => `#define LEAVES_MAX 4096

static void tell_status(int status)
{
	if (status == 0)
		tell("pending");
	else if (status == 1)
		tell("done");
	else
		tell_number(status);
}

static const char *who(const struct sync_fence_info *leaf)
{
	if (strcmp(leaf->driver_name, "sw_sync") == 0)
		return leaf->obj_name;
	if (strncmp(leaf->obj_name, "CRTC:", 5) == 0)
		return "crtc";
	if (strcmp(leaf->driver_name, "virtio_gpu") == 0)
		return "virtio-gpu";
	if (strcmp(leaf->driver_name, "detached-driver") == 0)
		return "detached";
	if (strcmp(leaf->driver_name, "dma_fence_array") == 0)
		return "array";
	if (strcmp(leaf->driver_name, "vgem") == 0 || strcmp(leaf->driver_name, "stub") == 0)
		return leaf->driver_name;
	return "other";
}

static int by_name(const void *a, const void *b)
{
	const struct sync_fence_info *one = a, *two = b;
	int order = strcmp(who(one), who(two));

	return order ? order : one->status - two->status;
}

static void tell_leaves(struct sync_fence_info *leaves, __u32 count, int pending_only)
{
	qsort(leaves, count, sizeof(*leaves), by_name);
	for (__u32 i = 0; i < count; i++) {
		if (pending_only && leaves[i].status != 0)
			continue;
		tell(" %s:", who(&leaves[i]));
		tell_status(leaves[i].status);
	}
}`,
  },
  sync_file_info: {
    includes: ['linux/sync_file.h', 'sys/ioctl.h'],
    after: ['result', 'leaves'],
    text: (shape) => {
      const memory = memoryOf(shape, 'info');
      return `static void sync_file_info(int file, __u32 room${parameter(shape, 'info', 'flags')}${memory.parameter})
{
	static ${shape.threads ? '__thread ' : ''}struct sync_fence_info leaves[LEAVES_MAX];
	struct sync_file_info data = {
		.num_fences = room,
		.sync_fence_info = (__u64)(unsigned long)leaves,${shape.given.has('info', 'flags') ? '\n\t\t.flags = flags,' : ''}
	};
	int ret = result(ioctl(file, SYNC_IOC_FILE_INFO, ${memory.pointer('data')}));

	tell_number(ret);
	if (ret < 0)
		return;
	tell(" status ");
	tell_status(data.status);
	tell(" fences %u leaves", data.num_fences);
	tell_leaves(leaves, room ? data.num_fences : 0, 0);
}`;
    },
  },
  dma_buf: {
    includes: ['linux/dma-buf.h', 'linux/types.h', 'sys/ioctl.h'],
    text: () => `/* Since Linux 6.0 */
#ifndef DMA_BUF_IOCTL_EXPORT_SYNC_FILE
struct dma_buf_export_sync_file {
	__u32 flags;
	__s32 fd;
};

#define DMA_BUF_IOCTL_EXPORT_SYNC_FILE _IOWR(DMA_BUF_BASE, 2, struct dma_buf_export_sync_file)
#endif
#ifndef DMA_BUF_IOCTL_IMPORT_SYNC_FILE
struct dma_buf_import_sync_file {
	__u32 flags;
	__s32 fd;
};

#define DMA_BUF_IOCTL_IMPORT_SYNC_FILE _IOW(DMA_BUF_BASE, 3, struct dma_buf_import_sync_file)
#endif`,
  },
  export_sync_file: {
    after: ['dma_buf', 'result'],
    text: (shape) => {
      const memory = memoryOf(shape, 'export');
      return `static int export_sync_file(int buffer, __u32 access${memory.parameter})
{
	struct dma_buf_export_sync_file data = { .flags = access, .fd = -1 };
	int ret = result(ioctl(buffer, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, ${memory.pointer('data')}));

${shape.needs.has('export') ? ENOTTY('DMA_BUF_IOCTL_EXPORT_SYNC_FILE') : ''}	return ret < 0 ? ret : data.fd;
}`;
    },
  },
  import_sync_file: {
    after: ['dma_buf', 'result'],
    text: (shape) => {
      const memory = memoryOf(shape, 'import');
      return `static int import_sync_file(int buffer, __u32 access, int file${memory.parameter})
{
	struct dma_buf_import_sync_file data = { .flags = access, .fd = file };
	int ret = result(ioctl(buffer, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, ${memory.pointer('data')}));

${shape.needs.has('import') ? ENOTTY('DMA_BUF_IOCTL_IMPORT_SYNC_FILE') : ''}	return ret;
}`;
    },
  },
  cpu_access: {
    after: ['dma_buf', 'result', 'interrupt'],
    text: (shape) => {
      const memory = memoryOf(shape, 'sync');
      return `/* Interrupted where it waits. */
static int cpu_access(int buffer, __u64 access${memory.parameter})
{
	struct dma_buf_sync data = { .flags = access };
	int ret;

	interrupt_every(20);
	ret = result(ioctl(buffer, DMA_BUF_IOCTL_SYNC, ${memory.pointer('data')}));
	interrupt_every(0);
	return ret;
}`;
    },
  },
  buffer_name: {
    after: ['dma_buf', 'result'],
    text: (shape) => {
      const placed = shape.given.has('name', 'memory');
      return `#ifndef DMA_BUF_SET_NAME_B
#define DMA_BUF_SET_NAME_B _IOW(DMA_BUF_BASE, 1, __u64)
#endif

/* A name of that length. */
static int buffer_name(int buffer, __u32 length${placed ? ', enum memory memory' : ''})
{
	static ${shape.threads ? '__thread ' : ''}char name[4096];

	if (length > sizeof(name) - 1)
		length = sizeof(name) - 1;
	memset(name, 'n', length);
	name[length] = '\\0';
	return result(ioctl(buffer, DMA_BUF_SET_NAME_B, ${placed ? 'place(memory, name, length + 1)' : 'name'}));
}`;
    },
  },
  unknown_ioctl: {
    after: ['dma_buf', 'result'],
    text: () => `static int unknown_ioctl(int descriptor)
{
	return result(ioctl(descriptor, _IO(DMA_BUF_BASE, 99), NULL));
}`,
  },
  observe: {
    includes: ['poll.h'],
    after: ['dma_buf', 'result', 'leaves', 'events'],
    text: ({ threads }) => `/* The leaves that an access has to wait for, from an export of them. */
static int pending(int buffer, __u32 access, struct sync_fence_info *leaves, __u32 *count)
{
	struct dma_buf_export_sync_file export = { .flags = access, .fd = -1 };
	struct sync_file_info info = {
		.num_fences = LEAVES_MAX,
		.sync_fence_info = (__u64)(unsigned long)leaves,
	};
	int ret = result(ioctl(buffer, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &export));

	if (ret < 0)
		return ret;
	ret = result(ioctl(export.fd, SYNC_IOC_FILE_INFO, &info));
	close(export.fd);
	*count = info.num_fences;
	return ret;
}

/* What a buffer waits for: both polls, then both exports, which are closed again. */
static void observe(int buffer)
{
	static ${threads ? '__thread ' : ''}struct sync_fence_info reader[LEAVES_MAX], writer[LEAVES_MAX];
	struct pollfd in = { .fd = buffer, .events = POLLIN };
	struct pollfd out = { .fd = buffer, .events = POLLOUT };
	__u32 readers = 0, writers = 0;
	int ret;

	poll(&in, 1, 0);
	poll(&out, 1, 0);
	ret = pending(buffer, DMA_BUF_SYNC_READ, reader, &readers);
	if (ret == 0)
		ret = pending(buffer, DMA_BUF_SYNC_WRITE, writer, &writers);
	tell_number(ret);
	if (ret < 0)
		return;
	tell(" ready ");
	tell_events((in.revents | out.revents) & 0xffff);
	tell(" reader");
	tell_leaves(reader, readers, 1);
	tell(" writer");
	tell_leaves(writer, writers, 1);
}`,
  },
};
