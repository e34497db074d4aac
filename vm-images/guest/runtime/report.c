// SPDX-License-Identifier: GPL-2.0-only
/*
 * Results, one line a write: either the "FL" protocol that the harness reads
 * (fields between TABs), or text for a person who runs a program by hand.
 */
#include <stdarg.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define PROTOCOL_VERSION 1
#define LINE_MAX_BYTES 2000

static int out = STDOUT_FILENO;
static enum report_form form = REPORT_HUMAN;

void report_to(int fd, enum report_form f)
{
	out = fd;
	form = f;
}

const char *result_name(enum result r)
{
	static const char *const names[] = {
		[RESULT_PASS] = "pass", [RESULT_FAIL] = "fail", [RESULT_SKIP] = "skip",
		[RESULT_TIMEOUT] = "timeout", [RESULT_CRASH] = "crash", [RESULT_HUNG] = "hung",
	};

	return names[r];
}

/* A field may hold anything a test printed: it must not end the field or the line. */
static void put_field(char *line, size_t *len, const char *text)
{
	for (; *text && *len < LINE_MAX_BYTES; text++)
		line[(*len)++] = (unsigned char)*text < ' ' ? ' ' : *text;
}

static void put(const char *first, ...)
{
	char line[LINE_MAX_BYTES + 16];
	size_t len = 0;
	const char *field;
	va_list ap;

	put_field(line, &len, first);
	va_start(ap, first);
	while ((field = va_arg(ap, const char *))) {
		line[len++] = form == REPORT_PROTOCOL ? '\t' : ' ';
		put_field(line, &len, field);
		if (len >= LINE_MAX_BYTES)
			break;
	}
	va_end(ap);
	line[len++] = '\n';
	if (write(out, line, len) < 0) {
		/* Nowhere is left to complain to; the host sees a run without an end. */
	}
}

static bool human(void)
{
	return form == REPORT_HUMAN;
}

static const char *number(char *buf, size_t size, long long n)
{
	snprintf(buf, size, "%lld", n);
	return buf;
}

static const char *uptime_us(char *buf, size_t size)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return number(buf, size, t.tv_sec * 1000000LL + t.tv_nsec / 1000);
}

void report_hello(void)
{
	struct utsname u;
	char version[8], us[24];

	uname(&u);
	put("FL hello", number(version, sizeof(version), PROTOCOL_VERSION), u.release,
	    uptime_us(us, sizeof(us)), NULL);
}

void report_fatal(const char *text)
{
	put("FL fatal", text, NULL);
}

void report_device(const char *name, const char *path, const char *text)
{
	put("FL device", name, path, text, NULL);
}

void report_trait(const char *name, const char *value)
{
	put("FL trait", name, value, NULL);
}

void report_start(const char *program, const char *subtest, pid_t pid)
{
	char p[16];

	if (human())
		put("Starting subtest:", subtest, NULL);
	else
		put("FL start", program, subtest, number(p, sizeof(p), pid), NULL);
}

void report_note(const char *text)
{
	put(human() ? " " : "FL note", text, NULL);
}

void report_fail(const char *file, int line, const char *text)
{
	char where[96];
	const char *base = strrchr(file, '/');

	snprintf(where, sizeof(where), "%s:%d", base ? base + 1 : file, line);
	put(human() ? "  FAILED" : "FL fail", where, text, NULL);
}

void report_skip(const char *text)
{
	put(human() ? "  skipped:" : "FL skip", text, NULL);
}

void report_end(const char *program, const char *subtest, enum result r, long long us)
{
	char t[24];

	if (human()) {
		snprintf(t, sizeof(t), "(%lld.%03llds)", us / 1000000, us / 1000 % 1000);
		put("Subtest", subtest, result_name(r), t, NULL);
	} else {
		put("FL end", program, subtest, result_name(r), number(t, sizeof(t), us), NULL);
	}
}

void report_hung(const char *program, const char *subtest)
{
	put(human() ? "HUNG" : "FL hung", program, subtest, NULL);
}

void report_ready(void)
{
	char us[24];

	put("FL ready", uptime_us(us, sizeof(us)), NULL);
}

void report_done(unsigned int count)
{
	char n[16];

	put("FL done", number(n, sizeof(n), count), NULL);
}
