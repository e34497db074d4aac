// SPDX-License-Identifier: GPL-2.0-only
/* `plan`: every subtest on one line, for the harness; needs no device. */
#include <stdio.h>

#include "internal.h"

static const char *flag_names(unsigned int flags)
{
	static char buf[32];

	snprintf(buf, sizeof(buf), "%s%s%s%s%s", flags & FL_SLOW ? ",slow" : "",
		 flags & FL_VIRGL ? ",virgl" : "", flags & FL_FAULTS ? ",faults" : "",
		 flags & FL_FATAL ? ",fatal" : "", flags & FL_SMP ? ",smp" : "");
	return flags ? buf + 1 : "-";
}

static bool print_suite(const struct suite *suite, void *arg)
{
	const bool *hidden = arg;

	if (suite->hidden != *hidden)
		return true;
	for (size_t i = 0; i < suite->count; i++) {
		const struct subtest *t = &suite->subtests[i];

		printf("%s\t%s\t%s\t%u\t%s\t%s\n", suite->program, t->name, flag_names(t->flags),
		       t->limit_s ? t->limit_s : FL_LIMIT_S, t->promises, t->purpose);
	}
	return true;
}

int plan_main(int argc, char **argv)
{
	bool hidden = argc == 2 && strcmp(argv[1], "--selftest") == 0;

	if (argc > 1 && !hidden) {
		fprintf(stderr, "plan takes no argument but --selftest, not \"%s\".\n", argv[1]);
		return FL_USAGE;
	}
	for_each_suite(print_suite, &hidden);
	return FL_PASS;
}
