// SPDX-License-Identifier: GPL-2.0-only
/*
 * Structs of ioctls are looked at before the kernel is asked, and may lie
 * anywhere. On our own stack or among static data they can be read and written;
 * anywhere else the kernel says so, by a file that takes bytes and gives them back.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

#define EACH 256	/* no struct is larger; each process and thread has its own place */

extern char __data_start[], _end[];
static int probe = -1;

void memory_make(void)
{
	probe = __real_memfd_create("fencelab-probe", MFD_CLOEXEC);
}

static off_t place(void)
{
	return (off_t)who_am_i() * EACH;
}

static bool within(const char *p, size_t size, const char *from, const char *to)
{
	return p >= from && p < to && size <= (size_t)(to - p);
}

static bool surely_mapped(const char *p, size_t size)
{
	return within(p, size, __data_start, _end) ||
	       within(p, size, __builtin_frame_address(0), stack_end());
}

struct user user_copy(void *to, const void *from, size_t size)
{
	struct user user = { .address = from, .size = size, .memory = FL_MEMORY_MAPPED };
	int err = errno;

	if (surely_mapped(from, size)) {
		user.plain = true;
		memcpy(to, from, size);
		return user;
	}
	if (pwrite(probe, from, size, place()) != (ssize_t)size) {
		user.memory = FL_MEMORY_UNMAPPED;
		memset(to, 0, size);
	} else if (pread(probe, to, size, place()) != (ssize_t)size) {
		memset(to, 0, size);
	}
	errno = err;
	return user;
}

/* What is read back into its own place changes nothing there. */
int user_memory(const struct user *user, int ret)
{
	int memory = user->memory;

	if (ret >= 0)
		return FL_MEMORY_MAPPED;
	if (user->plain || memory == FL_MEMORY_UNMAPPED)
		return memory;
	if (pwrite(probe, user->address, user->size, place()) != (ssize_t)user->size)
		return FL_MEMORY_UNMAPPED;
	if (pread(probe, (void *)(uintptr_t)user->address, user->size, place()) !=
	    (ssize_t)user->size)
		memory = FL_MEMORY_READONLY;
	return memory;
}

int user_string(const char *from, unsigned int most)
{
	char text[EACH] = "";
	int err = errno;
	ssize_t got = pwrite(probe, from, most, place());

	if (got > 0)
		got = pread(probe, text, (size_t)got, place());
	errno = err;
	return got <= 0 ? -1 : (int)strnlen(text, (size_t)got);
}
