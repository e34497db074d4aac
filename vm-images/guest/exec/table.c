// SPDX-License-Identifier: GPL-2.0-only
/* All ops, by their code. */
#include "exec.h"

static const char *why = "";

int refuse(const char *reason)
{
	why = reason;
	return REFUSED;
}

const char *refusal(void)
{
	return why;
}

static int run_fork(const int32_t *args)
{
	(void)args;
	return refuse("a program of data is one process");
}

static int run_take(const int32_t *args)
{
	(void)args;
	return refuse("there is no other process");
}

static int run_submit(const int32_t *args)
{
	(void)args;
	return refuse("there are no commands to submit");
}

static int run_commit(const int32_t *args)
{
	(void)args;
	return refuse("no display is lit");
}

#define OPS(X)						\
	X(TIMELINE, "Vn", run_timeline)			\
	X(FENCE, "Vvnn", run_fence)			\
	X(INC, "vnn", run_inc)				\
	X(CARD, "Vn", run_card)				\
	X(DUMB, "Vv", run_dumb)				\
	X(PRIME, "Vvv", run_prime)			\
	X(DROP, "vv", run_drop)				\
	X(ATTACH, "Vvvnn", run_attach)			\
	X(SIGNAL, "vvn", run_signal)			\
	X(EXPORT, "Vvnn", run_export)			\
	X(IMPORT, "vnvn", run_import)			\
	X(MERGE, "Vvvnn", run_merge)			\
	X(INFO, "vnnn", run_info)			\
	X(POLL, "vnn", run_poll)			\
	X(SYNC, "vnn", run_sync)			\
	X(NAME, "vnn", run_name)			\
	X(DEADLINE, "vnn", run_deadline)		\
	X(UNKNOWN, "v", run_unknown)			\
	X(DUP, "Vv", run_dup)				\
	X(CLOSE, "v", run_close)			\
	X(LIMIT, "n", run_limit)			\
	X(WAIT, "n", run_wait)				\
	X(OBSERVE, "v", run_observe)			\
	X(OTHER, "V", run_other)			\
	X(FORK, "n", run_fork)				\
	X(EXIT, "", run_fork)				\
	X(HEAP, "V", run_heap)				\
	X(OPEN, "Vvv", run_open)			\
	X(TEXTURE, "Vv", run_texture)			\
	X(IDLE, "vvn", run_idle)			\
	X(TRANSFER, "vv", run_transfer)			\
	X(SUBMIT, "Vvvvn", run_submit)			\
	X(COMMIT, "Vvvvnn", run_commit)			\
	X(EPOLL, "V", run_epoll)			\
	X(WATCH, "vnvn", run_watch)			\
	X(WOKEN, "vn", run_woken)			\
	X(TAKE, "Vnv", run_take)

/* Names and numbers of arguments are those of models/ops/operations.ts. */
#define FACTS(symbol, text, code, words, ...) WORDS_##symbol = words,
enum { FL_OPERATIONS(FACTS) };

#define NAMES(symbol, text, ...) static const char NAME_##symbol[] = text;
FL_OPERATIONS(NAMES)

#define SAME(symbol, arguments, fn)						\
	_Static_assert(sizeof(arguments) - 1 == WORDS_##symbol,			\
		       #symbol " has another number of arguments");
OPS(SAME)

#define ROW(symbol, arguments, fn) [FL_OP_##symbol] = { NAME_##symbol, arguments, fn },
static const struct op ops[] = { OPS(ROW) };

const struct op *op_of(unsigned int code)
{
	if (code >= sizeof(ops) / sizeof(ops[0]) || !ops[code].fn)
		return NULL;
	return &ops[code];
}
