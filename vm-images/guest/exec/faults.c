// SPDX-License-Identifier: GPL-2.0-only
/*
 * An op with its first allocation failing, with its second, and so on until none
 * is left. Each try is an op of its own in the trace: what fails with ENOMEM must
 * have changed nothing, and the last try must work.
 *
 * What looks for leaks allocates beside each allocation, and does without if that
 * fails: an import would be done before its second allocation had its turn. So
 * only the caches that the kernel's command line has marked (slub_debug=A,...)
 * fail, where it has.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../runtime/runtime.h"
#include "../trace/real.h"
#include "exec.h"

#define FAILSLAB "/sys/kernel/debug/failslab/"
#define FAIL_NTH "/proc/thread-self/fail-nth"
#define IS_MARKED "/sys/kernel/slab/kmalloc-64/failslab"
#define MOST 200		/* no request makes so many allocations */

static int nth = -1;
static unsigned int tries, refusals;	/* with an allocation that failed, and refused for it */

static void write_knob(const char *path, const char *text)
{
	int fd = __real_open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		fl_skip("this kernel has no fault injection (%s: %s)", path, fl_errname(errno));
	CHECK_EQ(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	__real_close(fd);
}

static void restore(void *arg)
{
	(void)arg;
	write_knob(FAILSLAB "ignore-gfp-wait", "Y");
	write_knob(FAILSLAB "cache-filter", "N");
	write_knob(FAILSLAB "verbose", "2");
}

static bool caches_are_marked(void)
{
	int fd = __real_open(IS_MARKED, O_RDONLY | O_CLOEXEC);
	char text = '0';

	if (fd < 0)
		return false;
	if (read(fd, &text, 1) != 1)
		text = '0';
	__real_close(fd);
	return text == '1';
}

void faults_prepare(void)
{
	write_knob(FAILSLAB "ignore-gfp-wait", "N");	/* fail those that may sleep, too */
	fl_defer(restore, NULL);
	write_knob(FAILSLAB "verbose", "0");		/* no stack trace for each */
	write_knob(FAILSLAB "cache-filter", caches_are_marked() ? "Y" : "N");
	nth = __real_open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	if (nth < 0)
		fl_skip("this kernel has no fault injection (%s: %s)", FAIL_NTH, fl_errname(errno));
}

static void fail_allocation(int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", n);

	CHECK_EQ(pwrite(nth, text, (size_t)length, 0), length);
}

/* Switches it off; true if the allocation was reached and failed. */
static bool allocation_failed(void)
{
	char text[16] = "";

	CHECK_GT(pread(nth, text, sizeof(text) - 1, 0), 0);
	fail_allocation(0);
	return atoi(text) == 0;
}

static bool makes_descriptor(const struct op *op, int32_t variable)
{
	return op->signature[0] == 'V' && variable >= 0 &&
	       !(variable >= FL_VARIABLE_G && variable < FL_VARIABLE_O);
}

int faults_try(unsigned int code, const struct op *op, const int32_t *args)
{
	if (!FL_ALLOCATES(code) || code == FL_OP_OBSERVE)
		return op->fn(args);
	for (int n = 1; n <= MOST; n++) {
		bool failed;
		int ret;

		fail_allocation(n);
		ret = op->fn(args);
		failed = allocation_failed();
		tries += failed;
		refusals += failed && ret < 0;
		if (!failed || (ret >= 0 && !makes_descriptor(op, args[0])))
			return ret;
		if (ret >= 0) {
			/* It did without: from the beginning, for the next one to fail. */
			value_of[args[0]] = ret;
			trace_tell(FL_OP_CLOSE, args);
			run_close(args);
		}
		trace_tell(0, NULL);
		observe_buffers(op, args, false);
		trace_tell(code, args);
	}
	fl_fail("%s: still allocating after %d failures", op->name, MOST);
}

void faults_say(void)
{
	fl_note("%u allocations failed, %u ops were refused for it", tries, refusals);
}
