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

#include "internal.h"

#define PORT_NAME "fencelab.results"

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

static bool port_is_ours(const char *entry)
{
	char path[300], name[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", entry);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (fgets(name, sizeof(name), f))
		name[strcspn(name, "\n")] = '\0';
	fclose(f);
	return strcmp(name, PORT_NAME) == 0;
}

/* The port's name arrives in a control message of its own, some time after the device. */
static int port_open_once(void)
{
	DIR *dir = opendir("/sys/class/virtio-ports");
	struct dirent *e;
	char path[300];
	int fd = -1;

	if (!dir)
		return -1;
	while (fd < 0 && (e = readdir(dir))) {
		if (!port_is_ours(e->d_name))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", e->d_name);
		fd = open(path, O_WRONLY | O_CLOEXEC);
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
	int fd = port_open_once();

	for (int tries = 0; fd < 0 && tries < 200 && have_ports(); tries++) {
		fl_sleep_ms(5);
		fd = port_open_once();
	}
	return fd >= 0 ? fd : STDOUT_FILENO;
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
	report_hello();
	devices_report();
	run_job("/job");
}
