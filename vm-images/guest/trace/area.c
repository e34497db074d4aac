// SPDX-License-Identifier: GPL-2.0-only
/* Memory that a subtest's processes share with their parent, so that a kill loses nothing. */
#include <sys/mman.h>

#include "internal.h"

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

/* Records must be found zeroed: the first word of one that is not whole says so. */
void area_reset(void)
{
	unsigned int words = (AREA_BYTES - sizeof(*area)) / 4;
	unsigned int used = (uint32_t)area->used;

	memset(area, 0, sizeof(*area) + 4 * (size_t)(used < words ? used : words));
	lock_make(&area->lock);
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
