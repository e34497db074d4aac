/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The executor: programs that are data. An op is a row of table.c and a
 * function of op_*.c, which does the call and returns what the record has as
 * its return value; the recorder writes the record.
 */
#ifndef FL_EXEC_H
#define FL_EXEC_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../lib/sync_file_abi.h"
#include "../trace/trace.h"

#define VARIABLES (8 * FL_VARIABLES_EACH)
#define ARGS_MAX 8
#define LEAVES_MAX 16384	/* a record has room for twice as many */

/* Leaves of an info, and the words of a record of two lists of them. */
struct leaves {
	struct sync_fence_info info[LEAVES_MAX];
	int32_t words[2 + 2 * (1 + LEAVES_MAX)];
};
extern _Thread_local struct leaves *leaves;

/* ---- table.c ---- */

/* What an op gives where the executor cannot try it; `refusal` says why. */
#define REFUSED (-100000)

typedef int (*op_fn)(const int32_t *args);

struct op {
	const char *name;
	const char *signature;	/* an argument each: V is made, v is a variable, n a number */
	op_fn fn;
};

/* NULL if no op has that code. */
const struct op *op_of(unsigned int code);
int refuse(const char *why);
const char *refusal(void);

/* ---- program.c ---- */

/* What variables hold: a descriptor, a handle, an id; TRACE_NONE before and after. For all threads. */
extern _Atomic int32_t value_of[VARIABLES];

/* Does one op and keeps what it makes. */
void try_op(uint32_t number, unsigned int code, const int32_t *args);

/* ---- threads.c ---- */

#define EXEC_THREADS 8

static inline unsigned int code_of(const int32_t *op)
{
	return (uint32_t)op[0] >> 16 & 0xff;
}

static inline unsigned int thread_of(const int32_t *op)
{
	return (uint32_t)op[0] >> 24;
}

/* Threads 1 to `count` are there from now on. `seed` of their pauses; 0: none. */
void threads_make(unsigned int count, uint32_t seed);
/* Ops from `op`, the first of which has that number, up to `end`: each by its thread, all threads together. */
void threads_run(const int32_t *op, const int32_t *end, uint32_t number);

/* ---- faults.c ---- */

/* Skips on a kernel that cannot fail on purpose. Before anything is recorded. */
void faults_prepare(void);
/* The op once with each of its allocations failing, and then with none. */
int faults_try(unsigned int code, const struct op *op, const int32_t *args);
/* How many there were, as a note of the subtest. */
void faults_say(void);

/* ---- pressure.c ---- */

/* Memory is short from now on, until the process ends. Before anything is recorded. */
void pressure_prepare(void);
/* The op, again and again while it is refused for want of memory. */
int pressure_try(unsigned int code, const struct op *op, const int32_t *args);
void pressure_say(void);

/* ---- observe.c ---- */

bool is_buffer(char type, int32_t variable);
/* Each buffer that the op names; `announced`: each is told of before, as ops are. */
void observe_buffers(const struct op *op, const int32_t *args, bool announced);

static inline int fd_of(int32_t variable)
{
	return variable < 0 ? -1 : value_of[variable];
}

/* Handles and ids: 0 is never given out. */
static inline uint32_t number_of(int32_t variable)
{
	return variable < 0 || value_of[variable] < 0 ? 0 : (uint32_t)value_of[variable];
}

/* ---- place.c: structs of ioctls, in memory of each kind ---- */

void place_make(void);
/* The same for leaves. */
void leaves_make(void);
/* `data` in that memory; it is `data` itself where that is ordinary. */
void *place(int32_t memory, void *data, size_t size);

/* ---- op_*.c ---- */

void cards_find(void);
void heap_open(void);

#define OP(name) int name(const int32_t *args)
OP(run_timeline);
OP(run_fence);
OP(run_inc);
OP(run_card);
OP(run_dumb);
OP(run_prime);
OP(run_drop);
OP(run_attach);
OP(run_signal);
OP(run_export);
OP(run_import);
OP(run_merge);
OP(run_info);
OP(run_poll);
OP(run_sync);
OP(run_name);
OP(run_deadline);
OP(run_unknown);
OP(run_dup);
OP(run_close);
OP(run_limit);
OP(run_wait);
OP(run_observe);
OP(run_other);
OP(run_heap);
OP(run_open);
OP(run_texture);
OP(run_idle);
OP(run_transfer);
OP(run_epoll);
OP(run_watch);
OP(run_woken);

/* Interrupts what blocks longer than that, until it is called off. */
void interrupt_soon(void);
void interrupt_never(void);
void interrupt_make(void);
/* From now on signals come all the time; no call may give another result because of them. For this thread. */
void interrupt_always(void);

/* 0 or a value, or -errno. */
static inline int result(long ret)
{
	return ret < 0 ? -errno : (int)ret;
}

#endif
