// SPDX-License-Identifier: GPL-2.0-only
/* Memory that is there before it is wanted. */
#include <stdlib.h>
#include <unistd.h>

#include "../trace/trace.h"
#include "internal.h"

#define PAGE 4096
#define STACK_BYTES (16 * PAGE)
#define HEAP_BYTES (16 * PAGE)

extern char __data_start[], _end[];

static void touch(char *from, const char *to)
{
	for (volatile char *p = from; p < to; p += PAGE)
		*p = *p;
}

static void touch_stack(void)
{
	char room[STACK_BYTES];

	touch(room, room + sizeof(room));
}

void touch_memory(void)
{
	char *heap = malloc(HEAP_BYTES);

	touch(__data_start, _end);
	touch_stack();
	if (heap)
		touch(heap, heap + HEAP_BYTES);
	free(heap);
	atomic_fetch_add(&progress->broken, 0);	/* others write to it */
	trace_touch();
}
