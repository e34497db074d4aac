// SPDX-License-Identifier: GPL-2.0-only
/*
 * A signal for calls that nobody else would end: again and again, in case it came too early. For each thread by itself.
 *
 * And, where a program asks for it, another one all the time, with SA_RESTART: a
 * call that waits gives it up with ERESTARTSYS and is begun again from the start,
 * so whatever it had done by then it does twice. Nobody may notice.
 */
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "../runtime/runtime.h"
#include "exec.h"

#define SOON_NS 20000000
#define ALWAYS_NS 300000
/*
 * Both may come with one tick. The lower number is delivered first and decides
 * what becomes of the call: it must be the one that ends it.
 */
_Static_assert(SIGALRM < SIGVTALRM, "a wait would never be interrupted");

static _Thread_local timer_t timer;

static void nothing(int signal)
{
	(void)signal;
}

/* Without SA_RESTART the call returns EINTR. */
void interrupt_make(void)
{
	struct sigaction action = { .sa_handler = nothing };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM };

	event._sigev_un._tid = gettid();
	sigaction(SIGALRM, &action, NULL);
	CHECK_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
}

static timer_t always;

/* The next one only now: on a slow machine a timer with a period would leave no time for anything else. */
static void once_more(int signal)
{
	const struct itimerspec soon = { { 0, 0 }, { 0, ALWAYS_NS } };

	(void)signal;
	timer_settime(always, 0, &soon, NULL);
}

void interrupt_always(void)
{
	struct sigaction action = { .sa_handler = once_more, .sa_flags = SA_RESTART };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGVTALRM };

	event._sigev_un._tid = gettid();
	CHECK_EQ(sigaction(SIGVTALRM, &action, NULL), 0);
	CHECK_EQ(timer_create(CLOCK_MONOTONIC, &event, &always), 0);
	once_more(SIGVTALRM);
}

static void set(long ns)
{
	struct itimerspec t = { { 0, ns }, { 0, ns } };

	timer_settime(timer, 0, &t, NULL);
}

void interrupt_soon(void)
{
	set(SOON_NS);
}

void interrupt_never(void)
{
	int err = errno;

	set(0);
	errno = err;
}
