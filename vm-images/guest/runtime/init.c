// SPDX-License-Identifier: GPL-2.0-only
/* PID 1 of the guest: mount what tests need, find the results port, run the job, stay. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../trace/trace.h"
#include "internal.h"

#define RESULTS_PORT "fencelab.results"
#define TRACE_PORT "fencelab.trace"

static void mount_one(const char *type, const char *where)
{
	mkdir(where, 0755);
	/* Absent debugfs and the like show up as missing devices, by name. */
	mount(type, where, type, 0, NULL);
}

static void console_open(void)
{
	int fd = open("/dev/console", O_RDWR);

	if (fd < 0)
		return;
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
}

/* "" while the name has not come. */
static void port_name(const char *entry, char name[64])
{
	char path[300];
	FILE *f;

	name[0] = '\0';
	snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", entry);
	f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(name, 64, f))
		name[strcspn(name, "\n")] = '\0';
	fclose(f);
}

/*
 * A port's name arrives in a control message of its own, some time after the
 * device. -1: there is none of that name; -EAGAIN: one has no name yet.
 */
int port_open_once(const char *wanted, int flags)
{
	DIR *dir = opendir("/sys/class/virtio-ports");
	struct dirent *e;
	char path[300], name[64];
	int fd = -1;

	if (!dir)
		return -1;
	while (fd < 0 && (e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		port_name(e->d_name, name);
		if (!name[0])
			fd = -EAGAIN;
		if (strcmp(name, wanted) != 0)
			continue;
		snprintf(path, sizeof(path), "/dev/%s", e->d_name);
		fd = open(path, flags | O_CLOEXEC);
	}
	closedir(dir);
	return fd;
}

static bool have_ports(void)
{
	DIR *dir = opendir("/sys/bus/virtio/drivers/virtio_console");
	struct dirent *e;
	bool found = false;

	if (!dir)
		return false;
	while ((e = readdir(dir)))
		found |= strncmp(e->d_name, "virtio", 6) == 0;
	closedir(dir);
	return found;
}

static int results_open(void)
{
	int fd = port_open_once(RESULTS_PORT, O_WRONLY);

	for (int tries = 0; fd < 0 && tries < 200 && have_ports(); tries++) {
		fl_sleep_ms(5);
		fd = port_open_once(RESULTS_PORT, O_WRONLY);
	}
	return fd >= 0 ? fd : STDOUT_FILENO;
}

/* All ports were there before the first had its name: this one is there by now, or never. */
static void trace_open(void)
{
	int fd = port_open_once(TRACE_PORT, O_WRONLY);

	for (int tries = 0; fd == -EAGAIN && tries < 40; tries++) {
		fl_sleep_ms(5);
		fd = port_open_once(TRACE_PORT, O_WRONLY);
	}
	if (fd >= 0)
		trace_to(fd);
}

_Noreturn void init_main(void)
{
	struct rlimit core = { 0, 0 };

	mount_one("devtmpfs", "/dev");
	console_open();
	mount_one("proc", "/proc");
	mount_one("sysfs", "/sys");
	mount_one("debugfs", "/sys/kernel/debug");
	mount_one("tmpfs", "/tmp");
	setrlimit(RLIMIT_CORE, &core);
	kmsg_open();
	report_to(results_open(), REPORT_PROTOCOL);
	trace_open();
	report_hello();
	devices_report();
	traits_report();
	run_job("/job");
}
