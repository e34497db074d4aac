// SPDX-License-Identifier: GPL-2.0-only
/* syscall(2): calls that libc has no name for. Some make descriptors: pidfd_open, pidfd_getfd, userfaultfd. */
#include <stdarg.h>
#include <sys/syscall.h>

#include "internal.h"

static void opened(pid_t pid, long ret, const struct trace_span *span)
{
	unsigned int process = process_of(pid);

	record_other(ret, span);
	if (ret >= 0 && process < PROCESSES_MAX)
		file_is_process((int)ret, process);
}

/* A card and an epoll have handles and watches, which only the other process knows by name. */
static bool can_be_told(int letter, unsigned int process, long ret)
{
	if (process >= PROCESSES_MAX || letter == FL_VARIABLE_C || letter == FL_VARIABLE_E)
		return false;
	return letter >= 0 || ret < 0;
}

/* What is not there and might have been anything is taken as a sync_file. */
static int made(long ret, int letter)
{
	if (ret >= 0)
		return file_made((int)ret, FL_OP_TAKE, letter);
	files_lock();
	letter = variable_next(letter < 0 ? FL_VARIABLE_S : letter);
	files_unlock();
	return letter;
}

/* `from` is what it was when the call began: by now it may be closed. */
static void taken(int pidfd, int from, long ret, const struct trace_span *span)
{
	unsigned int process = file_at(pidfd).process - 1u;
	int letter = letter_of(from);

	if (!is_told(ret) && ret != -EBADF && ret != -ESRCH)
		return;
	if (can_be_told(letter, process, ret))
		RECORD(FL_OP_TAKE, span, (int32_t)ret, made(ret, letter), (int32_t)process, from);
	else
		trace_stop(STOP_TAKE);
}

long __wrap_syscall(long number, ...)
{
	struct trace_span span;
	int from = TRACE_NONE;
	long a[6], ret;
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (!trace_on() || number == SYS_gettid)
		return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (number == SYS_pidfd_getfd && file_at((int)a[0]).process)
		from = file_variable_of(file_at((int)a[0]).process - 1u, (int)a[1]);
	ret = TIMED(&span, __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]));
	if (number == SYS_pidfd_open)
		opened((pid_t)a[0], ret, &span);
	else if (number == SYS_pidfd_getfd)
		taken((int)a[0], from, ret, &span);
	else if (number == SYS_userfaultfd)
		record_other(ret, &span);
	else
		trace_stop(STOP_SYSCALL);
	if (ret >= 0)
		return ret;
	errno = (int)-ret;
	return -1;
}
