// SPDX-License-Identifier: GPL-2.0-only
/* Processes below a subtest: dynamic subtests, and helpers that do something beside it. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			fl_fail("waitpid(%d): %s", pid, fl_errname(errno));
	return status;
}

static enum result judge_dynamic(int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == FL_PASS)
		return RESULT_PASS;
	if (WIFEXITED(status) && WEXITSTATUS(status) == FL_SKIP)
		return RESULT_SKIP;
	if (WIFEXITED(status) && WEXITSTATUS(status) == FL_FAIL)
		return RESULT_FAIL;
	progress->broken++;
	report_fail("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0, "the process died");
	return RESULT_CRASH;
}

bool fl_dynamic(const char *name, void (*fn)(const void *arg), const void *arg)
{
	char full[FL_NAME_MAX];
	enum result r;
	pid_t pid;

	snprintf(full, sizeof(full), "%s@%s", current_subtest(), name);
	progress->dynamic_start = fl_now_us();
	pid = fork();
	if (pid < 0)
		fl_fail("fork: %s", fl_errname(errno));
	if (pid == 0) {
		undo_reset();
		process_forget_failures();
		memcpy(progress->dynamic, full, sizeof(full));
		kmsg("start %s@%s", current_program(), full);
		report_start(current_program(), full, getpid());
		fn(arg);
		end_process(FL_PASS);
	}
	r = judge_dynamic(wait_for(pid));
	progress->ran++;
	if (r == RESULT_SKIP)
		progress->skipped++;
	progress->dynamic[0] = '\0';
	report_end(current_program(), full, r, fl_now_us() - progress->dynamic_start);
	kmsg("end %s@%s %s", current_program(), full, result_name(r));
	return r == RESULT_PASS;
}

pid_t fl_helper(void (*fn)(void *arg), void *arg)
{
	pid_t pid = fork();

	if (pid < 0)
		fl_fail("fork: %s", fl_errname(errno));
	if (pid == 0) {
		undo_reset();
		fn(arg);
		end_process(FL_PASS);
	}
	return pid;
}

void fl_helper_join(pid_t pid)
{
	int status = wait_for(pid);

	if (WIFEXITED(status) && WEXITSTATUS(status) == FL_SKIP)
		fl_skip("a helper process met a missing requirement");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != FL_PASS)
		fl_fail("helper process %d ended with wait status 0x%x", pid, status);
}

void fl_helper_kill(pid_t pid)
{
	if (kill(pid, SIGKILL))
		fl_fail("kill(%d): %s", pid, fl_errname(errno));
	wait_for(pid);
}
