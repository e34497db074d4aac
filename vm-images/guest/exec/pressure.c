// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is short. A process takes most of what there is and keeps it. A
 * second one takes the rest, again and again: whoever needs a page has to look
 * for one, and when none is found the kernel kills that process, which is first
 * in its list, and a new one begins. Requests reclaim memory, wait for a kill, and
 * those that want many pages in a row are refused.
 *
 * An op that is refused is tried again, each try an op of the trace. In the end
 * it is tried with memory given back, and then it must work.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../runtime/runtime.h"
#include "../trace/real.h"
#include "exec.h"

#define MIB (1ul << 20)
#define LEFT_MIB 24		/* what is killed for, and taken again */
#define CHUNK (1 * MIB)
#define TRIES 4			/* while memory is short */
#define ROUND_MS 1
#define READY_MS 60000		/* with every check a kernel has it takes long */

static pid_t keeper = -1;
static struct shared {
	_Atomic int ready;
	_Atomic unsigned int kills;
} *shared;
static unsigned int refusals;

static unsigned long free_memory(void)
{
	struct sysinfo info;

	sysinfo(&info);
	return (info.freeram + info.bufferram) * info.mem_unit;
}

/* 1000 is killed first; -1000 never. Nothing of a test is worth a panic for want of somebody to kill. */
static void be_killed(int score)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", score);
	int fd = __real_open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, (size_t)length) != length)
		fl_skip("who is killed when memory runs out cannot be chosen: %s", fl_errname(errno));
	__real_close(fd);
}

static bool take(size_t bytes)
{
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return false;
	for (size_t at = 0; at < bytes; at += 4096)
		p[at] = 1;
	return true;
}

/* Never stops: as soon as something is free it is taken. Ends when it is killed. */
static _Noreturn void take_the_rest(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		if (free_memory() < 4096 || !take(16 * 4096))
			fl_sleep_ms(ROUND_MS);
}

static _Noreturn void keep_short(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	be_killed(-900);
	while (free_memory() > LEFT_MIB * MIB + CHUNK)
		if (!take(CHUNK))
			break;
	for (;;) {
		int status = 0;
		pid_t pid = __real_fork();

		if (pid == 0) {
			be_killed(1000);
			take_the_rest();
		}
		shared->ready = 1;
		if (pid < 0)
			fl_sleep_ms(ROUND_MS);
		else if (__real_waitpid(pid, &status, 0) == pid && WIFSIGNALED(status))
			shared->kills++;
	}
}

static void begin(void)
{
	shared->ready = 0;
	keeper = __real_fork();
	if (keeper == 0)
		keep_short();
	CHECK_GT(keeper, 0);
	for (int ms = 0; !shared->ready && ms < READY_MS; ms += 10)
		fl_sleep_ms(10);
	CHECK(shared->ready);
}

/* Its child goes with it. */
static void end(void)
{
	int status;

	if (keeper <= 0)
		return;
	kill(keeper, SIGKILL);
	while (__real_waitpid(keeper, &status, 0) < 0 && errno == EINTR)
		;
	keeper = -1;
}

static void undo(void *arg)
{
	(void)arg;
	end();
}

void pressure_prepare(void)
{
	void *p = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	shared = p;
	be_killed(-900);
	fl_defer(undo, NULL);
	begin();
}

static bool lacks_memory(int ret)
{
	return ret == -ENOMEM || ret == -ENOSPC;
}

int pressure_try(unsigned int code, const struct op *op, const int32_t *args)
{
	int ret = op->fn(args);

	for (int n = 1; FL_ALLOCATES(code) && lacks_memory(ret); n++) {
		refusals++;
		if (n > TRIES + 1)
			fl_fail("%s: refused with memory given back: %s", op->name, fl_errname(-ret));
		trace_tell(0, NULL);
		if (n > TRIES)
			end();
		else
			fl_sleep_ms(ROUND_MS);
		trace_tell(code, args);
		ret = op->fn(args);
	}
	if (keeper <= 0)
		begin();
	return ret;
}

void pressure_say(void)
{
	fl_note("memory ran out %u times, %u ops were refused for it", shared->kills, refusals);
}
