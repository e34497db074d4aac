// SPDX-License-Identifier: GPL-2.0-only
/* Room for what a sync_file holds, for each thread by itself: too much for a thread's own variables. */
#include <sys/mman.h>

#include "../runtime/runtime.h"
#include "exec.h"

_Thread_local struct leaves *leaves;

/*
 * A first touch allocates in the kernel, and that may be about to fail: so the
 * first pages are touched now. More are wanted for files of hundreds of leaves.
 */
void leaves_make(void)
{
	void *p = mmap(NULL, sizeof(*leaves), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	CHECK(p != MAP_FAILED);
	leaves = p;
	leaves->info[0].status = 0;
	leaves->words[0] = 0;
}
