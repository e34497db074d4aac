// SPDX-License-Identifier: GPL-2.0-only
/* epoll: the data of a watch is exchanged for a number of ours, to know who woke. */
#include "internal.h"

#define WATCHES_MAX 256

static struct watch {
	bool used;
	uint32_t epoll;		/* id of the open file */
	int fd, variable;
	epoll_data_t data;	/* the caller's */
} watches[WATCHES_MAX];

int __wrap_epoll_create1(int flags)
{
	struct trace_span span;
	int variable;
	long ret;

	if (!trace_on())
		return __real_epoll_create1(flags);
	ret = TIMED(&span, __real_epoll_create1(flags));
	if (ret >= 0) {
		variable = file_made((int)ret, FL_OP_EPOLL, FL_VARIABLE_E);
	} else {
		files_lock();
		variable = variable_next(FL_VARIABLE_E);
		files_unlock();
	}
	RECORD(FL_OP_EPOLL, &span, (int32_t)ret, variable);
	return answer(ret);
}

static struct watch *find(uint32_t epoll, int fd)
{
	for (struct watch *w = watches; w < watches + WATCHES_MAX; w++)
		if (w->used && w->epoll == epoll && w->fd == fd)
			return w;
	return NULL;
}

static struct watch *watch_for(uint32_t epoll, int fd)
{
	for (struct watch *w = watches; w < watches + WATCHES_MAX; w++)
		if (!w->used) {
			*w = (struct watch){ true, epoll, -1, file_variable(fd), { 0 } };
			return w;
		}
	trace_stop(STOP_WATCHES);
	return NULL;
}

/* A watch outlives its descriptor as long as the file does: the latest of a number counts. */
static void watch_added(struct watch *w, int fd)
{
	struct watch *before = find(w->epoll, fd);

	if (before)
		before->fd = -1;
	w->fd = fd;
}

void watches_gone(uint32_t epoll)
{
	for (struct watch *w = watches; w < watches + WATCHES_MAX; w++)
		if (w->epoll == epoll)
			w->used = false;
}

static bool can_be_watched(int variable)
{
	int letter = letter_of(variable);

	return letter < 0 || letter == FL_VARIABLE_S || letter == FL_VARIABLE_B;
}

int __wrap_epoll_ctl(int epoll, int how, int fd, struct epoll_event *event)
{
	struct file file = file_at(epoll);
	struct epoll_event mine = { 0 };
	struct watch *w = NULL;
	struct trace_span span;
	long ret;

	if (!trace_on())
		return __real_epoll_ctl(epoll, how, fd, event);
	w = how == EPOLL_CTL_ADD ? watch_for(file.id, fd) : find(file.id, fd);
	if (event) {
		mine = *event;
		if (w)
			mine.data.u64 = (uint64_t)(w - watches);
	}
	ret = TIMED(&span, __real_epoll_ctl(epoll, how, fd, event ? &mine : NULL));
	if (!can_be_watched(file_variable(fd)))
		trace_stop(STOP_WATCH);
	if (w && event && ret == 0)
		w->data = event->data;
	if (w && how == EPOLL_CTL_ADD && ret == 0)
		watch_added(w, fd);
	else if (w && how != EPOLL_CTL_MOD && (how == EPOLL_CTL_ADD || ret == 0))
		w->used = false;
	RECORD(FL_OP_WATCH, &span, (int32_t)ret, file.variable, how - EPOLL_CTL_ADD,
	       file_variable(fd), (int32_t)mine.events);
	return answer(ret);
}

int __wrap_epoll_wait(int epoll, struct epoll_event *events, int count, int ms)
{
	int32_t args[2], results[3] = { 0, TRACE_NONE, 0 };
	struct trace_span span;
	long ret;

	if (!trace_on())
		return __real_epoll_wait(epoll, events, count, ms);
	args[0] = file_variable(epoll);
	args[1] = ms;
	ret = TIMED(&span, __real_epoll_wait(epoll, events, count, ms));
	if (ret == -EINTR)
		return answer(ret);
	if (ret > 1)
		trace_stop(STOP_WOKEN);
	results[0] = (int32_t)ret;
	for (long i = 0; i < ret; i++) {
		const struct watch *w = &watches[events[i].data.u64 % WATCHES_MAX];

		results[1] = w->variable;
		results[2] = (int32_t)events[i].events;
		events[i].data = w->data;
	}
	trace_record(FL_OP_WOKEN, &span, args, 2, results, ret < 0 ? 1 : 3);
	return answer(ret);
}
