// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

#include "../lib/sw_sync_abi.h"
#include "exec.h"

/* Leaves are known by the comm of who opened their timeline. */
int run_timeline(const int32_t *args)
{
	static _Thread_local int called = -1;
	int number = args[1] ? args[1] - 1 : args[0] < 0 ? 0 : args[0] - FL_VARIABLE_T;
	char name[16];

	if (number != called) {
		snprintf(name, sizeof(name), "t%d", number);
		prctl(PR_SET_NAME, name);
		called = number;
	}
	return result(open(SW_SYNC, O_RDWR | O_CLOEXEC));
}

int run_fence(const int32_t *args)
{
	struct sw_sync_fence data = { .value = (__u32)args[2] };
	struct sw_sync_fence *p = place(args[3], &data, sizeof(data));
	int ret = result(ioctl(fd_of(args[1]), SW_SYNC_FENCE, p));

	return ret < 0 ? ret : p->fence;
}

int run_inc(const int32_t *args)
{
	__u32 by = (__u32)args[1];

	return result(ioctl(fd_of(args[0]), SW_SYNC_INC, place(args[2], &by, sizeof(by))));
}
