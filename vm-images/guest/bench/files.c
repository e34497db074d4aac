// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "../runtime/runtime.h"
#include "files.h"

void require_tracing(void)
{
	mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
	require_file(TRACING "tracing_on", "CONFIG_FTRACE");
}

void require_file(const char *path, const char *option)
{
	if (access(path, F_OK) != 0)
		fl_skip("this kernel has no %s (%s)", path, option);
}

void put_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	CHECK_MSG(fd >= 0, "opening %s: %s", path, fl_errname(errno));
	CHECK_MSG(write(fd, text, strlen(text)) == (ssize_t)strlen(text), "writing %s to %s: %s", text,
		  path, fl_errname(errno));
	close(fd);
}

const char *get_text(const char *path)
{
	static char *text;
	static size_t room;
	size_t used = 0;
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	CHECK_MSG(fd >= 0, "opening %s: %s", path, fl_errname(errno));
	do {
		if (room - used < 65536) {
			room = 2 * room + 65536;
			text = realloc(text, room);
			CHECK(text);
		}
		got = read(fd, text + used, room - used - 1);
		CHECK_MSG(got >= 0, "reading %s: %s", path, fl_errname(errno));
		used += (size_t)got;
	} while (got > 0);
	text[used] = '\0';
	close(fd);
	return text;
}
