/* SPDX-License-Identifier: GPL-2.0-only */
/* Everything a dma-buf descriptor can be asked. */
#ifndef FL_DMA_BUF_H
#define FL_DMA_BUF_H

#include <poll.h>
#include <stdbool.h>

#include "dma_buf_abi.h"

#define READ DMA_BUF_SYNC_READ
#define WRITE DMA_BUF_SYNC_WRITE
#define RW DMA_BUF_SYNC_RW

/* EXPORT: a sync_file of what an access of that kind has to wait for. fd or -errno. */
int try_export(int buf, __u32 flags);
int export_sync_file(int buf, __u32 flags);

/* IMPORT: 0 or -errno. The sync_file stays the caller's. */
int try_import(int buf, __u32 flags, int sync_file);
void import_sync_file(int buf, __u32 flags, int sync_file);
/* Imports and closes the sync_file. */
void import_and_close(int buf, __u32 flags, int sync_file);

/* Any request with an argument of one's own: 0 or -errno. */
int try_request(int fd, unsigned long request, void *arg);

/* Only ENOTTY says "no such ioctl": any other answer is an answer. */
bool has_export(int buf);
bool has_import(int buf);
void require_export(int buf);
void require_import(int buf);
void require_both(int buf);

/* DMA_BUF_IOCTL_SYNC: 0 or -errno. Blocks where the kernel has to wait. */
int try_cpu_access(int buf, __u64 flags);
int try_set_name(int buf, const char *name);

/* The events (POLLIN, POLLOUT) that are ready now. */
short poll_now(int fd, short events);
/* The same, waiting up to ms for all of them one after another. */
bool poll_within(int fd, short events, int ms);

const char *access_name(__u32 flags);

#endif
