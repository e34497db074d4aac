/* SPDX-License-Identifier: GPL-2.0-only */
/* What a sync_file says of itself, and merging two. */
#ifndef FL_SYNC_FILE_H
#define FL_SYNC_FILE_H

#include <stdbool.h>
#include <linux/sync_file.h>
#include <linux/types.h>

#define LEAVES_MAX 64

/* Status of a fence or a file: 0 pending, 1 signalled, -errno signalled with an error. */
struct sync_info {
	char name[33];
	int status;
	unsigned int count;
	struct leaf {
		char timeline[33];
		char driver[33];
		int status;
		__u64 timestamp_ns;
	} leaf[LEAVES_MAX];
};

/* A new sync_file that waits for both: fd or -errno. */
int try_merge(int a, int b);
int merge(int a, int b);
/* Merges and closes both. */
int merge_and_close(int a, int b);

/* SYNC_IOC_SET_DEADLINE is there: what it is asked with is refused, or does nothing. */
bool has_deadline(int fd);

/* Fails if fd is no sync_file, or holds more than LEAVES_MAX leaves. */
struct sync_info sync_info(int fd);
/* Raw SYNC_IOC_FILE_INFO: 0 or -errno. */
int try_file_info(int fd, struct sync_file_info *info);
/* Number of leaves, 0 fields read. */
unsigned int sync_count(int fd);
/* Aggregate status as the request without a leaf array gives it. */
int sync_status(int fd);
/* poll() says so now. */
bool sync_signalled(int fd);
/* poll() says so within ms. */
bool sync_wait(int fd, int ms);

#endif
