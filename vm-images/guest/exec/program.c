// SPDX-License-Identifier: GPL-2.0-only
/* A program that is data: `/programs/NAME`, as a subtest of the program "run". */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../runtime/internal.h"
#include "../trace/real.h"
#include "cover.h"
#include "exec.h"
#include "program.h"

#define MAGIC 0x50544c46u	/* "FLTP" */
#define VERSION 2
#define CAREFUL 1u
#define OBSERVE 2u
#define FAULTS 4u
#define COVER 8u
#define SIGNALS 16u
#define PRESSURE 32u
#define KNOWN_FLAGS (CAREFUL | OBSERVE | FAULTS | COVER | SIGNALS | PRESSURE)
#define NAME_MOST 128
#define PROGRAM_MOST (64u << 20)
#define DESCRIPTORS 65536	/* for a program; the recorder keeps fewer */

enum { MAGIC_AT, VERSION_AT, LIMIT_AT, FLAGS_AT, COUNT_AT, PAUSES_AT, HEADER_WORDS };

_Atomic int32_t value_of[VARIABLES];
static const int32_t *program;
static const char *wrong;
static uint32_t words, wrong_at, flags;
static unsigned int threads;
static bool side_by_side;

/* Its memory stays as it is as long as the program runs. */
static void take(const int32_t *p, size_t bytes)
{
	program = p;
	words = (uint32_t)(bytes / 4);
	if (words < HEADER_WORDS)
		wrong = "it is too short for a program";
}

static void map(const char *name)
{
	const int32_t *taken;
	char path[200];
	struct stat st;
	size_t bytes;
	void *p;
	int fd;

	taken = job_file(name, &bytes);
	if (taken) {
		take(taken, bytes);
		return;
	}
	snprintf(path, sizeof(path), "/programs/%s", name);
	fd = __real_open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) || st.st_size < 4 * HEADER_WORDS) {
		wrong = "there is no such program";
		return;
	}
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	__real_close(fd);
	if (p == MAP_FAILED)
		wrong = "it cannot be mapped";
	else
		take(p, (size_t)st.st_size);
}

static const char *fault_of(const int32_t *op, uint32_t left)
{
	const struct op *row = op_of(code_of(op));
	uint32_t length = op[0] & 0xffff;

	if (!row)
		return "no op has that code";
	if (length != 1 + strlen(row->signature) || length > left)
		return "an op has the wrong length";
	if (thread_of(op) >= EXEC_THREADS)
		return "a program of data has one process and 8 threads at most";
	if (thread_of(op) > threads)
		threads = thread_of(op);
	for (uint32_t i = 1; i < length; i++)
		if (row->signature[i - 1] != 'n' && (op[i] < TRACE_NONE || op[i] >= VARIABLES))
			return "no variable has that number";
	return NULL;
}

/* All of it, so that nothing has to be looked at while it runs. */
static void check(void)
{
	uint32_t at = HEADER_WORDS;

	if (program[MAGIC_AT] != MAGIC || program[VERSION_AT] != VERSION)
		wrong = "it is no program of this version";
	else if (program[FLAGS_AT] & ~KNOWN_FLAGS)
		wrong = "it is to be run in a way that this executor does not know";
	for (int32_t i = 0; i < program[COUNT_AT] && !wrong; i++) {
		wrong = at < words ? fault_of(&program[at], words - at) : "it is cut off";
		wrong_at = (uint32_t)i;
		at += program[at] & 0xffff;
	}
	if (!wrong && threads && program[FLAGS_AT] & FAULTS)
		wrong = "allocations cannot be made to fail in several threads";
	if (!wrong && program[FLAGS_AT] & FAULTS && program[FLAGS_AT] & PRESSURE)
		wrong = "allocations fail one by one, or for want of memory, but not both";
	if (!wrong && threads && program[FLAGS_AT] & PRESSURE)
		wrong = "memory cannot be short for several threads";
	if (!wrong && threads && program[FLAGS_AT] & SIGNALS)
		wrong = "signals cannot be sent all the time to several threads";
}

/* Thousands of leaves have a timeline each. What may be open at most is no op's business: only root may raise it. */
static void limit_raise(void)
{
	struct rlimit now;

	getrlimit(RLIMIT_NOFILE, &now);
	if (now.rlim_max < DESCRIPTORS)
		now.rlim_max = DESCRIPTORS;
	__real_setrlimit(RLIMIT_NOFILE, &now);
}

static void limit(uint32_t descriptors)
{
	struct rlimit now;

	getrlimit(RLIMIT_NOFILE, &now);
	now.rlim_cur = descriptors;
	__real_setrlimit(RLIMIT_NOFILE, &now);
}

/* What no program changes. What is opened here was there before the program. */
static void prepare_any(void)
{
	for (int i = 0; i < VARIABLES; i++)
		value_of[i] = TRACE_NONE;
	place_make();
	leaves_make();
	interrupt_make();
	heap_open();
	trace_names_are_numbers();
	limit_raise();
}

/* Before anything is recorded. */
static void prepare_this(void)
{
	if (!program && !wrong)
		map(current_subtest());
	if (!wrong)
		check();
	if (wrong)
		return;
	flags = (uint32_t)program[FLAGS_AT];
	if (flags & COVER)
		cover_prepare();
	if (flags & FAULTS)
		faults_prepare();
	if (flags & PRESSURE)
		pressure_prepare();
	if (program[LIMIT_AT])
		limit((uint32_t)program[LIMIT_AT]);
}

static void prepare(void)
{
	prepare_any();
	prepare_this();
}

