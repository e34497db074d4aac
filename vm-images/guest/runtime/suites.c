// SPDX-License-Identifier: GPL-2.0-only
/* The suites of all files, collected by the linker. */
#include "internal.h"

extern const struct suite *const __start_fl_suites[];
extern const struct suite *const __stop_fl_suites[];

void for_each_suite(suite_fn fn, void *arg)
{
	for (const struct suite *const *s = __start_fl_suites; s < __stop_fl_suites; s++)
		if (!fn(*s, arg))
			return;
}

struct query {
	const char *program;
	bool found;
	const char *purpose;
};

static bool match(const struct suite *suite, void *arg)
{
	struct query *q = arg;

	if (strcmp(suite->program, q->program) != 0)
		return true;
	q->found = true;
	if (suite->purpose)
		q->purpose = suite->purpose;
	return !q->purpose;
}

bool is_program(const char *name)
{
	struct query q = { .program = name };

	for_each_suite(match, &q);
	return q.found;
}

const char *program_purpose(const char *name)
{
	struct query q = { .program = name };

	for_each_suite(match, &q);
	return q.purpose ? q.purpose : "";
}
