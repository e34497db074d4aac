/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The test runtime: programs, subtests, and how a subtest says what it found.
 *
 * A subtest is a row of a table and runs in a process of its own. It ends by
 * returning (pass), by fl_skip() or by a failed CHECK; whatever it registered
 * with fl_defer() is undone in all three cases. There is no longjmp: a failed
 * check leaves the process.
 */
#ifndef FL_RUNTIME_H
#define FL_RUNTIME_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/types.h>

/* Exit codes of a program: igt's. */
enum fl_exit { FL_PASS = 0, FL_SKIP = 77, FL_USAGE = 79, FL_FAIL = 98 };

enum fl_flags {
	FL_SLOW = 1 << 0,	/* takes more than three seconds by nature */
	FL_VIRGL = 1 << 1,	/* needs a virtio-gpu with 3D */
	FL_FATAL = 1 << 2,	/* can kill a kernel that lacks the fixes */
	FL_FAULTS = 1 << 3,	/* needs a kernel with fault injection */
	FL_SMP = 1 << 4,	/* needs a guest with two processors */
};

struct subtest {
	const char *name;	/* words joined by '-' */
	void (*run)(void);
	const char *promises;	/* "P1,P8", or "ABI" */
	const char *purpose;	/* one sentence */
	unsigned int flags;	/* enum fl_flags */
	unsigned int limit_s;	/* 0: FL_LIMIT_S */
};

#define FL_LIMIT_S 10

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The rows of one file. A program is all the suites that carry its name. */
struct suite {
	const char *program;
	const char *purpose;		/* of the program; one suite of each has it */
	void (*setup)(void);		/* fixture: in the subtest's process, before it */
	void (*prepare)(void);		/* before that, and before anything is recorded */
	const struct subtest *subtests;
	size_t count;
	bool hidden;			/* not in the plan unless asked for */
	bool measured;			/* what it does is not recorded: that would be measured as well */
};

/* Puts the suite where the runtime finds it; no central list to edit. */
#define FL_SUITE_ROW(id, name, about, fixture, rows, is_hidden, is_measured)	\
	static const struct suite id = {					\
		.program = name, .purpose = about, .setup = fixture,		\
		.subtests = rows, .count = ARRAY_SIZE(rows),			\
		.hidden = is_hidden, .measured = is_measured,			\
	};									\
	__attribute__((used, section("fl_suites")))				\
	static const struct suite *const id##_entry = &id

#define FL_SUITE_AS(id, name, about, fixture, rows, is_hidden) \
	FL_SUITE_ROW(id, name, about, fixture, rows, is_hidden, false)
#define FL_SUITE(name, about, fixture, rows) \
	FL_SUITE_AS(fl_suite, name, about, fixture, rows, false)
#define FL_HIDDEN_SUITE(name, about, fixture, rows) \
	FL_SUITE_AS(fl_suite, name, about, fixture, rows, true)
#define FL_BENCH_SUITE(name, about, fixture, rows) \
	FL_SUITE_ROW(fl_suite, name, about, fixture, rows, true, true)

#define FL_PRINTF(a, b) __attribute__((format(printf, a, b)))

/* What a subtest may say. */
void fl_note(const char *fmt, ...) FL_PRINTF(1, 2);
_Noreturn void fl_skip(const char *fmt, ...) FL_PRINTF(1, 2);
_Noreturn void fl_fail_at(const char *file, int line, const char *fmt, ...) FL_PRINTF(3, 4);
/* A finding that does not end the subtest; it will end as failed. */
void fl_broken_at(const char *file, int line, const char *fmt, ...) FL_PRINTF(3, 4);
/* True if this subtest (or dynamic subtest) has already failed. */
bool fl_failed(void);

#define fl_fail(...) fl_fail_at(__FILE__, __LINE__, __VA_ARGS__)
#define fl_broken(...) fl_broken_at(__FILE__, __LINE__, __VA_ARGS__)

/* Runs fn(arg) when the subtest ends, whichever way, last registered first. */
void fl_defer(void (*fn)(void *arg), void *arg);

/*
 * Runs fn(arg) as "subtest@name" in a process of its own, forked from the
 * running subtest. Returns true if it passed. A failure makes the subtest
 * fail at its end; if all were skipped, the subtest counts as skipped.
 */
bool fl_dynamic(const char *name, void (*fn)(const void *arg), const void *arg);

/*
 * A second process of the subtest. CHECK works in it; fl_helper_join() fails
 * the subtest if it did not end well. Not joined: killed with the subtest.
 */
pid_t fl_helper(void (*fn)(void *arg), void *arg);
void fl_helper_join(pid_t pid);
/* The same for a process that was killed on purpose. */
void fl_helper_kill(pid_t pid);

long long fl_now_us(void);
void fl_sleep_ms(unsigned int ms);

/* "EINVAL" for 22 or -22; "0" for 0. */
const char *fl_errname(int err);

/* ---- checks: the expression, both values, and errno where it may matter ---- */

#define CHECK(cond) do {							\
	errno = 0;								\
	if (!(cond)) {								\
		int e_ = errno;							\
		fl_fail("%s is false, errno %s", #cond, fl_errname(e_));	\
	}									\
} while (0)

/* As CHECK, with a sentence of one's own in place of the expression. */
#define CHECK_MSG(cond, ...) do {						\
	if (!(cond))								\
		fl_fail(__VA_ARGS__);						\
} while (0)

#define FL_CHECK_CMP(a, op, b) do {						\
	errno = 0;								\
	long long a_ = (long long)(a);						\
	int e_ = errno;								\
	long long b_ = (long long)(b);						\
	if (!(a_ op b_))							\
		fl_fail("%s " #op " %s: %lld against %lld, errno %s",		\
			#a, #b, a_, b_, fl_errname(e_));			\
} while (0)

#define CHECK_EQ(a, b) FL_CHECK_CMP(a, ==, b)
#define CHECK_NE(a, b) FL_CHECK_CMP(a, !=, b)
#define CHECK_LT(a, b) FL_CHECK_CMP(a, <, b)
#define CHECK_LE(a, b) FL_CHECK_CMP(a, <=, b)
#define CHECK_GT(a, b) FL_CHECK_CMP(a, >, b)
#define CHECK_GE(a, b) FL_CHECK_CMP(a, >=, b)

#define CHECK_STR(a, b) do {							\
	const char *a_ = (a);							\
	const char *b_ = (b);							\
	if (strcmp(a_, b_) != 0)						\
		fl_fail("%s == %s: \"%s\" against \"%s\"", #a, #b, a_, b_);	\
} while (0)

/* For the try_ functions, which return -errno. */
#define CHECK_ERR(expr, err) do {						\
	long long r_ = (expr);							\
	if (r_ != -(long long)(err))						\
		fl_fail("%s gave %s (%lld) where %s was due", #expr,		\
			r_ < 0 ? fl_errname((int)-r_) : "success", r_,		\
			#err);							\
} while (0)

#define CHECK_OK(expr) do {							\
	long long r_ = (expr);							\
	if (r_ < 0)								\
		fl_fail("%s failed: %s", #expr, fl_errname((int)-r_));		\
} while (0)

#endif
