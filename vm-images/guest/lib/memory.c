// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <sys/mman.h>

#include "../runtime/runtime.h"
#include "memory.h"

void *page_new(void)
{
	void *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

/* Nobody can use it, and nothing else is ever mapped there. */
void *page_none(void)
{
	void *p = page_new();

	CHECK_EQ(mprotect(p, PAGE, PROT_NONE), 0);
	return p;
}

void page_readonly(void *page)
{
	CHECK_EQ(mprotect(page, PAGE, PROT_READ), 0);
}

void *half_mapped(size_t mapped)
{
	char *two = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(two != MAP_FAILED);
	CHECK_EQ(munmap(two + PAGE, PAGE), 0);
	return two + PAGE - mapped;
}

void *kernel_address(void)
{
	return (void *)0xffffffff81000000ul;
}

long slab_kib(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	char line[128];
	long kib = -1;

	CHECK(f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "SUnreclaim: %ld kB", &kib) == 1)
			break;
	fclose(f);
	CHECK_GE(kib, 0);
	return kib;
}
