// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../runtime/runtime.h"
#include "fds.h"

static struct rlimit before;

unsigned int fd_count(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;
	struct dirent *e;

	CHECK(dir);
	while ((e = readdir(dir)))
		n += e->d_name[0] != '.';
	closedir(dir);
	return n - 1;	/* without the directory's own */
}

bool fd_is_cloexec(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	CHECK(flags >= 0);
	return flags & FD_CLOEXEC;
}

void fds_exhaust(void)
{
	int lowest = fcntl(0, F_DUPFD, 0);
	struct rlimit none;

	CHECK(lowest >= 0);
	close(lowest);
	CHECK_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){ .rlim_cur = (rlim_t)lowest, .rlim_max = before.rlim_max };
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
}

void fds_restore(void)
{
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}
