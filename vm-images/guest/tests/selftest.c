// SPDX-License-Identifier: GPL-2.0-only
/*
 * Subtests that fail, crash, hang and kill the kernel on purpose: what the
 * runtime and the harness make of them is what is tested. Hidden, because
 * nothing here says anything about the kernel.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../fl.h"

static void setup(void)
{
	fl_note("the fixture ran");
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		fl_skip("%s cannot be opened: %s", path, fl_errname(errno));
	CHECK_GT(write(fd, text, strlen(text)), 0);
	close(fd);
}

static void pass(void)
{
	CHECK_EQ(1 + 1, 2);
}

/* The recorder follows descriptors that the kernel chooses, and no others. */
static void untraced(void)
{
	int fd = dup2(STDIN_FILENO, 77);

	CHECK_OK(fd);
	close(fd);
}

static void fail(void)
{
	CHECK_EQ(1 + 1, 3);
}

static void fail_with_errno(void)
{
	CHECK(open("/no/such/file", O_RDONLY) >= 0);
}

static void broken_twice(void)
{
	fl_broken("P1: the first finding");
	fl_broken("P8: the second finding");
}

static void skip(void)
{
	fl_skip("there is no such thing");
}

static void crash(void)
{
	abort();
}

static void exit_code(void)
{
	_exit(3);
}

static void timeout(void)
{
	for (;;)
		pause();
}

static void undone(void *arg)
{
	fl_note("undone: %s", (const char *)arg);
}

static void undo_after_failure(void)
{
	fl_defer(undone, "registered first");
	fl_defer(undone, "registered second");
	fl_fail("on purpose, with two things to undo");
}

static void undo_after_skip(void)
{
	fl_defer(undone, "registered before a skip");
	fl_skip("on purpose, with one thing to undo");
}

static void odd_text(void)
{
	fl_note("a tab\there, a newline\nhere, and %2000s", "much space");
}

static void dynamic_pass(const void *arg)
{
	fl_note("argument %s", (const char *)arg);
}

static void dynamic_fail(const void *arg)
{
	(void)arg;
	CHECK_LT(2, 1);
}

static void dynamic_skip(const void *arg)
{
	(void)arg;
	fl_skip("this part needs nothing that exists");
}

static void dynamic_hang(const void *arg)
{
	(void)arg;
	timeout();
}

static void dynamic_crash(const void *arg)
{
	(void)arg;
	raise(SIGSEGV);
}

static void dynamic_mixed(void)
{
	fl_dynamic("good", dynamic_pass, "one");
	fl_dynamic("bad", dynamic_fail, NULL);
	fl_dynamic("absent", dynamic_skip, NULL);
	fl_dynamic("crashing", dynamic_crash, NULL);
	fl_dynamic("good-again", dynamic_pass, "two");
}

static void dynamic_all_skipped(void)
{
	fl_dynamic("absent", dynamic_skip, NULL);
	fl_dynamic("absent-too", dynamic_skip, NULL);
}

static void dynamic_timeout(void)
{
	fl_dynamic("good", dynamic_pass, "one");
	fl_dynamic("hanging", dynamic_hang, NULL);
}

static void stay(void *arg)
{
	(void)arg;
	timeout();
}

static void left_behind(void)
{
	fl_helper(stay, NULL);
	fl_helper(stay, NULL);
}

static void failing_helper(void *arg)
{
	(void)arg;
	CHECK_STR("one", "two");
}

static void helper_fails(void)
{
	fl_helper_join(fl_helper(failing_helper, NULL));
}

/* Only where the runtime is init: run by hand these would hit somebody's own machine. */
static void require_guest(void)
{
	if (getppid() != 1)
		fl_skip("this is for a guest only: it would hit this machine");
}

