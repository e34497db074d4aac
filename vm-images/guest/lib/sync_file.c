// SPDX-License-Identifier: GPL-2.0-only
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../runtime/runtime.h"
#include "sync_file.h"
#include "sync_file_abi.h"

int try_merge(int a, int b)
{
	struct sync_merge_data data = { .name = "fencelab", .fd2 = b, .fence = -1 };

	return ioctl(a, SYNC_IOC_MERGE, &data) ? -errno : data.fence;
}

int merge(int a, int b)
{
	int fd = try_merge(a, b);

	CHECK_OK(fd);
	return fd;
}

int merge_and_close(int a, int b)
{
	int fd = merge(a, b);

	close(a);
	close(b);
	return fd;
}

int try_file_info(int fd, struct sync_file_info *info)
{
	return ioctl(fd, SYNC_IOC_FILE_INFO, info) ? -errno : 0;
}

bool has_deadline(int fd)
{
	struct sync_set_deadline arg = { .pad = 1 };

	return ioctl(fd, SYNC_IOC_SET_DEADLINE, &arg) == 0 || errno != ENOTTY;
}

static void copy_name(char dst[33], const char src[32])
{
	memcpy(dst, src, 32);
	dst[32] = '\0';
}

struct sync_info sync_info(int fd)
{
	static struct sync_fence_info fences[LEAVES_MAX];
	struct sync_file_info raw = {
		.num_fences = LEAVES_MAX,
		.sync_fence_info = (__u64)(unsigned long)fences,
	};
	struct sync_info info = { .count = 0 };
	int ret = try_file_info(fd, &raw);

	CHECK_MSG(ret == 0, "SYNC_IOC_FILE_INFO of fd %d failed: %s (more than %d leaves?)", fd,
		  fl_errname(ret), LEAVES_MAX);
	copy_name(info.name, raw.name);
	info.status = raw.status;
	info.count = raw.num_fences;
	for (unsigned int i = 0; i < info.count; i++) {
		copy_name(info.leaf[i].timeline, fences[i].obj_name);
		copy_name(info.leaf[i].driver, fences[i].driver_name);
		info.leaf[i].status = fences[i].status;
		info.leaf[i].timestamp_ns = fences[i].timestamp_ns;
	}
	return info;
}

static struct sync_file_info summary(int fd)
{
	struct sync_file_info raw = { .num_fences = 0 };

	CHECK_OK(try_file_info(fd, &raw));
	return raw;
}

unsigned int sync_count(int fd)
{
	return summary(fd).num_fences;
}

int sync_status(int fd)
{
	return summary(fd).status;
}

bool sync_wait(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int ret = poll(&p, 1, ms);

	CHECK(ret >= 0);
	CHECK_MSG(!(p.revents & (POLLERR | POLLNVAL)), "poll of sync_file %d gave events 0x%x", fd,
		  p.revents);
	return ret == 1;
}

bool sync_signalled(int fd)
{
	return sync_wait(fd, 0);
}
