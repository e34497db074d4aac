// SPDX-License-Identifier: GPL-2.0-only
/* One subtest, one process: fork it, wait no longer than its limit, name how it ended. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../exec/cover.h"
#include "../trace/trace.h"
#include "internal.h"

#define KILL_GRACE_MS 3000
/* How soon a parent notices that a process has found what to run, and has a limit now. */
#define FIND_MS 500
#define NOTHING_FOUND 64	/* no code of enum fl_exit */

struct progress *progress;
static const struct suite *suite_now;
static const struct subtest *test_now;

const char *current_program(void)
{
	return suite_now->program;
}

const char *current_subtest(void)
{
	return test_now->name;
}

long long fl_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

void fl_sleep_ms(unsigned int ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

static void child_begin(const sigset_t *mask)
{
	setpgid(0, 0);
	sigprocmask(SIG_SETMASK, mask, NULL);
}

static _Noreturn void child_run(void)
{
	kmsg("start %s@%s", suite_now->program, test_now->name);
	report_start(suite_now->program, test_now->name, getpid());
	if (cover_is_for_all())
		cover_prepare();
	if (suite_now->prepare)
		suite_now->prepare();
	if (!suite_now->measured)
		trace_begin(test_now->flags & FL_FAULTS);
	if (suite_now->setup)
		suite_now->setup();
	test_now->run();
	if (progress->ran && progress->ran == progress->skipped && !progress->broken)
		end_process(FL_SKIP);
	if (progress->broken && !process_failed())
		fl_broken("a dynamic subtest of this one failed");
	end_process(FL_PASS);
}

/* Waits for pid until the deadline; true if it was reaped. Orphans are reaped on the way. */
static bool wait_until(pid_t pid, long long deadline, int *status)
{
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	for (;;) {
		long long left;
		struct timespec t;
		pid_t got;
		int st;

		while ((got = waitpid(-1, &st, WNOHANG)) > 0) {
			if (got == pid) {
				*status = st;
				return true;
			}
		}
		if (got < 0 && pid < 0)
			return true;
		left = deadline - fl_now_us();
		if (left <= 0)
			return false;
		t.tv_sec = left / 1000000;
		t.tv_nsec = left % 1000000 * 1000;
		sigtimedwait(&chld, NULL, &t);
	}
}

static bool kill_group(pid_t pid, int *status)
{
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	return wait_until(pid, fl_now_us() + KILL_GRACE_MS * 1000LL, status);
}

static enum result judge(int status)
{
	char text[64];

	if (WIFSIGNALED(status)) {
		snprintf(text, sizeof(text), "killed by SIG%s", sigabbrev_np(WTERMSIG(status)));
		report_fail("signal", WTERMSIG(status), text);
		return RESULT_CRASH;
	}
	switch (WEXITSTATUS(status)) {
	case FL_PASS:
		return RESULT_PASS;
	case FL_SKIP:
		return RESULT_SKIP;
	case FL_FAIL:
		return RESULT_FAIL;
	}
	snprintf(text, sizeof(text), "exited with code %d", WEXITSTATUS(status));
	report_fail("exit", WEXITSTATUS(status), text);
	return RESULT_CRASH;
}

static void end_subtest(const char *name, enum result r, long long started)
{
	report_end(suite_now->program, name, r, fl_now_us() - started);
	kmsg("end %s@%s %s", suite_now->program, name, result_name(r));
}

/* A dynamic subtest whose process was killed with the rest has no end line yet. */
static void end_dynamic(enum result r)
{
	if (!progress->dynamic[0])
		return;
	end_subtest(progress->dynamic, r, progress->dynamic_start);
	progress->dynamic[0] = '\0';
}

static void too_late(unsigned int limit_s)
{
	char text[64];

	snprintf(text, sizeof(text), "did not end within its limit of %u s", limit_s);
	report_fail("limit", (int)limit_s, text);
	end_dynamic(RESULT_TIMEOUT);
}

static void subtests_prepare(void)
{
	if (progress)
		return;
	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* The parent's half: stays with the process until its limit, or takes over one that has ended already. */
static enum result stay_with(pid_t pid, bool ended, int status, long long started, unsigned int limit_s)
{
	enum result r;

	if (ended || wait_until(pid, started + limit_s * 1000000LL, &status)) {
		r = judge(status);
		end_dynamic(r);
	} else {
		too_late(limit_s);
		r = kill_group(pid, &status) ? RESULT_TIMEOUT : RESULT_HUNG;
	}
	/* Helpers that a failed subtest left behind. */
	if (r != RESULT_HUNG && kill(-pid, SIGKILL) == 0 &&
	    !wait_until(-1, fl_now_us() + KILL_GRACE_MS * 1000LL, &status))
		r = RESULT_HUNG;
	cover_send();
	trace_send(pid);
	if (r == RESULT_HUNG)
		report_hung(suite_now->program, test_now->name);
	else
		end_subtest(test_now->name, r, started);
	return r;
}

static unsigned int limit_of(const struct subtest *test, unsigned int limit_scale)
{
	return (test->limit_s ? test->limit_s : FL_LIMIT_S) * limit_scale;
}

/* Whoever ends is waited for, and interrupts nothing. */
static void block_child(sigset_t *old)
{
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, old);
}

static void all_prepare(void)
{
	subtests_prepare();
	memset(progress, 0, sizeof(*progress));
	trace_prepare();
}

enum result run_subtest(const struct suite *suite, const struct subtest *test,
			unsigned int limit_scale)
{
	long long started = fl_now_us();
	enum result r;
	sigset_t old;
	pid_t pid;

	suite_now = suite;
	test_now = test;
	block_child(&old);
	all_prepare();
	if (cover_is_for_all())
		cover_make();
	pid = fork();
	if (pid == 0) {
		child_begin(&old);
		child_run();
	}
	if (pid < 0) {
		report_start(suite->program, test->name, 0);
		report_fail(__FILE__, __LINE__, "fork failed");
		end_subtest(test->name, RESULT_CRASH, started);
		r = RESULT_CRASH;
	} else {
		setpgid(pid, pid);
		r = stay_with(pid, false, 0, started, limit_of(test, limit_scale));
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return r;
}

/* Its half of run_ahead(). */
static _Noreturn void child_ahead(const sigset_t *mask, find_fn find, void *arg)
{
	static struct subtest test;
	unsigned int limit_scale = 1;

	child_begin(mask);
	if (!find(&test, &limit_scale, arg))
		_exit(NOTHING_FOUND);
	test_now = &test;
	snprintf(progress->ahead.name, sizeof(progress->ahead.name), "%s", test.name);
	progress->ahead.limit_s = limit_of(&test, limit_scale);
	progress->ahead.started = fl_now_us();
	progress->ahead.found = true;
	child_run();
}

enum ahead run_ahead(const struct suite *suite, find_fn find, void *arg, enum result *r)
{
	static struct subtest test;
	bool ended = false;
	int status = 0;
	sigset_t old;
	pid_t pid;

	suite_now = suite;
	block_child(&old);
	all_prepare();
	pid = fork();
	if (pid == 0)
		child_ahead(&old, find, arg);
	if (pid < 0)
		return AHEAD_FAILED;
	setpgid(pid, pid);
	touch_memory();
	while (!ended && !progress->ahead.found)
		ended = wait_until(pid, fl_now_us() + FIND_MS * 1000LL, &status);
	if (progress->ahead.found) {
		test.name = progress->ahead.name;
		test_now = &test;
		*r = stay_with(pid, ended, status, progress->ahead.started, progress->ahead.limit_s);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (progress->ahead.found)
		return AHEAD_RAN;
	return WIFEXITED(status) && WEXITSTATUS(status) == NOTHING_FOUND ? AHEAD_NOTHING : AHEAD_FAILED;
}