void try_op(uint32_t number, unsigned int code, const int32_t *args)
{
	const struct op *op = op_of(code);
	int ret;

	trace_tell(code, args);
	if (flags & COVER)
		cover_start();
	if (flags & FAULTS)
		ret = faults_try(code, op, args);
	else if (flags & PRESSURE)
		ret = pressure_try(code, op, args);
	else
		ret = op->fn(args);
	trace_tell(0, NULL);
	if (ret == REFUSED)
		fl_fail("op %u cannot be tried: %s: %s", number, op->name, refusal());
	if (ret >= 0 && op->signature[0] == 'V' && args[0] >= 0)
		value_of[args[0]] = ret;
	if (flags & OBSERVE && code != FL_OP_OBSERVE)
		observe_buffers(op, args, flags & CAREFUL && !side_by_side);
	if (flags & COVER)
		cover_stop(number);
}

/* What threads do side by side is told of when all have ended: to wait for the port is no race. */
static void run(void)
{
	const int32_t *at = program + HEADER_WORDS, *next, *end = program + words;
	uint32_t number = 0, count, ops;

	if (wrong)
		fl_fail("the program cannot be run: %s (op %u)", wrong, wrong_at);
	ops = (uint32_t)program[COUNT_AT];
	threads_make(threads, (uint32_t)program[PAUSES_AT]);
	if (flags & SIGNALS)
		interrupt_always();
	for (; number < ops; number += count, at = next) {
		next = at + (at[0] & 0xffff);
		count = 1;
		if (thread_of(at)) {
			while (number + count < ops && next < end && thread_of(next)) {
				next += next[0] & 0xffff;
				count++;
			}
			side_by_side = true;
			threads_run(at, next, number);
			side_by_side = false;
		} else {
			if (flags & CAREFUL)
				trace_entered(code_of(at), at + 1, (at[0] & 0xffff) - 1);
			try_op(number, code_of(at), at + 1);
		}
		if (flags & CAREFUL)
			trace_flush();
	}
	if (flags & FAULTS)
		faults_say();
	if (flags & PRESSURE)
		pressure_say();
}

bool program_name_is_good(const char *name)
{
	if (!isalnum((unsigned char)*name) || strlen(name) >= NAME_MOST)
		return false;
	while (isalnum((unsigned char)*name) || (*name && strchr(".+-", *name)))
		name++;
	return !*name;
}

/* The flags of a program, before there is a process for it. */
static uint32_t flags_of(const char *name)
{
	uint32_t header[HEADER_WORDS] = { 0 };
	const int32_t *taken;
	char path[200];
	size_t bytes;
	int fd;

	taken = job_file(name, &bytes);
	if (taken)
		return bytes >= sizeof(header) ? (uint32_t)taken[FLAGS_AT] : 0;

	snprintf(path, sizeof(path), "/programs/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (read(fd, header, sizeof(header)) != sizeof(header))
		header[FLAGS_AT] = 0;
	close(fd);
	return header[FLAGS_AT];
}

/* Once, in the parent: where the cards are is the same for all. */
static void cards_find_once(void)
{
	static bool found;

	if (!found)
		cards_find();
	found = true;
}

static const char purpose[] = "A program that is data.";

enum result program_run(const char *name, unsigned int limit_s, unsigned int limit_scale)
{
	uint32_t wanted = flags_of(name);
	struct subtest test = {
		.name = name, .run = run, .promises = "-",
		.purpose = purpose, .limit_s = limit_s,
		.flags = wanted & (FAULTS | PRESSURE) ? FL_FAULTS : 0,
	};
	struct suite suite = {
		.program = "run", .purpose = "programs that are data",
		.prepare = prepare, .subtests = &test, .count = 1,
	};

	cards_find_once();
	if (wanted & COVER)
		cover_make();
	return run_subtest(&suite, &test, limit_scale);
}

/* What the host sends first; a program's name and the program follow, or the lines of a job. */
struct sent {
	uint32_t magic;
	uint32_t kind;
	uint32_t limit_s, limit_scale;
	uint32_t name_bytes, bytes;
};

#define SENT_MAGIC 0x4a544c46u	/* "FLTJ" */
#define SENT_PROGRAM 1u		/* 0: lines */

/* False: it is not for this process, which reads no further. */
static bool can_be_taken(const struct sent *sent)
{
	return sent->magic == SENT_MAGIC && sent->kind == SENT_PROGRAM &&
	       sent->name_bytes < NAME_MOST && sent->bytes <= PROGRAM_MOST;
}

static bool find_sent(struct subtest *test, unsigned int *limit_scale, void *arg)
{
	static char name[NAME_MOST];
	const int *port = arg;
	struct sent sent;
	int32_t *data;

	prepare_any();
	touch_memory();
	job_port_wait(*port);
	if (!job_port_read(*port, &sent, sizeof(sent)) || !can_be_taken(&sent))
		return false;
	data = malloc(sent.bytes);
	if (!data || !job_port_read(*port, name, sent.name_bytes) ||
	    !job_port_read(*port, data, sent.bytes) || !program_name_is_good(name))
		return false;
	take(data, sent.bytes);
	*limit_scale = sent.limit_scale;
	*test = (struct subtest){
		.name = name, .run = run, .promises = "-", .purpose = purpose, .limit_s = sent.limit_s,
		.flags = !wrong && program[FLAGS_AT] & (FAULTS | PRESSURE) ? FL_FAULTS : 0,
	};
	return true;
}

enum ahead program_run_ahead(int port, enum result *r)
{
	static const struct suite suite = {
		.program = "run", .purpose = "programs that are data", .prepare = prepare_this,
	};

	cards_find_once();
	cover_make();
	return run_ahead(&suite, find_sent, &port, r);
}
