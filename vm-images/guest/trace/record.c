// SPDX-License-Identifier: GPL-2.0-only
/* Records: taking room for one, filling it in, and what the executor says of the next. */
#include "internal.h"

static bool recording;
static _Thread_local unsigned int told_op;
static _Thread_local const int32_t *told_args;

bool trace_on(void)
{
	return recording && !atomic_load_explicit(&area->stopped, memory_order_relaxed);
}

void record_switch(bool on)
{
	recording = on;
}

void trace_tell(unsigned int op, const int32_t *args)
{
	told_op = op;
	told_args = args;
}

const int32_t *told(unsigned int op)
{
	return told_args && told_op == op ? told_args : NULL;
}

unsigned int told_driver(void)
{
	if (!told_args)
		return DRIVER_OTHER;
	return told_op == FL_OP_ATTACH || told_op == FL_OP_SIGNAL ? FL_DRIVER_VGEM
								 : FL_DRIVER_VIRTIO_GPU;
}

/*
 * A clock that ticks every four milliseconds does not tell which of two ops
 * was first. The records do: an op whose record was there when another began
 * had ended by then.
 */
uint32_t records_now(void)
{
	return (uint32_t)(atomic_load(&area->used) >> 32);
}

/* A word with the length goes before each, for the reader to step over one that is not whole. */
uint32_t *record_room(const struct trace_span *span, unsigned int words)
{
	unsigned int at, room = (AREA_BYTES - sizeof(*area)) / 4;
	uint64_t was;

	if (!trace_on())
		return NULL;
	if (words > RECORD_WORDS_MAX) {
		trace_stop(STOP_LEAVES);
		return NULL;
	}
	was = atomic_fetch_add(&area->used, (1ull << 32) + words + 1);
	at = (uint32_t)was;
	if (at + words + 1 > room || at > room) {
		area->lost++;
		trace_stop_for(TRACE_FULL, STOP_NOTHING);
		return NULL;
	}
	area->word[at] = words;
	area->word[at + 2] = span->start;
	area->word[at + 3] = span->end - span->start;
	area->word[at + 4] = span->before;
	return &area->word[at + 1];
}

static void done(uint32_t *record, unsigned int who, unsigned int op, unsigned int words)
{
	_Atomic uint32_t *header = (_Atomic uint32_t *)record;

	atomic_store_explicit(&area->process[who / THREADS_MAX].end, record[1] + record[2],
			      memory_order_relaxed);
	atomic_store_explicit(&area->process[who / THREADS_MAX].before, records_now(),
			      memory_order_relaxed);
	atomic_store_explicit(header, words | op << 16 | who << 24, memory_order_release);
}

void record_done(uint32_t *record, unsigned int op, unsigned int words)
{
	done(record, who_am_i(), op, words);
}

void trace_record(unsigned int op, const struct trace_span *span, const int32_t *args,
		  unsigned int nargs, const int32_t *results, unsigned int nresults)
{
	unsigned int words = RECORD_HEADER + nargs + nresults;
	uint32_t *record = record_room(span, words);

	if (!record)
		return;
	memcpy(record + RECORD_HEADER, told(op) ? told(op) : args, 4 * nargs);
	memcpy(record + RECORD_HEADER + nargs, results, 4 * nresults);
	record_done(record, op, words);
}

void trace_record_as(unsigned int who, unsigned int op, const struct trace_span *span,
		     int32_t ret)
{
	uint32_t *record = record_room(span, RECORD_HEADER + 1);

	if (!record)
		return;
	record[RECORD_HEADER] = (uint32_t)ret;
	done(record, who, op, RECORD_HEADER + 1);
}
