// SPDX-License-Identifier: GPL-2.0-only
/* /job: what the host wants run, in which order. */
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../exec/cover.h"
#include "../exec/program.h"
#include "internal.h"

static struct job {
	unsigned int limit_scale;
	bool kmemleak;
	unsigned int count;		/* subtests run */
	const char *program, *glob;	/* the run line at hand */
	unsigned int matched;
} job = { .limit_scale = 1 };

static _Noreturn void stay(void)
{
	for (;;)
		pause();
}

static _Noreturn void fatal(const char *what, const char *text)
{
	char line[300];

	snprintf(line, sizeof(line), "%s: %s", what, text);
	report_fatal(line);
	kmsg("fatal %s", line);
	stay();
}

static void sysrq(const char *key)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, key, 1) < 0)
		kmsg("sysrq %s was refused", key);
	close(fd);
}

/* Why it hangs goes to the log; what a stuck task holds makes more tests worthless. */
static void stay_if_hung(enum result r)
{
	if (r != RESULT_HUNG)
		return;
	sysrq("w");
	sysrq("l");
	stay();
}

static bool run_suite(const struct suite *suite, void *arg)
{
	(void)arg;
	if (strcmp(suite->program, job.program) != 0)
		return true;
	for (size_t i = 0; i < suite->count; i++) {
		const struct subtest *t = &suite->subtests[i];

		if (fnmatch(job.glob, t->name, 0) != 0)
			continue;
		job.matched++;
		job.count++;
		stay_if_hung(run_subtest(suite, t, job.limit_scale));
	}
	return true;
}

static unsigned int number_of(const char *line, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (end == text || *end || n > 1000)
		fatal("/job wants a number up to 1000", line);
	return (unsigned int)n;
}

static void directive(char *line)
{
	char whole[200];
	char *word, *first, *second, *save;

	snprintf(whole, sizeof(whole), "%s", line);
	word = strtok_r(line, " \t", &save);
	if (!word || *word == '#')
		return;
	first = strtok_r(NULL, " \t", &save);
	second = first ? strtok_r(NULL, " \t", &save) : NULL;
	if (strcmp(word, "limit-scale") == 0 && first && !second) {
		job.limit_scale = number_of(whole, first);
	} else if (strcmp(word, "kmemleak") == 0 && first && !second) {
		job.kmemleak = number_of(whole, first) != 0;
	} else if (strcmp(word, "cover") == 0 && !first) {
		cover_all();
	} else if (strcmp(word, "run") == 0 && second && !strtok_r(NULL, " \t", &save)) {
		job.program = first;
		job.glob = second;
		job.matched = 0;
		for_each_suite(run_suite, NULL);
		if (!job.matched)
			fatal("/job asks for a subtest that does not exist", whole);
	} else if (strcmp(word, "program") == 0 && first && !strtok_r(NULL, " \t", &save)) {
		if (!program_name_is_good(first))
			fatal("/job has a program whose name cannot be one", whole);
		job.count++;
		stay_if_hung(program_run(first, second ? number_of(whole, second) : 0,
					 job.limit_scale));
	} else {
		fatal("/job has a line that means nothing", whole);
	}
}

/* A program may fill many run lines; its leaks are looked for after the last in a row. */
static void settle_if_left(const char *line, char *program, size_t size)
{
	char next[64] = "", data[64];

	if (line && sscanf(line, " program %63s", data) == 1)
		snprintf(next, sizeof(next), "run");
	else if (line && sscanf(line, " run %63s", next) != 1)
		return;
	if (*program && strcmp(program, next) != 0)
		kmemleak_settle(program);
	snprintf(program, size, "%s", next);
}

/*
 * "more": what comes after this line is sent by the host, later. The snapshot
 * of a guest is taken here, so the port takes the descriptor that /job had.
 * NULL: it was one program, and that has run.
 */
static FILE *more(FILE *f)
{
	enum result r;
	int port;

	fclose(f);
	port = job_port_open();
	if (port < 0)
		fatal("more", "there is no port that it could come from");
	switch (program_run_ahead(port, &r)) {
	case AHEAD_RAN:
		job.count++;
		stay_if_hung(r);
		return NULL;
	case AHEAD_FAILED:
		fatal("more", "the process that waited for a program has ended");
	case AHEAD_NOTHING:
		break;
	}
	f = fdopen(port, "r");
	if (!f)
		fatal("more", "no memory");
	return f;
}

static bool takes_file(const char *line, FILE *f)
{
	char name[200];
	unsigned int bytes;

	if (sscanf(line, "file %199s %u", name, &bytes) != 2)
		return false;
	if (!program_name_is_good(name) || !job_file_take(f, name, bytes))
		fatal("the job has a file that cannot be taken", line);
	return true;
}

_Noreturn void run_job(const char *path)
{
	char line[512], program[64] = "";
	FILE *f = fopen(path, "re");

	if (!f)
		fatal(path, "there is no job");
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (strcmp(line, "end") == 0)
			break;
		if (strcmp(line, "more") == 0) {
			f = more(f);
			if (!f)
				break;
			continue;
		}
		if (takes_file(line, f))
			continue;
		if (job.kmemleak)
			settle_if_left(line, program, sizeof(program));
		directive(line);
	}
	if (job.kmemleak)
		settle_if_left(NULL, program, sizeof(program));
	if (f)
		fclose(f);
	report_done(job.count);
	kmsg("done");
	stay();
}
