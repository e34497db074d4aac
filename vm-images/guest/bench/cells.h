/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What `npm run bench -- ioctls` measures: requests on a buffer in which so
 * many fences are pending, each of another timeline.
 */
#ifndef FL_BENCH_CELLS_H
#define FL_BENCH_CELLS_H

#include "../fl.h"

/* How many of the n leaves are in the buffer before the request. */
enum share { NO_LEAF, HALF, ALL };

/* What is imported. */
enum given {
	NOTHING,	/* it is an export */
	NEW_LEAF,	/* one fence of a timeline that the buffer has none of */
	LATER_LEAF,	/* one fence, later on a timeline that the buffer has one of */
	ALL_LEAVES,	/* a file of all n */
	BAD_FLAGS,	/* refused with EINVAL: what a system call costs */
};

struct cell {
	const char *name;	/* ci/ioctls/cells.ts has a title for each */
	unsigned int access;
	enum share readers, writers;
	enum given given;
	unsigned int least;	/* pending fences, that it makes sense with */
};

extern const struct cell cells[];
extern const unsigned int cell_count;

/* Pending fences in the buffer: each cell is measured with each of them. */
extern const unsigned int counts[];
extern const unsigned int count_count;

/* Opens timelines and cards, and makes files of as many leaves as any cell has. */
void cells_setup(void);
/* What a cell needs for n pending fences. */
void cell_begin(const struct cell *cell, unsigned int n);
/* The buffer is as the cell says; what was done before is undone. */
void cell_ready(void);
/* The request, and nothing else: ticks of the processor's clock from before it to after it. */
unsigned long long cell_request(void);
/* Checks that the buffer has what is due. */
void cell_end(void);

/* Calls fn for each cell with each count. */
void for_each_cell(void (*fn)(const struct cell *cell, unsigned int n));

#endif
