// SPDX-License-Identifier: GPL-2.0-only
/* Memory of three kinds for the struct of an ioctl. */
#include <string.h>
#include <sys/mman.h>

#include "../lib/memory.h"
#include "exec.h"

static void *readonly, *unmapped;

void place_make(void)
{
	readonly = page_new();
	unmapped = page_new();
	munmap(unmapped, PAGE);
	page_readonly(readonly);
}

void *place(int32_t memory, void *data, size_t size)
{
	switch (memory) {
	case FL_MEMORY_UNMAPPED:
		return unmapped;
	case FL_MEMORY_READONLY:
		mprotect(readonly, PAGE, PROT_READ | PROT_WRITE);
		memcpy(readonly, data, size);
		mprotect(readonly, PAGE, PROT_READ);
		return readonly;
	}
	return data;
}
