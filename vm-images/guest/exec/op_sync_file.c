// SPDX-License-Identifier: GPL-2.0-only
#include <sys/ioctl.h>

#include "exec.h"

int run_merge(const int32_t *args)
{
	struct sync_merge_data data = {
		.name = "fencelab",
		.fd2 = fd_of(args[2]),
		.fence = -1,
		.flags = (__u32)args[3],
	};
	struct sync_merge_data *p = place(args[4], &data, sizeof(data));
	int ret = result(ioctl(fd_of(args[1]), SYNC_IOC_MERGE, p));

	return ret < 0 ? ret : p->fence;
}

int run_info(const int32_t *args)
{
	struct sync_file_info data = {
		.num_fences = (__u32)args[1],
		.flags = (__u32)args[2],
		.sync_fence_info = (__u64)(uintptr_t)leaves->info,
	};

	return result(ioctl(fd_of(args[0]), SYNC_IOC_FILE_INFO,
			    place(args[3], &data, sizeof(data))));
}

int run_deadline(const int32_t *args)
{
	struct sync_set_deadline data = { .pad = (__u64)(uint32_t)args[1] };

	return result(ioctl(fd_of(args[0]), SYNC_IOC_SET_DEADLINE,
			    place(args[2], &data, sizeof(data))));
}
