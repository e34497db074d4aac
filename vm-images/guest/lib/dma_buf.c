// SPDX-License-Identifier: GPL-2.0-only
#include <sys/ioctl.h>
#include <unistd.h>

#include "../runtime/runtime.h"
#include "dma_buf.h"

#define NO_EXPORT "this kernel has no DMA_BUF_IOCTL_EXPORT_SYNC_FILE (ENOTTY)"
#define NO_IMPORT "this kernel has no DMA_BUF_IOCTL_IMPORT_SYNC_FILE (ENOTTY)"

int try_export(int buf, __u32 flags)
{
	struct dma_buf_export_sync_file arg = { .flags = flags, .fd = -1 };

	return ioctl(buf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &arg) ? -errno : arg.fd;
}

int export_sync_file(int buf, __u32 flags)
{
	int fd = try_export(buf, flags);

	if (fd == -ENOTTY)
		fl_skip(NO_EXPORT);
	CHECK_MSG(fd >= 0, "EXPORT(%s) failed: %s", access_name(flags), fl_errname(fd));
	return fd;
}

int try_import(int buf, __u32 flags, int sync_file)
{
	struct dma_buf_import_sync_file arg = { .flags = flags, .fd = sync_file };

	return ioctl(buf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &arg) ? -errno : 0;
}

void import_sync_file(int buf, __u32 flags, int sync_file)
{
	int ret = try_import(buf, flags, sync_file);

	if (ret == -ENOTTY)
		fl_skip(NO_IMPORT);
	CHECK_MSG(ret == 0, "IMPORT(%s) failed: %s", access_name(flags), fl_errname(ret));
}

void import_and_close(int buf, __u32 flags, int sync_file)
{
	import_sync_file(buf, flags, sync_file);
	close(sync_file);
}

int try_request(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

/* Flags 0 are refused by a kernel that has the request, so asking changes nothing. */
bool has_export(int buf)
{
	return try_export(buf, 0) != -ENOTTY;
}

bool has_import(int buf)
{
	return try_import(buf, 0, -1) != -ENOTTY;
}

void require_export(int buf)
{
	if (!has_export(buf))
		fl_skip(NO_EXPORT);
}

void require_import(int buf)
{
	if (!has_import(buf))
		fl_skip(NO_IMPORT);
}

void require_both(int buf)
{
	require_export(buf);
	require_import(buf);
}

int try_cpu_access(int buf, __u64 flags)
{
	struct dma_buf_sync arg = { .flags = flags };

	return ioctl(buf, DMA_BUF_IOCTL_SYNC, &arg) ? -errno : 0;
}

int try_set_name(int buf, const char *name)
{
	return ioctl(buf, DMA_BUF_SET_NAME_B, name) ? -errno : 0;
}

static short poll_once(int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };

	CHECK(poll(&p, 1, ms) >= 0);
	return p.revents;
}

short poll_now(int fd, short events)
{
	return poll_once(fd, events, 0);
}

bool poll_within(int fd, short events, int ms)
{
	for (short bit = 1; bit && bit <= events; bit = (short)(bit << 1))
		if (events & bit && !(poll_once(fd, bit, ms) & bit))
			return false;
	return true;
}

const char *access_name(__u32 flags)
{
	switch (flags) {
	case READ:
		return "READ";
	case WRITE:
		return "WRITE";
	case RW:
		return "RW";
	}
	return "odd flags";
}
