// SPDX-License-Identifier: GPL-2.0-only
/* Memory of three kinds for the struct of an ioctl. */
#include <string.h>
#include <sys/mman.h>

#include "../lib/memory.h"
#include "../runtime/runtime.h"
#include "exec.h"

static _Thread_local void *readonly, *writable, *unmapped;

/* A page at two addresses: what changes what may be done with one would allocate, and that may be about to fail. */
static void *page_twice(void **other)
{
	void *p;

	*other = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(*other != MAP_FAILED);
	p = mremap(*other, 0, PAGE, MREMAP_MAYMOVE);
	CHECK(p != MAP_FAILED);
	*(volatile char *)*other = *(volatile char *)p;	/* as is the page itself */
	return p;
}

void place_make(void)
{
	readonly = page_twice(&writable);
	unmapped = page_none();
	page_readonly(readonly);
}

void *place(int32_t memory, void *data, size_t size)
{
	switch (memory) {
	case FL_MEMORY_UNMAPPED:
		return unmapped;
	case FL_MEMORY_READONLY:
		memcpy(writable, data, size);
		return readonly;
	}
	return data;
}