/* What a WARN looks like on the console, without one. */
static void splat(void)
{
	require_guest();
	write_file("/dev/kmsg",
		   "<4>WARNING: CPU: 0 PID: 1 at drivers/dma-buf/fake.c:42 fake_function+0x12/0x34");
	write_file("/dev/kmsg", "<4>---[ end trace 0000000000000000 ]---");
}

static void guest_panic(void)
{
	require_guest();
	write_file("/proc/sysrq-trigger", "c");
	timeout();
}

static void guest_reboot(void)
{
	require_guest();
	write_file("/proc/sysrq-trigger", "b");
	timeout();
}

/* Reads the kernel log, and sleeps in that with the file's position locked. */
static void sleep_with_lock(int log)
{
	char buf[8192];

	setsid();	/* not to be killed with the subtest */
	for (;;)
		if (read(log, buf, sizeof(buf)) < 0)
			_exit(1);
}

/*
 * Two readers share one open file of /proc. The first sleeps in read() with
 * the position's mutex; the second waits for the mutex, and that is a wait
 * no signal ends. Any message in the log would free it: there must be none.
 */
static void hang(void)
{
	char buf[64];
	int log;

	require_guest();
	log = open("/proc/kmsg", O_RDONLY | O_CLOEXEC);
	if (log < 0)
		fl_skip("/proc/kmsg: %s", fl_errname(errno));
	if (fork() == 0)
		sleep_with_lock(log);
	fl_sleep_ms(200);
	for (;;)
		CHECK_GE(read(log, buf, sizeof(buf)), 0);
}

/* Every CPU spins above all else: PID 1 and the kernel's threads never run again. */
static void silent(void)
{
	struct sched_param top = { .sched_priority = 99 };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	require_guest();
	write_file("/proc/sys/kernel/sched_rt_runtime_us", "-1");
	for (long i = 1; i < cpus; i++)
		if (fork() == 0)
			break;
	CHECK_EQ(sched_setscheduler(0, SCHED_FIFO, &top), 0);
	for (;;)
		;
}

static const struct subtest subtests[] = {
	{ "pass", pass, "-", "Passes." },
	{ "untraced", untraced, "-", "Passes, and does what its trace cannot say." },
	{ "fail", fail, "-", "Fails a check, and shows both values." },
	{ "fail-with-errno", fail_with_errno, "-", "Fails a check, and shows errno." },
	{ "broken-twice", broken_twice, "-", "Has two findings and goes on to its end." },
	{ "skip", skip, "-", "Misses a requirement." },
	{ "crash", crash, "-", "Dies of a signal." },
	{ "exit-code", exit_code, "-", "Ends with an exit code that means nothing." },
	{ "timeout", timeout, "-", "Never ends, but can be killed.", 0, 1 },
	{ "undo-after-failure", undo_after_failure, "-", "Fails with two things to undo." },
	{ "undo-after-skip", undo_after_skip, "-", "Skips with one thing to undo." },
	{ "odd-text", odd_text, "-", "Writes a note that would break the protocol." },
	{ "dynamic-mixed", dynamic_mixed, "-", "Has parts that pass, fail, skip and crash." },
	{ "dynamic-all-skipped", dynamic_all_skipped, "-", "Has parts that all skip." },
	{ "dynamic-timeout", dynamic_timeout, "-", "Has a part that never ends.", 0, 1 },
	{ "left-behind", left_behind, "-", "Passes and leaves two processes behind." },
	{ "helper-fails", helper_fails, "-", "Fails a check in a second process." },
	{ "splat", splat, "-", "Passes, with a warning in the kernel log." },
	{ "panic", guest_panic, "-", "Panics the kernel.", FL_FATAL },
	{ "reboot", guest_reboot, "-", "Reboots without a word.", FL_FATAL },
	{ "hang", hang, "-", "Sleeps where no signal reaches it.", FL_FATAL, 2 },
	{ "silent", silent, "-", "Takes all CPUs for ever.", FL_FATAL, 2 },
};
FL_HIDDEN_SUITE("selftest", "what the harness makes of bad things", setup, subtests);
