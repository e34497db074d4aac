// SPDX-License-Identifier: GPL-2.0-only
/* `PROGRAM [options]`: one program by hand, the way igt's programs are run. */
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>

#include "../trace/trace.h"
#include "internal.h"

#define GLOBS_MAX 32

struct run {
	const char *program;
	const char *globs[GLOBS_MAX];
	int nglobs;
	enum { RUN, LIST, DESCRIBE } mode;
	int ran, passed, failed, hung;
};

static bool wanted(const struct run *run, const char *name)
{
	for (int i = 0; i < run->nglobs; i++)
		if (fnmatch(run->globs[i], name, 0) == 0)
			return true;
	return run->nglobs == 0;
}

static void one(struct run *run, const struct suite *suite, const struct subtest *t)
{
	enum result r;

	switch (run->mode) {
	case LIST:
		puts(t->name);
		return;
	case DESCRIBE:
		printf("%s: %s [%s]\n", t->name, t->purpose, t->promises);
		return;
	case RUN:
		break;
	}
	r = run_subtest(suite, t, 1);
	if (r == RESULT_PASS)
		run->passed++;
	else if (r != RESULT_SKIP)
		run->failed++;
	run->hung += r == RESULT_HUNG;
}

static bool each(const struct suite *suite, void *arg)
{
	struct run *run = arg;

	if (strcmp(suite->program, run->program) != 0)
		return true;
	for (size_t i = 0; i < suite->count && !run->hung; i++) {
		if (!wanted(run, suite->subtests[i].name))
			continue;
		run->ran++;
		one(run, suite, &suite->subtests[i]);
	}
	return !run->hung;
}

static int usage(const char *program, int code)
{
	fprintf(code ? stderr : stdout,
		"%s: %s\n"
		"usage: %s [--list-subtests] [--describe[=GLOB]] [--run-subtest GLOB]... [--trace FILE] [--help]\n"
		"exit:  0 passed, 77 all skipped, 79 bad usage, 98 something failed\n",
		program, program_purpose(program), program);
	return code;
}

static bool add_glob(struct run *run, const char *glob)
{
	if (!glob || !*glob || run->nglobs == GLOBS_MAX)
		return false;
	run->globs[run->nglobs++] = glob;
	return true;
}

/* What a guest sends to its trace port. */
static bool trace_into(const char *path)
{
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;

	if (fd < 0)
		return false;
	trace_to(fd);
	return true;
}

int program_main(const char *program, int argc, char **argv)
{
	struct run run = { .program = program };

	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];
		bool ok = true;

		if (strcmp(a, "--help") == 0)
			return usage(program, FL_PASS);
		if (strcmp(a, "--list-subtests") == 0)
			run.mode = LIST;
		else if (strcmp(a, "--describe") == 0)
			run.mode = DESCRIBE;
		else if (strncmp(a, "--describe=", 11) == 0)
			run.mode = DESCRIBE, ok = add_glob(&run, a + 11);
		else if (strcmp(a, "--run-subtest") == 0)
			ok = add_glob(&run, i + 1 < argc ? argv[++i] : NULL);
		else if (strncmp(a, "--run-subtest=", 14) == 0)
			ok = add_glob(&run, a + 14);
		else if (strcmp(a, "--trace") == 0)
			ok = trace_into(i + 1 < argc ? argv[++i] : NULL);
		else
			ok = false;
		if (!ok) {
			fprintf(stderr, "%s: cannot use argument \"%s\".\n", program, a);
			return usage(program, FL_USAGE);
		}
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	for_each_suite(each, &run);
	if (!run.ran) {
		fprintf(stderr, "%s: no subtest has a name like that; --list-subtests shows all.\n",
			program);
		return FL_USAGE;
	}
	if (run.mode != RUN)
		return FL_PASS;
	if (run.failed)
		return FL_FAIL;
	return run.passed ? FL_PASS : FL_SKIP;
}
