// SPDX-License-Identifier: GPL-2.0-only
/* A signal for calls that nobody else would end: again and again, in case it came too early. */
#include <signal.h>
#include <sys/time.h>

#include "exec.h"

#define SOON_US 20000

static void nothing(int signal)
{
	(void)signal;
}

/* Without SA_RESTART the call returns EINTR. */
void interrupt_make(void)
{
	struct sigaction action = { .sa_handler = nothing };

	sigaction(SIGALRM, &action, NULL);
}

static void set(long us)
{
	struct itimerval t = { { 0, us }, { 0, us } };

	setitimer(ITIMER_REAL, &t, NULL);
}

void interrupt_soon(void)
{
	set(SOON_US);
}

void interrupt_never(void)
{
	int err = errno;

	set(0);
	errno = err;
}
