// SPDX-License-Identifier: GPL-2.0-only
/* Calls that close or copy a descriptor, or say how many there may be. */
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

#include "internal.h"

static void closed(int fd, struct file file, long ret, const struct trace_span *span)
{
	if (ret == 0 && file.variable < 0 && !told(FL_OP_CLOSE))
		trace_stop(STOP_UNKNOWN_CLOSE);
	if (ret == 0 || ret == -EBADF)
		RECORD(FL_OP_CLOSE, span, (int32_t)ret, file.variable);
	(void)fd;
	if (!told(FL_OP_CLOSE))
		file_closed(file);
}

/* It leaves the table first: its number may be another thread's before the call returns. */
int __wrap_close(int fd)
{
	struct trace_span span;
	struct file file;
	long ret;

	if (!trace_on() || file_is_older(fd))
		return __real_close(fd);
	file = file_closing(fd);
	ret = TIMED(&span, __real_close(fd));
	closed(fd, file, ret, &span);
	return answer(ret);
}

int __wrap_fclose(FILE *f)
{
	int fd = fileno(f);
	struct trace_span span;
	struct file file;
	long ret;

	if (!trace_on() || fd < 0 || file_is_older(fd))
		return __real_fclose(f);
	file = file_closing(fd);
	ret = TIMED(&span, __real_fclose(f));
	closed(fd, file, 0, &span);
	return answer(ret);
}

int __wrap_closedir(DIR *dir)
{
	int fd = dirfd(dir);
	struct trace_span span;
	struct file file;
	long ret;

	if (!trace_on() || file_is_older(fd))
		return __real_closedir(dir);
	file = file_closing(fd);
	ret = TIMED(&span, __real_closedir(dir));
	closed(fd, file, ret, &span);
	return answer(ret);
}

/* A copy of something the model does not look at is one more such thing. */
static void copied(int fd, long ret, const struct trace_span *span)
{
	int from = file_variable(fd);
	int letter = letter_of(from);
	int variable;

	if (told(FL_OP_DUP)) {
		letter = letter_of(told(FL_OP_DUP)[0]);
	} else if (letter == FL_VARIABLE_E) {
		trace_stop(STOP_DUP_EPOLL);
		return;
	} else if (letter == FL_VARIABLE_O || file_is_older(fd)) {
		letter = FL_VARIABLE_O;
	} else if (letter < 0) {
		letter = FL_VARIABLE_S;
	}
	if (letter == FL_VARIABLE_O && ret >= 0) {
		variable = from < 0 ? file_made((int)ret, FL_OP_OTHER, letter)
				    : file_copied((int)ret, FL_OP_OTHER, fd);
	} else if (ret >= 0) {
		variable = file_copied((int)ret, FL_OP_DUP, fd);
	} else {
		files_lock();
		variable = variable_next(letter);
		files_unlock();
	}
	if (letter == FL_VARIABLE_O)
		RECORD(FL_OP_OTHER, span, (int32_t)ret, variable);
	else
		RECORD(FL_OP_DUP, span, (int32_t)ret, variable, from);
}

int __wrap_dup(int fd)
{
	struct trace_span span;
	long ret;

	if (!trace_on())
		return __real_dup(fd);
	ret = TIMED(&span, __real_dup(fd));
	copied(fd, ret, &span);
	return answer(ret);
}

int __wrap_dup2(int fd, int to)
{
	if (trace_on())
		trace_stop(STOP_DUP_TO);
	return __real_dup2(fd, to);
}

int __wrap_fcntl(int fd, int command, ...)
{
	struct trace_span span;
	va_list ap;
	long arg, ret;

	va_start(ap, command);
	arg = va_arg(ap, long);
	va_end(ap);
	if (!trace_on() || (command != F_DUPFD && command != F_DUPFD_CLOEXEC))
		return __real_fcntl(fd, command, arg);
	if ((unsigned long)(int)arg > area->first)
		trace_stop(STOP_DUP_TO);
	ret = TIMED(&span, __real_fcntl(fd, command, arg));
	copied(fd, ret, &span);
	return answer(ret);
}

int __wrap_setrlimit(__rlimit_resource_t what, const struct rlimit *limit)
{
	struct trace_span span;
	long ret;

	if (!trace_on() || what != RLIMIT_NOFILE)
		return __real_setrlimit(what, limit);
	ret = TIMED(&span, __real_setrlimit(what, limit));
	if (ret == 0)
		RECORD(FL_OP_LIMIT, &span, 0, (int32_t)limit->rlim_cur);
	return answer(ret);
}
