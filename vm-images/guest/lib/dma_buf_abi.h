/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two requests under test, as userspace has known them since Linux 6.0.
 *
 * Headers of an older kernel do not have them: they are defined here. Headers
 * that have them must agree with us to the bit, or this file does not compile.
 */
#ifndef FL_DMA_BUF_ABI_H
#define FL_DMA_BUF_ABI_H

#include <stddef.h>
#include <linux/dma-buf.h>
#include <linux/ioctl.h>
#include <linux/types.h>

struct fl_sync_file_arg {
	__u32 flags;
	__s32 fd;
};

#define FL_EXPORT_SYNC_FILE _IOWR('b', 2, struct fl_sync_file_arg)
#define FL_IMPORT_SYNC_FILE _IOW('b', 3, struct fl_sync_file_arg)

#ifndef DMA_BUF_IOCTL_EXPORT_SYNC_FILE
#define dma_buf_export_sync_file fl_sync_file_arg
#define DMA_BUF_IOCTL_EXPORT_SYNC_FILE FL_EXPORT_SYNC_FILE
#endif
#ifndef DMA_BUF_IOCTL_IMPORT_SYNC_FILE
#define dma_buf_import_sync_file fl_sync_file_arg
#define DMA_BUF_IOCTL_IMPORT_SYNC_FILE FL_IMPORT_SYNC_FILE
#endif

_Static_assert(DMA_BUF_IOCTL_EXPORT_SYNC_FILE == 0xc0086202, "EXPORT request number");
_Static_assert(DMA_BUF_IOCTL_IMPORT_SYNC_FILE == 0x40086203, "IMPORT request number");
_Static_assert(sizeof(struct dma_buf_export_sync_file) == 8, "EXPORT struct size");
_Static_assert(sizeof(struct dma_buf_import_sync_file) == 8, "IMPORT struct size");
_Static_assert(offsetof(struct dma_buf_export_sync_file, flags) == 0, "EXPORT flags");
_Static_assert(offsetof(struct dma_buf_export_sync_file, fd) == 4, "EXPORT fd");
_Static_assert(offsetof(struct dma_buf_import_sync_file, flags) == 0, "IMPORT flags");
_Static_assert(offsetof(struct dma_buf_import_sync_file, fd) == 4, "IMPORT fd");

#endif
