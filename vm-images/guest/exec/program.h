/* SPDX-License-Identifier: GPL-2.0-only */
/* Running a program that is data, for the job. */
#ifndef FL_PROGRAM_H
#define FL_PROGRAM_H

#include <stdbool.h>

#include "../runtime/internal.h"

/* [A-Za-z0-9][A-Za-z0-9.+-]*: a subtest's name that is a file's as well. */
bool program_name_is_good(const char *name);
/* As the subtest run@NAME; limit_s 0 is FL_LIMIT_S. */
enum result program_run(const char *name, unsigned int limit_s, unsigned int limit_scale);
/*
 * A program whose process is there, and ready for it, before the host sends it: see run_ahead(). AHEAD_NOTHING if the host
 * sends something else: the lines of a job, which are still to be read.
 */
enum ahead program_run_ahead(int port, enum result *r);

#endif
