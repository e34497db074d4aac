/* SPDX-License-Identifier: GPL-2.0-only */
/* sw_sync has no header for userspace; these are the requests drivers/dma-buf/sw_sync.c declares. */
#ifndef FL_SW_SYNC_ABI_H
#define FL_SW_SYNC_ABI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define SW_SYNC "/sys/kernel/debug/sync/sw_sync"

struct sw_sync_fence {
	__u32 value;
	char name[32];		/* the kernel does not look at it */
	__s32 fence;
};

#define SW_SYNC_FENCE _IOWR('W', 0, struct sw_sync_fence)
#define SW_SYNC_INC _IOW('W', 1, __u32)

#endif
