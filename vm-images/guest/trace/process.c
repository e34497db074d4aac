// SPDX-License-Identifier: GPL-2.0-only
/* Processes and threads of a subtest: their numbers, and fork(2) and exit(2) in the trace. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../exec/cover.h"
#include "internal.h"

static unsigned int process;
static atomic_uint threads;	/* bits of the numbers in use */
static _Thread_local int thread = -1;
static _Thread_local const char *stack;

const char *stack_end(void)
{
	return stack;
}

/* A thread that has ended gives its number back. */
static int thread_number(void)
{
	unsigned int used = threads;
	int lowest;

	do {
		lowest = __builtin_ctz(~used);
		if (lowest >= THREADS_MAX) {
			trace_stop_for(TRACE_CROWD, STOP_NOTHING);
			return 0;
		}
	} while (!atomic_compare_exchange_weak(&threads, &used, used | 1u << lowest));
	return lowest;
}

unsigned int who_am_i(void)
{
	if (thread < 0)
		thread = thread_number();
	return process * THREADS_MAX + (unsigned int)thread;
}

/* A number below THREADS_MAX that no other thread has. */
void trace_thread(unsigned int number)
{
	thread = (int)number;
	atomic_fetch_or(&threads, 1u << number);
}

void process_begin(void)
{
	process = 0;
	threads = 1;
	thread = 0;
	stack = __builtin_frame_address(0);
	area->processes = 1;
	area->process[0].pid = getpid();
}

struct start {
	void *(*fn)(void *arg);
	void *arg;
};

static void *thread_main(void *arg)
{
	struct start start = *(struct start *)arg;
	void *ret;

	free(arg);
	stack = __builtin_frame_address(0);
	ret = start.fn(start.arg);
	if (thread >= 0)
		atomic_fetch_and(&threads, ~(1u << thread));
	return ret;
}

int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attr, void *(*fn)(void *arg),
			  void *arg)
{
	struct start *start;

	if (!trace_on())
		return __real_pthread_create(id, attr, fn, arg);
	start = malloc(sizeof(*start));
	if (!start)
		return ENOMEM;
	*start = (struct start){ fn, arg };
	return __real_pthread_create(id, attr, thread_main, start);
}

static unsigned int new_process(void)
{
	unsigned int number;

	area_lock();
	number = area->processes;
	if (number < PROCESSES_MAX)
		area->processes++;
	area_unlock();
	return number;
}

/*
 * The record is written before the call, so that whatever the child does comes
 * after it. No other thread opens or closes anything meanwhile.
 */
pid_t __wrap_fork(void)
{
	struct trace_span now;
	unsigned int child;
	pid_t pid;

	if (!trace_on())
		return __real_fork();
	child = new_process();
	if (child == PROCESSES_MAX) {
		trace_stop_for(TRACE_CROWD, STOP_NOTHING);
		return __real_fork();
	}
	files_lock();
	trace_start(&now);
	trace_end(&now);
	RECORD(FL_OP_FORK, &now, 0, (int32_t)child);
	area->process[child].end = now.end;
	area->process[child].before = records_now();
	files_inherit(child);
	pid = __real_fork();
	if (pid == 0) {
		process = child;
		threads = 1;
		thread = 0;
		area->process[child].pid = getpid();
		cover_forked();
	}
	files_unlock();
	if (pid > 0)
		area->process[child].pid = pid;
	if (pid < 0)
		trace_stop(STOP_FORK_FAILED);
	return pid;
}

unsigned int process_of(pid_t pid)
{
	unsigned int i = 0;

	while (i < PROCESSES_MAX && area->process[i].pid != pid)
		i++;
	return i;
}

/* Whoever reaps a process says that it has ended. */
static void reaped(pid_t pid)
{
	for (unsigned int i = 1; i < PROCESSES_MAX; i++) {
		struct trace_span span = {
			.start = area->process[i].end, .before = area->process[i].before,
		};

		if (area->process[i].pid != pid)
			continue;
		area->process[i].pid = 0;
		trace_end(&span);
		trace_record_as(i * THREADS_MAX, FL_OP_EXIT, &span, 0);
	}
}

pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
	int st = 0;
	pid_t got = __real_waitpid(pid, &st, options);
	int err = errno;

	if (status && got > 0)
		*status = st;
	if (got > 0 && trace_on() && (WIFEXITED(st) || WIFSIGNALED(st)))
		reaped(got);
	errno = err;
	return got;
}
