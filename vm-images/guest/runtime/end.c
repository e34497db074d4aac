// SPDX-License-Identifier: GPL-2.0-only
/* How a subtest's process speaks and ends: findings, skips, the undo stack. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "../exec/cover.h"
#include "internal.h"

#define UNDO_MAX 256

static struct undo {
	void (*fn)(void *arg);
	void *arg;
} undo[UNDO_MAX];

static unsigned int undos;
static bool broken;

void fl_defer(void (*fn)(void *arg), void *arg)
{
	if (undos == UNDO_MAX)
		fl_fail("[fencelab bug] more than %d fl_defer() in one subtest", UNDO_MAX);
	undo[undos++] = (struct undo){ fn, arg };
}

/* A forked process inherits what it did not register and must not undo. */
void undo_reset(void)
{
	undos = 0;
}

bool process_failed(void)
{
	return broken;
}

void process_forget_failures(void)
{
	broken = false;
}

bool fl_failed(void)
{
	return broken;
}

/* An undo may fail a check: each is popped before it runs, so the rest still run. */
_Noreturn void end_process(int code)
{
	static int first = -1;

	if (first < 0 || code == FL_FAIL)
		first = code;
	while (undos) {
		struct undo u = undo[--undos];

		u.fn(u.arg);
	}
	cover_call();
	_exit(broken ? FL_FAIL : first);
}

void fl_note(const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report_note(text);
}

void fl_skip(const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report_skip(text);
	end_process(FL_SKIP);
}

static void broken_at(const char *file, int line, const char *fmt, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	report_fail(file, line, text);
	broken = true;
	if (progress)
		progress->broken++;
}

void fl_broken_at(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	broken_at(file, line, fmt, ap);
	va_end(ap);
}

void fl_fail_at(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	broken_at(file, line, fmt, ap);
	va_end(ap);
	end_process(FL_FAIL);
}

const char *fl_errname(int err)
{
	static _Thread_local char buf[16];
	const char *name = strerrorname_np(err < 0 ? -err : err);

	if (name)
		return name;
	snprintf(buf, sizeof(buf), "%d", err);
	return buf;
}
