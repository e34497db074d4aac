// SPDX-License-Identifier: GPL-2.0-only
/* A program that is data: `/programs/NAME`, as a subtest of the program "run". */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "../runtime/internal.h"
#include "../trace/real.h"
#include "exec.h"
#include "program.h"

#define MAGIC 0x50544c46u	/* "FLTP" */
#define VERSION 1
#define CAREFUL 1u
#define OBSERVE 2u
#define NAME_MOST 128

enum { MAGIC_AT, VERSION_AT, LIMIT_AT, FLAGS_AT, COUNT_AT, HEADER_WORDS };

int32_t value_of[VARIABLES];
static const int32_t *program;
static const char *wrong;
static uint32_t words, wrong_at;

static void map(const char *name)
{
	char path[200];
	struct stat st;
	void *p;
	int fd;

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
	program = p;
	words = (uint32_t)(st.st_size / 4);
}

static const char *fault_of(const int32_t *op, uint32_t left)
{
	const struct op *row = op_of((uint32_t)op[0] >> 16 & 0xff);
	uint32_t length = op[0] & 0xffff;

	if (!row)
		return "no op has that code";
	if (length != 1 + strlen(row->signature) || length > left)
		return "an op has the wrong length";
	if ((uint32_t)op[0] >> 24)
		return "a program of data has one process and one thread";
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
	for (int32_t i = 0; i < program[COUNT_AT] && !wrong; i++) {
		wrong = at < words ? fault_of(&program[at], words - at) : "it is cut off";
		wrong_at = (uint32_t)i;
		at += program[at] & 0xffff;
	}
}

static void limit(uint32_t descriptors)
{
	struct rlimit now;

	getrlimit(RLIMIT_NOFILE, &now);
	now.rlim_cur = descriptors;
	__real_setrlimit(RLIMIT_NOFILE, &now);
}

/* Before anything is recorded: what it opens here was there before the program. */
static void prepare(void)
{
	map(current_subtest());
	if (!wrong)
		check();
	for (int i = 0; i < VARIABLES; i++)
		value_of[i] = TRACE_NONE;
	place_make();
	interrupt_make();
	cards_find();
	heap_open();
	trace_names_are_numbers();
	if (!wrong && program[LIMIT_AT])
		limit((uint32_t)program[LIMIT_AT]);
}

static void try(uint32_t number, unsigned int code, const struct op *op, const int32_t *args,
		bool careful)
{
	int ret;

	if (careful)
		trace_entered(code, args, (unsigned int)strlen(op->signature));
	trace_tell(code, args);
	ret = op->fn(args);
	trace_tell(0, NULL);
	if (ret == REFUSED)
		fl_fail("op %u cannot be tried: %s: %s", number, op->name, refusal());
	if (ret >= 0 && op->signature[0] == 'V' && args[0] >= 0)
		value_of[args[0]] = ret;
}

static bool is_buffer(char type, int32_t variable)
{
	return type != 'n' && variable >= FL_VARIABLE_B &&
	       variable < FL_VARIABLE_B + FL_VARIABLES_EACH && value_of[variable] >= 0;
}

static void observe(uint32_t number, const struct op *op, const int32_t *args, bool careful)
{
	for (int i = 0; op->signature[i]; i++)
		if (is_buffer(op->signature[i], args[i]))
			try(number, FL_OP_OBSERVE, op_of(FL_OP_OBSERVE), &args[i], careful);
}

static void run(void)
{
	const int32_t *at = program + HEADER_WORDS;
	bool careful, observes;

	if (wrong)
		fl_fail("the program cannot be run: %s (op %u)", wrong, wrong_at);
	careful = program[FLAGS_AT] & CAREFUL;
	observes = program[FLAGS_AT] & OBSERVE;
	for (uint32_t i = 0; i < (uint32_t)program[COUNT_AT]; i++, at += at[0] & 0xffff) {
		unsigned int code = at[0] >> 16 & 0xff;
		const struct op *op = op_of(code);

		try(i, code, op, at + 1, careful);
		if (observes && code != FL_OP_OBSERVE)
			observe(i, op, at + 1, careful);
		if (careful)
			trace_flush();
	}
}

bool program_name_is_good(const char *name)
{
	if (!isalnum((unsigned char)*name) || strlen(name) >= NAME_MOST)
		return false;
	while (isalnum((unsigned char)*name) || (*name && strchr(".+-", *name)))
		name++;
	return !*name;
}

enum result program_run(const char *name, unsigned int limit_s, unsigned int limit_scale)
{
	struct subtest test = {
		.name = name, .run = run, .promises = "-",
		.purpose = "A program that is data.", .limit_s = limit_s,
	};
	struct suite suite = {
		.program = "run", .purpose = "programs that are data",
		.prepare = prepare, .subtests = &test, .count = 1,
	};

	return run_subtest(&suite, &test, limit_scale);
}
