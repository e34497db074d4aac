// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../runtime/runtime.h"
#include "sw_sync.h"
#include "sw_sync_abi.h"

void require_sw_sync(void)
{
	if (access(SW_SYNC, R_OK | W_OK) != 0)
		fl_skip("this kernel has no sw_sync (%s: %s)", SW_SYNC, fl_errname(errno));
}

#define FDS_MAX 1024

static bool is_timeline[FDS_MAX];
static pid_t owner;

/* Descriptors that were closed, or are something else by now, refuse. */
static void signal_all(void *arg)
{
	__u32 by = 0x7fffffff;

	(void)arg;
	for (int fd = 0; fd < FDS_MAX; fd++)
		if (is_timeline[fd])
			ioctl(fd, SW_SYNC_INC, &by);
}

/*
 * A subtest that fails leaves fences pending, and the order in which its
 * files are let go of is the kernel's: a commit, a poll, a callback might
 * still wait for them. So they are signalled before the process ends.
 */
static void remember(int fd)
{
	if (owner != getpid()) {
		owner = getpid();
		memset(is_timeline, 0, sizeof(is_timeline));
		fl_defer(signal_all, NULL);
	}
	if (fd < FDS_MAX)
		is_timeline[fd] = true;
}

int try_timeline_open(void)
{
	int fd = open(SW_SYNC, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int timeline_open(const char *name)
{
	char mine[TIMELINE_NAME_MAX];
	int fd;

	prctl(PR_GET_NAME, mine);
	prctl(PR_SET_NAME, name);
	fd = open(SW_SYNC, O_RDWR | O_CLOEXEC);
	prctl(PR_SET_NAME, mine);
	if (fd < 0 && errno == ENOENT)
		fl_skip("this kernel has no sw_sync (%s)", SW_SYNC);
	CHECK_MSG(fd >= 0, "opening %s: %s", SW_SYNC, fl_errname(errno));
	remember(fd);
	return fd;
}

int try_timeline_fence(int timeline, __u32 value)
{
	struct sw_sync_fence data = { .value = value };

	return ioctl(timeline, SW_SYNC_FENCE, &data) ? -errno : data.fence;
}

int timeline_fence(int timeline, __u32 value)
{
	int fd = try_timeline_fence(timeline, value);

	CHECK_OK(fd);
	return fd;
}

int try_timeline_inc(int timeline, __u32 by)
{
	return ioctl(timeline, SW_SYNC_INC, &by) ? -errno : 0;
}

void timeline_inc(int timeline, __u32 by)
{
	CHECK_EQ(ioctl(timeline, SW_SYNC_INC, &by), 0);
}
