// SPDX-License-Identifier: GPL-2.0-only
/* The rest of a job, and its programs, from the host: clones of one guest differ in nothing else. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

#define JOB_PORT "fencelab.job"
#define PROGRAMS "/programs"
#define FILE_MOST (64u << 20)

/* read(2) says "end of file" while nobody holds the other end of the port. */
static void wait_for_host(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (poll(&p, 1, -1) >= 0 && p.revents & POLLHUP && !(p.revents & POLLIN))
		fl_sleep_ms(1);
}

/* Descriptors are handed out from the lowest: without its folder open beside it the port gets a lower one. */
static int lowered(int fd)
{
	int lower = dup(fd);

	close(fd);
	return lower;
}

FILE *job_port_open(void)
{
	int fd = port_open_once(JOB_PORT, O_RDONLY);

	for (int tries = 0; fd == -EAGAIN && tries < 40; tries++) {
		fl_sleep_ms(5);
		fd = port_open_once(JOB_PORT, O_RDONLY);
	}
	if (fd < 0)
		return NULL;
	fd = lowered(fd);
	report_ready();
	wait_for_host(fd);
	return fdopen(fd, "r");
}

bool job_file_take(FILE *job, const char *name, unsigned int bytes)
{
	char path[300], chunk[4096];
	FILE *to;
	bool good;

	if (bytes > FILE_MOST)
		return false;
	mkdir(PROGRAMS, 0755);
	snprintf(path, sizeof(path), PROGRAMS "/%s", name);
	to = fopen(path, "we");
	if (!to)
		return false;
	while (bytes) {
		size_t n = fread(chunk, 1, bytes < sizeof(chunk) ? bytes : sizeof(chunk), job);

		if (!n || fwrite(chunk, 1, n, to) != n)
			break;
		bytes -= (unsigned int)n;
	}
	good = !bytes;
	return fclose(to) == 0 && good;
}
