// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which places in the kernel's code are reached, by KCOV. It sees what a thread
 * does in its own calls: not timers, interrupts and kernel threads, and not what
 * happens when a process ends.
 *
 * Places are told once in the life of the kernel, so that a program that reaches
 * nothing new costs nothing to tell. Those of an op of the executor have its
 * number; in a program in C they have the number of records before them.
 *
 * Threads are not looked at: to open KCOV while other threads open files would
 * change the descriptors that those get.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "../runtime/runtime.h"
#include "../trace/internal.h"
#include "cover.h"

#define KCOV "/sys/kernel/debug/kcov"
#define KCOV_INIT_TRACE _IOR('c', 1, unsigned long)
#define KCOV_ENABLE _IO('c', 100)
#define KCOV_TRACE_PC 0
#define AREA_WORDS (64u << 10)
#define PLACES_MAX (1u << 16)	/* the instrumented files have a few thousand */

/* Shared by all processes: places that were told, a hash table; those of this program come first. */
static struct places {
	_Atomic uint32_t table[PLACES_MAX];
	atomic_uint count;
	uint32_t pairs[2 * PLACES_MAX];
} *places;

/* What the kernel fills: how many places, then the places. */
static _Thread_local uint64_t *reached;
static bool for_all, by_op;

void cover_all(void)
{
	for_all = true;
}

bool cover_is_for_all(void)
{
	return for_all;
}

void cover_make(void)
{
	void *p;

	if (places)
		return;
	p = mmap(NULL, sizeof(*places), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	places = p == MAP_FAILED ? NULL : p;
	if (places)
		places->count = 0;	/* a first touch, see touch_memory() */
}

/* Why it cannot be told, or NULL. */
static const char *enable(void)
{
	int fd = __real_open(KCOV, O_RDWR | O_CLOEXEC);
	void *p = MAP_FAILED;
	const char *why = NULL;

	if (fd < 0)
		return fl_errname(errno);
	if (!__real_ioctl(fd, KCOV_INIT_TRACE, (void *)(uintptr_t)AREA_WORDS))
		p = mmap(NULL, 8 * AREA_WORDS, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED || __real_ioctl(fd, KCOV_ENABLE, (void *)(uintptr_t)KCOV_TRACE_PC))
		why = fl_errname(errno);
	__real_close(fd);
	reached = why ? NULL : p;
	return why;
}

void cover_prepare(void)
{
	const char *why;

	if (reached)
		return;
	why = places ? enable() : "no memory";
	if (why)
		fl_skip("this kernel has no coverage (%s: %s); build it with --profile cover", KCOV, why);
}

/* What it inherited is what its parent reaches. Where no descriptor is left it is not looked at. */
void cover_forked(void)
{
	bool was = reached;

	reached = NULL;
	if (was)
		enable();
}

/* True if nobody has told of it. */
static bool is_new(uint32_t place)
{
	uint32_t at = place * 0x9e3779b1u >> 16;

	for (unsigned int i = 0; i < PLACES_MAX; i++, at = (at + 1) % PLACES_MAX) {
		uint32_t none = 0;

		if (places->table[at] == place)
			return false;
		if (atomic_compare_exchange_strong(&places->table[at], &none, place))
			return true;
		if (none == place)
			return false;
	}
	return false;
}

static void forget(void)
{
	__atomic_store_n(&reached[0], 0, __ATOMIC_RELAXED);
}

static void collect(uint32_t number)
{
	uint64_t count = __atomic_load_n(&reached[0], __ATOMIC_RELAXED);

	for (uint64_t i = 1; i <= count && i < AREA_WORDS; i++) {
		uint32_t place = (uint32_t)reached[i];
		unsigned int at;

		if (!is_new(place))
			continue;
		at = atomic_fetch_add(&places->count, 1);
		places->pairs[2 * at] = place;
		places->pairs[2 * at + 1] = number;
	}
	forget();
}

void cover_start(void)
{
	by_op = true;
	if (reached)
		forget();
}

void cover_stop(uint32_t number)
{
	if (reached)
		collect(number);
}

void cover_call(void)
{
	if (reached && !by_op && area && area->begun)
		collect(records_now());
}

void cover_send(void)
{
	if (!places)
		return;
	trace_cover(places->pairs, places->count);
	places->count = 0;
}
