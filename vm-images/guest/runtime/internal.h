/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the runtime know of each other. Tests do not include this. */
#ifndef FL_INTERNAL_H
#define FL_INTERNAL_H

#include <stdatomic.h>
#include <stdio.h>

#include "runtime.h"

enum result { RESULT_PASS, RESULT_FAIL, RESULT_SKIP, RESULT_TIMEOUT, RESULT_CRASH, RESULT_HUNG };

const char *result_name(enum result r);

/* ---- suites.c: the tables of all programs ---- */

/* Calls fn for each suite in link order; stops when it returns false. */
typedef bool (*suite_fn)(const struct suite *suite, void *arg);
void for_each_suite(suite_fn fn, void *arg);
bool is_program(const char *name);
const char *program_purpose(const char *name);

/* ---- report.c: where lines go ---- */

enum report_form { REPORT_HUMAN, REPORT_PROTOCOL };

void report_to(int fd, enum report_form form);
void report_hello(void);
void report_fatal(const char *text);
void report_device(const char *name, const char *path, const char *text);
void report_trait(const char *name, const char *value);
void report_start(const char *program, const char *subtest, pid_t pid);
void report_note(const char *text);
void report_fail(const char *file, int line, const char *text);
void report_skip(const char *text);
void report_end(const char *program, const char *subtest, enum result r, long long us);
void report_hung(const char *program, const char *subtest);
void report_done(unsigned int count);
void report_ready(void);

/* ---- kmsg.c: markers in the kernel log, only where we are PID 1 ---- */

void kmsg_open(void);
void kmsg(const char *fmt, ...) FL_PRINTF(1, 2);

/* ---- subtest.c ---- */

#define FL_NAME_MAX 160

/* Shared by a subtest's process and its parent, so that a kill loses nothing. */
struct progress {
	atomic_int broken;		/* findings so far */
	atomic_int ran, skipped;	/* dynamic subtests */
	char dynamic[FL_NAME_MAX];	/* "subtest@name" while one runs, else "" */
	long long dynamic_start;
	pid_t dynamic_pid;
	struct {
		atomic_bool found;	/* all below is there */
		char name[FL_NAME_MAX];
		unsigned int limit_s;
		long long started;
	} ahead;			/* of a process that was there before its subtest */
};

extern struct progress *progress;

enum result run_subtest(const struct suite *suite, const struct subtest *test,
			unsigned int limit_scale);

/* Waits, in the process that will run it, until there is a subtest. False: there is none, or not for this process. */
typedef bool (*find_fn)(struct subtest *test, unsigned int *limit_scale, void *arg);
enum ahead { AHEAD_RAN, AHEAD_NOTHING, AHEAD_FAILED };
/*
 * As run_subtest(), but the process is forked first and finds its subtest then: a guest that is saved in between need not
 * do again in each clone what comes before.
 */
enum ahead run_ahead(const struct suite *suite, find_fn find, void *arg, enum result *r);
/* Of this process, what it will write to: a first touch is a fault, which is a clone's to pay. */
void touch_memory(void);
const char *current_program(void);
const char *current_subtest(void);

/* ---- end.c: leaving a subtest's process ---- */

void undo_reset(void);
_Noreturn void end_process(int code);
bool process_failed(void);
void process_forget_failures(void);

/* ---- the commands ---- */

int plan_main(int argc, char **argv);
int program_main(const char *program, int argc, char **argv);
_Noreturn void init_main(void);
_Noreturn void run_job(const char *path);
/* A port of virtio-serial by its name: -1 if there is none, -EAGAIN if one has no name yet. */
int port_open_once(const char *wanted, int flags);
/* The port fencelab.job, on which the host sends the rest of a job; -1 if there is none. */
int job_port_open(void);
/* Says that the guest is ready to be saved, and waits until the host sends something. */
void job_port_wait(int port);
/* False: the port ended before. */
bool job_port_read(int port, void *to, size_t bytes);
/* "file NAME BYTES" of a job: the bytes that follow are what /programs/NAME is otherwise. */
bool job_file_take(FILE *job, const char *name, unsigned int bytes);
/* The last that was taken by that name, and how long it is; NULL if none was. */
const int32_t *job_file(const char *name, size_t *bytes);
void devices_report(void);
void traits_report(void);
void kmemleak_settle(const char *program);

#endif
