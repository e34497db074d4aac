// SPDX-License-Identifier: GPL-2.0-only
/* Ops of any descriptor. */
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../runtime/runtime.h"
#include "exec.h"

#define WAIT_MOST_MS 1000
#define NO_DESCRIPTOR 0x3fffffff	/* poll(2) leaves negative ones out */

int run_dup(const int32_t *args)
{
	return result(dup(fd_of(args[1])));
}

int run_close(const int32_t *args)
{
	int ret = result(close(fd_of(args[0])));

	if (ret == 0)
		value_of[args[0]] = TRACE_NONE;
	return ret;
}

int run_other(const int32_t *args)
{
	(void)args;
	return result(open("/dev/null", O_RDWR | O_CLOEXEC));
}

int run_limit(const int32_t *args)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = (uint32_t)args[0];
	return result(setrlimit(RLIMIT_NOFILE, &limit));
}

int run_wait(const int32_t *args)
{
	struct trace_span span;
	const int32_t ret = 0;

	trace_start(&span);
	fl_sleep_ms((unsigned int)args[0]);
	trace_end(&span);
	trace_record(FL_OP_WAIT, &span, args, 1, &ret, 1);
	return 0;
}

static int32_t most(int32_t ms)
{
	return (uint32_t)ms > WAIT_MOST_MS ? WAIT_MOST_MS : ms;
}

/* The record has the time that it waited at most. */
int run_poll(const int32_t *args)
{
	const int32_t mine[] = { args[0], args[1], most(args[2]) };
	int fd = fd_of(args[0]);
	struct pollfd p = { .fd = fd < 0 ? NO_DESCRIPTOR : fd, .events = (short)args[1] };

	trace_tell(FL_OP_POLL, mine);
	return result(poll(&p, 1, mine[2]));
}

int run_epoll(const int32_t *args)
{
	(void)args;
	return result(epoll_create1(EPOLL_CLOEXEC));
}

int run_watch(const int32_t *args)
{
	static const int how[] = {
		[FL_WATCH_ADD] = EPOLL_CTL_ADD,
		[FL_WATCH_REMOVE] = EPOLL_CTL_DEL,
		[FL_WATCH_CHANGE] = EPOLL_CTL_MOD,
	};
	struct epoll_event event = { .events = (uint32_t)args[3] };

	if ((uint32_t)args[1] > FL_WATCH_CHANGE)
		return refuse("epoll_ctl(2) does not do that");
	return result(epoll_ctl(fd_of(args[0]), how[args[1]], fd_of(args[2]), &event));
}

int run_woken(const int32_t *args)
{
	const int32_t mine[] = { args[0], most(args[1]) };
	struct epoll_event event;

	trace_tell(FL_OP_WOKEN, mine);
	return result(epoll_wait(fd_of(args[0]), &event, 1, mine[1]));
}
