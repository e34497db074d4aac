// SPDX-License-Identifier: GPL-2.0-only
/* Markers in the kernel log, so that the host can tell which subtest a splat belongs to. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "internal.h"

static int log_fd = -1;

void kmsg_open(void)
{
	log_fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
}

/* Says nothing where nobody opened the log: by hand, on somebody's own machine. */
void kmsg(const char *fmt, ...)
{
	char line[320];
	va_list ap;
	int len;

	if (log_fd < 0)
		return;
	va_start(ap, fmt);
	len = snprintf(line, sizeof(line), "<5>fencelab: ");
	len += vsnprintf(line + len, sizeof(line) - (size_t)len, fmt, ap);
	va_end(ap);
	if (len > (int)sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';	/* without it the kernel waits for more before it prints */
	if (write(log_fd, line, (size_t)len) < 0) {
		/* The results channel still tells the host where we are. */
	}
}
