// SPDX-License-Identifier: GPL-2.0-only
/* The rest of a job, and its programs, from the host: clones of one guest differ in nothing else. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "internal.h"

#define JOB_PORT "fencelab.job"
#define FILE_MOST (64u << 20)
/* What a boot leaves for later (freeing after a grace period, mostly) is over by then: each clone would do it again. */
#define SETTLE_MS 200

/*
 * read(2) says "end of file" while nobody holds the other end of the port. To
 * look again and again spares a clone the way into and out of the idle loop.
 */
static void wait_for_host(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (poll(&p, 1, 0) >= 0 && !(p.revents & POLLIN))
		if (p.revents & POLLHUP)
			fl_sleep_ms(1);
}

/* Descriptors are handed out from the lowest: without its folder open beside it the port gets a lower one. */
static int lowered(int fd)
{
	int lower = dup(fd);

	close(fd);
	return lower;
}

int job_port_open(void)
{
	int fd = port_open_once(JOB_PORT, O_RDONLY);

	for (int tries = 0; fd == -EAGAIN && tries < 40; tries++) {
		fl_sleep_ms(5);
		fd = port_open_once(JOB_PORT, O_RDONLY);
	}
	return fd < 0 ? -1 : lowered(fd);
}

/* A clone translates all code that it runs anew, so what need not be done after this is done before it. */
void job_port_wait(int port)
{
	fl_sleep_ms(SETTLE_MS);
	report_ready();
	wait_for_host(port);
}

bool job_port_read(int port, void *to, size_t bytes)
{
	while (bytes) {
		ssize_t got = read(port, to, bytes);

		if (got <= 0)
			return false;
		to = (char *)to + got;
		bytes -= (size_t)got;
	}
	return true;
}

static struct taken {
	struct taken *next;
	const char *name;
	unsigned int bytes;
	int32_t words[];
} *taken;

bool job_file_take(FILE *job, const char *name, unsigned int bytes)
{
	struct taken *file = bytes <= FILE_MOST ? malloc(sizeof(*file) + bytes) : NULL;

	if (!file)
		return false;
	*file = (struct taken){ .next = taken, .name = strdup(name), .bytes = bytes };
	if (!file->name || fread(file->words, 1, bytes, job) != bytes)
		return false;
	taken = file;
	return true;
}

const int32_t *job_file(const char *name, size_t *bytes)
{
	for (const struct taken *file = taken; file; file = file->next) {
		*bytes = file->bytes;
		if (strcmp(file->name, name) == 0)
			return file->words;
	}
	return NULL;
}
