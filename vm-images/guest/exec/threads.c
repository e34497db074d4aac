// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ops side by side: the threads of a block begin together, each does its ops in
 * order, and the block ends when all have. They are made once and sleep between
 * blocks.
 *
 * A pause before an op follows from a seed, the number of the op and of the
 * thread: with another seed they meet elsewhere, with the same they pause as
 * long as before.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "../runtime/runtime.h"
#include "../trace/real.h"
#include "exec.h"

#define THREADS_PRIORITY 1	/* thread 0 has one more: it wakes all before any of them runs */
#define PAUSE_BITS 12		/* up to 4095 rounds: some times what an op takes */

static pthread_barrier_t begin, end;
static atomic_uint arrived;
static unsigned int count, processors;
static uint32_t seed_of_pauses;
static const int32_t *first, *last;
static uint32_t first_number;

/* Mixes well enough for lengths of pauses. */
static uint32_t mixed(uint32_t a, uint32_t b)
{
	uint32_t x = a * 0x9e3779b9u ^ (b + 0x7f4a7c15u) * 0x85ebca6bu;

	x ^= x >> 15;
	x *= 0x2c1b3c6du;
	x ^= x >> 12;
	x *= 0x297a2d39u;
	return x ^ x >> 15;
}

/* Half of the ops come at once; of the others short pauses are as likely as long ones. */
static void pause_before(uint32_t number, unsigned int thread)
{
	uint32_t x = mixed(mixed(seed_of_pauses, number), thread);
	uint32_t rounds;

	if (!seed_of_pauses || x & 1)
		return;
	if ((x >> 1 & 15) == 0)
		sched_yield();
	rounds = (x >> 8) & ((1u << (x >> 5) % (PAUSE_BITS + 1)) - 1);
	for (volatile uint32_t i = 0; i < rounds; i++)
		;
}

/* Those that woke up early wait, so that all begin together. */
static void meet(void)
{
	atomic_fetch_add(&arrived, 1);
	for (unsigned int i = 0; atomic_load(&arrived) < count; i++)
		if (i % 64 == 63)
			sched_yield();
}

static void take_turns(int priority)
{
	const struct sched_param param = { .sched_priority = priority };

	sched_setscheduler(0, SCHED_RR, &param);
}

/* Each on a processor of its own as far as they go; those that share one take turns at every tick. */
static void take_place(unsigned int me)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET((me - 1) % processors, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	take_turns(THREADS_PRIORITY);
}

static void *thread_main(void *arg)
{
	unsigned int me = (unsigned int)(uintptr_t)arg;

	trace_thread(me);
	take_place(me);
	place_make();
	leaves_make();
	interrupt_make();
	pthread_barrier_wait(&end);
	for (;;) {
		uint32_t number;

		pthread_barrier_wait(&begin);
		number = first_number;
		meet();
		for (const int32_t *op = first; op < last; op += op[0] & 0xffff, number++) {
			if (thread_of(op) != me)
				continue;
			pause_before(number, me);
			try_op(number, code_of(op), op + 1);
		}
		pthread_barrier_wait(&end);
	}
	return NULL;
}

#define RR_SLICE "/proc/sys/kernel/sched_rr_timeslice_ms"

static void short_slices(void)
{
	int fd = __real_open(RR_SLICE, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "1", 1) < 0) {
		/* The usual length it is. */
	}
	__real_close(fd);
}

void threads_make(unsigned int threads, uint32_t seed)
{
	seed_of_pauses = seed;
	count = threads;
	if (!threads)
		return;
	short_slices();
	processors = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
	take_turns(THREADS_PRIORITY + 1);
	CHECK_EQ(pthread_barrier_init(&begin, NULL, threads + 1), 0);
	CHECK_EQ(pthread_barrier_init(&end, NULL, threads + 1), 0);
	for (unsigned int i = 1; i <= threads; i++) {
		pthread_t id;

		CHECK_EQ(pthread_create(&id, NULL, thread_main, (void *)(uintptr_t)i), 0);
		pthread_detach(id);
	}
	pthread_barrier_wait(&end);
}

void threads_run(const int32_t *op, const int32_t *stop, uint32_t number)
{
	first = op;
	last = stop;
	first_number = number;
	atomic_store(&arrived, 0);
	pthread_barrier_wait(&begin);
	pthread_barrier_wait(&end);
}
