// SPDX-License-Identifier: GPL-2.0-only
/* Memory that a subtest's processes share with their parent, so that a kill loses nothing. */
#include <sys/mman.h>

#include "internal.h"

#define AREA_PAGE 4096
#define AREA_TOUCHED (4 * FRAME_WORDS)	/* of the records */

struct area *area;

static void lock_make(pthread_mutex_t *lock)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(lock, &attr);
	pthread_mutexattr_destroy(&attr);
}

void area_make(void)
{
	void *p = mmap(NULL, AREA_BYTES, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	area = p == MAP_FAILED ? NULL : p;
}

/*
 * Records must be found zeroed: the first word of one that is not whole says so.
 * Memory that nobody wrote is zero, and is not there at all as long as it is not touched.
 */
void area_reset(void)
{
	unsigned int words = (AREA_BYTES - sizeof(*area)) / 4;
	unsigned int used = (uint32_t)area->used;
	unsigned int processes = area->processes;

	memset(area->word, 0, 4 * (size_t)(used < words ? used : words));
	memset(area->process, 0, processes * sizeof(area->process[0]));
	memset(area->name, 0, area->names * sizeof(area->name[0]));
	memset(area, 0, offsetof(struct area, name));
	area->processes = 0;
	lock_make(&area->lock);
}

/* Others may write to it already. */
void area_touch(void)
{
	uint8_t *p = (uint8_t *)area;

	for (size_t at = 0; at < sizeof(*area) + AREA_TOUCHED; at += AREA_PAGE)
		__atomic_fetch_or(&p[at], 0, __ATOMIC_RELAXED);
}

/* Whoever held it may have been killed: what it guards is valid at any time. */
void area_lock(void)
{
	if (pthread_mutex_lock(&area->lock) == EOWNERDEAD)
		pthread_mutex_consistent(&area->lock);
}

void area_unlock(void)
{
	pthread_mutex_unlock(&area->lock);
}

void trace_stop_for(enum trace_reason reason, enum trace_stop what)
{
	unsigned int none = TRACE_WHOLE;

	if (atomic_compare_exchange_strong(&area->stopped, &none, reason))
		area->what = what;
}

void trace_stop(enum trace_stop what)
{
	trace_stop_for(TRACE_BEYOND, what);
}
