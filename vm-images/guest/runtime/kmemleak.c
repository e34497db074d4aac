// SPDX-License-Identifier: GPL-2.0-only
/* Lets kmemleak report, between programs, what their processes leaked. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "internal.h"

/* kmemleak does not look at younger objects (jiffies_min_age in mm/kmemleak.c). */
#define MIN_AGE_MS 5500

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text, strlen(text)) > 0;
	close(fd);
	return ok;
}

/*
 * The first scan only takes checksums; an object is a suspect when the second
 * finds it unreferenced and unchanged. Verbose puts each one, with the pid
 * that allocated it, into the log.
 */
void kmemleak_settle(const char *program)
{
	kmsg("kmemleak %s", program);
	write_file("/sys/module/kmemleak/parameters/verbose", "1");
	fl_sleep_ms(MIN_AGE_MS);
	for (int i = 0; i < 2; i++)
		if (!write_file("/sys/kernel/debug/kmemleak", "scan"))
			kmsg("kmemleak scan was refused");
	kmsg("kmemleak %s done", program);
}
