// SPDX-License-Identifier: GPL-2.0-only
/* fencelab-guest: one static binary, init of the guest and all test programs. */
#include <stdio.h>
#include <unistd.h>

#include "runtime/internal.h"

static bool last_program(const struct suite *suite, void *arg)
{
	const char **last = arg;

	if (*last && strcmp(*last, suite->program) == 0)
		return true;
	*last = suite->program;
	if (suite->hidden)
		return true;
	printf("  %-14s %s\n", suite->program, program_purpose(suite->program));
	return true;
}

static int usage(int code)
{
	const char *last = NULL;

	puts("usage: fencelab-guest plan [--selftest]\n"
	     "       fencelab-guest PROGRAM [--help]\n"
	     "programs:");
	for_each_suite(last_program, &last);
	return code;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');

	name = name ? name + 1 : argv[0];
	if (getpid() == 1)
		init_main();
	if (is_program(name))
		return program_main(name, argc, argv);
	if (argc < 2)
		return usage(FL_USAGE);
	if (strcmp(argv[1], "--help") == 0)
		return usage(FL_PASS);
	if (strcmp(argv[1], "plan") == 0)
		return plan_main(argc - 1, argv + 1);
	if (is_program(argv[1]))
		return program_main(argv[1], argc - 1, argv + 1);
	fprintf(stderr, "fencelab-guest: there is no program \"%s\".\n", argv[1]);
	return usage(FL_USAGE);
}
