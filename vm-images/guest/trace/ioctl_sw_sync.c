// SPDX-License-Identifier: GPL-2.0-only
/* Requests of a sw_sync timeline. */
#include "../lib/sw_sync_abi.h"
#include "internal.h"

static int fence(int fd, unsigned long request, void *arg)
{
	int target = target_variable(fd);
	struct sw_sync_fence data;
	struct user user = user_copy(&data, arg, sizeof(data));
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));
	long made = ret < 0 ? ret : ((struct sw_sync_fence *)arg)->fence;

	RECORD(FL_OP_FENCE, &span, (int32_t)made, made_by(FL_OP_FENCE, FL_VARIABLE_S, made),
	       target, (int32_t)data.value, user_memory(&user, (int)ret));
	return answer(ret);
}

static int inc(int fd, unsigned long request, void *arg)
{
	int target = target_variable(fd);
	__u32 by;
	struct user user = user_copy(&by, arg, sizeof(by));
	struct trace_span span;
	long ret = TIMED(&span, __real_ioctl(fd, request, arg));

	RECORD(FL_OP_INC, &span, (int32_t)ret, target, (int32_t)by,
	       user_memory(&user, (int)ret));
	return answer(ret);
}

ioctl_fn sw_sync_request(unsigned long request)
{
	return request == SW_SYNC_FENCE ? fence : request == SW_SYNC_INC ? inc : NULL;
}
