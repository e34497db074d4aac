/* SPDX-License-Identifier: GPL-2.0-only */
/* What a sync_file can be asked, with the request that headers before 6.6 do not have. */
#ifndef FL_SYNC_FILE_ABI_H
#define FL_SYNC_FILE_ABI_H

#include <linux/ioctl.h>
#include <linux/sync_file.h>
#include <linux/types.h>

#ifndef SYNC_IOC_SET_DEADLINE
struct sync_set_deadline {
	__u64 deadline_ns;
	__u64 pad;
};

#define SYNC_IOC_SET_DEADLINE _IOW(SYNC_IOC_MAGIC, 5, struct sync_set_deadline)
#endif

_Static_assert(SYNC_IOC_SET_DEADLINE == 0x40103e05, "SET_DEADLINE request number");

#endif
