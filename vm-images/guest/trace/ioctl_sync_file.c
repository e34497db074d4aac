// SPDX-License-Identifier: GPL-2.0-only
/* Requests of a sync_file. */
#include "../lib/sync_file_abi.h"
#include "internal.h"

static int merge(int fd, unsigned long request, void *arg)
{
	int target = target_variable(fd);
	struct sync_merge_data data;
	struct user user = user_copy(&data, arg, sizeof(data));
	int other = user.memory == FL_MEMORY_UNMAPPED ? TRACE_NONE : file_variable(data.fd2);
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));
	long made = ret < 0 ? ret : ((struct sync_merge_data *)arg)->fence;

	RECORD(FL_OP_MERGE, &span, (int32_t)made, made_by(FL_OP_MERGE, FL_VARIABLE_S, made),
	       target, other, (int32_t)(data.flags ? data.flags : data.pad),
	       user_memory(&user, (int)ret));
	return answer(ret);
}

/* Microseconds since the trace began; 0 for one that signalled before, or has not. */
static uint32_t signalled_at(const struct sync_fence_info *leaf)
{
	uint64_t us = leaf->timestamp_ns / 1000;

	return leaf->status && us > area->began_us ? (uint32_t)(us - area->began_us) : 0;
}

static void leaves(uint32_t *to, const struct sync_fence_info *from, unsigned int count)
{
	*to++ = count;
	for (unsigned int i = 0; i < count; i++) {
		*to++ = trace_leaf_who(from[i].driver_name, from[i].obj_name) |
			(uint32_t)from[i].status << 16;
		*to++ = signalled_at(&from[i]);
	}
}

static void record_info(const struct trace_span *span, const int32_t args[4],
			const struct sync_file_info *info)
{
	unsigned int count = args[1] ? info->num_fences : 0;
	unsigned int words = RECORD_HEADER + 4 + 1 + 2 + 1 + 2 * count;
	uint32_t *record;

	record = record_room(span, words);
	if (!record)
		return;
	memcpy(record + RECORD_HEADER, told(FL_OP_INFO) ? told(FL_OP_INFO) : args, 16);
	record[RECORD_HEADER + 4] = 0;
	record[RECORD_HEADER + 5] = (uint32_t)info->status;
	record[RECORD_HEADER + 6] = info->num_fences;
	leaves(record + RECORD_HEADER + 7, (const struct sync_fence_info *)(uintptr_t)info->sync_fence_info,
	       count);
	record_done(record, FL_OP_INFO, words);
}

static int info(int fd, unsigned long request, void *arg)
{
	int target = target_variable(fd);
	struct sync_file_info data;
	struct user user = user_copy(&data, arg, sizeof(data));
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));
	int memory = user_memory(&user, (int)ret);
	const int32_t args[] = {
		target, (int32_t)data.num_fences, (int32_t)(data.flags ? data.flags : data.pad),
		/* It is the array of leaves that cannot be written. */
		ret == -EFAULT && memory == FL_MEMORY_MAPPED ? FL_MEMORY_READONLY : memory,
	};

	if (ret < 0)
		RECORD(FL_OP_INFO, &span, (int32_t)ret, args[0], args[1], args[2], args[3]);
	else
		record_info(&span, args, arg);
	return answer(ret);
}

static int deadline(int fd, unsigned long request, void *arg)
{
	int target = target_variable(fd);
	struct sync_set_deadline data;
	struct user user = user_copy(&data, arg, sizeof(data));
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));

	RECORD(FL_OP_DEADLINE, &span, (int32_t)ret, target, (int32_t)data.pad,
	       user_memory(&user, (int)ret));
	return answer(ret);
}

ioctl_fn sync_file_request(unsigned long request)
{
	switch (request) {
	case SYNC_IOC_MERGE:
		return merge;
	case SYNC_IOC_FILE_INFO:
		return info;
	case SYNC_IOC_SET_DEADLINE:
		return deadline;
	}
	return record_unknown;
}
