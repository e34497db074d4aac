/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trace of a subtest: every call that touches fences, as records of
 * models/trace/record.ts, sent to the host when the subtest has ended. This is
 * what the runtime and the executor know of it; tests know nothing.
 *
 * Without a port there is no trace, and every call is what it was.
 */
#ifndef FL_TRACE_H
#define FL_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "operations.h"

#define TRACE_NONE (-1)

/* ---- the runtime ---- */

/* In init: `port` is where frames go. Takes a few descriptors that stay. */
void trace_to(int port);
bool trace_is_wanted(void);
/* In the parent, before it forks the subtest's process. */
void trace_prepare(void);
/* What a short trace is written to, before there is one. */
void trace_touch(void);
/* In the subtest's process, before its first call. */
void trace_begin(bool nomem);
/* In the parent, after that process has ended or been given up: sends what there is. */
void trace_send(pid_t pid);

/* ---- the executor ---- */

struct trace_span {
	uint32_t start, end;	/* microseconds since the trace began */
	uint32_t before;	/* records of ops that had ended when it started */
};

/* Timelines are called "tN" and are the number N to their leaves. */
void trace_names_are_numbers(void);
/*
 * The next call is that op with these arguments, which are recorded as they
 * are; NULL: calls are looked at again. For this thread.
 */
void trace_tell(unsigned int op, const int32_t *args);
/* Before a call and after it. Both leave errno alone. */
void trace_start(struct trace_span *span);
void trace_end(struct trace_span *span);
/* One record. `results` is what follows the arguments: the return value first. */
void trace_record(unsigned int op, const struct trace_span *span, const int32_t *args,
		  unsigned int nargs, const int32_t *results, unsigned int nresults);
/* Who a leaf is, from the two names of SYNC_IOC_FILE_INFO. */
uint32_t trace_leaf_who(const char driver[32], const char timeline[32]);
/* This thread has that number in its records, from 1 to 15; before its first op. */
void trace_thread(unsigned int number);
/* Sends all records now. */
void trace_flush(void);
/* Says that an op is about to be done, and sends it at once with all before. */
void trace_entered(unsigned int op, const int32_t *args, unsigned int nargs);
/* Pairs of words: a place in the kernel's code, as the low half of its address, and the op that reached it. */
void trace_cover(const uint32_t *pairs, unsigned int count);

#endif
