// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5.10 without the series: MERGE of two fences of one timeline keeps the one
 * that signalled more than 2^31 steps ago and
 * loses the pending one (sync_file.c:232 compares seqnos before it looks who
 * has signalled).
 *
 * Results are compared with what is right on: Linux 6.1: usage classes,
 * upstream EXPORT and IMPORT.
 *
 * The program, one call of the kernel a line; what each may give is what a
 * reference model of fences allows:
 *
 *     t0 = timeline
 *     s0 = fence t0 1
 *     inc t0 1
 *     inc t0 2147483664
 *     s1 = fence t0 2147483681
 *     s2 = merge s0 s1
 *     info s2 4
 *     poll s2 in
 *     poll s1 in
 *
 * Build: gcc -O2 -Wall -Wextra -o merge-loses-pending merge-loses-pending.c
 * Run it as root. It ends with 0 if all is as it should be, 1 if something is
 * not, 77 if it cannot be told here.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <linux/sync_file.h>
#include <linux/types.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MISSING 77

/* The op that is tried, and what came of it. */
static const char *current;
static char got[8192];
static int bugs;

static __attribute__((noreturn)) void missing(const char *what)
{
	printf("This cannot be told here: %s.\n", what);
	exit(MISSING);
}

static __attribute__((format(printf, 1, 2))) void tell(const char *format, ...)
{
	size_t length = strlen(got);
	va_list args;

	va_start(args, format);
	vsnprintf(got + length, sizeof(got) - length, format, args);
	va_end(args);
}

/* A value, or the name of an error. */
static void tell_number(int ret)
{
	static const struct {
		int number;
		const char *name;
	} errors[] = {
		{ EBADF, "EBADF" },
		{ EBUSY, "EBUSY" },
		{ EEXIST, "EEXIST" },
		{ EFAULT, "EFAULT" },
		{ EINTR, "EINTR" },
		{ EINVAL, "EINVAL" },
		{ EMFILE, "EMFILE" },
		{ ENODEV, "ENODEV" },
		{ ENOENT, "ENOENT" },
		{ ENOMEM, "ENOMEM" },
		{ ENOSYS, "ENOSYS" },
		{ ENOTTY, "ENOTTY" },
		{ EPERM, "EPERM" },
		{ ESRCH, "ESRCH" },
		{ ETIMEDOUT, "ETIMEDOUT" },
	};

	for (size_t i = 0; ret < 0 && i < ARRAY_SIZE(errors); i++) {
		if (errors[i].number == -ret) {
			tell("%s", errors[i].name);
			return;
		}
	}
	tell("%d", ret);
}

static int result(long ret)
{
	return ret < 0 ? -errno : (int)ret;
}

/* Said before it is done: it may be the last thing that this kernel does. */
static void op(const char *text)
{
	current = text;
	got[0] = '\0';
	printf("%-36s ", text);
	fflush(stdout);
}

static void done(int ret)
{
	tell_number(ret);
}

static void made(int *variable, int ret)
{
	tell_number(ret);
	if (ret >= 0)
		*variable = ret;
}

static int is_that(const char *allowed, const char *seen)
{
	return strcmp(allowed, seen) == 0;
}

/* Is it one of those that are allowed? */
static void expect_one_of(const char *const *allowed)
{
	const char *const *one = allowed;

	printf("%s\n", got);
	while (*one && !is_that(*one, got))
		one++;
	if (!*one) {
		bugs++;
		for (one = allowed; *one; one++)
			printf("  %-34s %s\n", one == allowed ? "WRONG, allowed is" : "or", *one);
	}
}

#define expect(...) expect_one_of((const char *const []){ __VA_ARGS__, NULL })

/* The next descriptor is 3, whatever this was started with. */
static void descriptors_begin(void)
{
	for (int fd = 3; fd < 1024; fd++)
		close(fd);
	for (int fd = 0; fd < 3;) {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			missing("/dev/null cannot be opened");
		if (fd >= 3)
			close(fd);
		else
			fd++;
	}
}

static void tell_events(unsigned int events)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		{ POLLIN, "in" }, { POLLOUT, "out" }, { POLLERR, "err" }, { POLLNVAL, "nval" },
	};
	const char *between = "";

	if (!events)
		tell("nothing");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(events & names[i].bit))
			continue;
		tell("%s%s", between, names[i].name);
		events &= ~names[i].bit;
		between = "+";
	}
	if (events)
		tell("%s0x%x", between, events);
}

/* poll(2) leaves negative descriptors out: there is no file with the other one. */
static void poll_one(int fd, short events)
{
	struct pollfd p = { .fd = fd < 0 ? 0x3fffffff : fd, .events = events };
	int ret = result(poll(&p, 1, 0));

	tell_number(ret);
	if (ret < 0)
		return;
	tell(" ready ");
	tell_events(p.revents & 0xffff);
}

/* drivers/dma-buf/sw_sync.c: there is no header for userspace. */
#define SW_SYNC "/sys/kernel/debug/sync/sw_sync"

struct sw_sync_create_fence_data {
	__u32 value;
	char name[32];
	__s32 fence;
};

#define SW_SYNC_IOC_CREATE_FENCE _IOWR('W', 0, struct sw_sync_create_fence_data)
#define SW_SYNC_IOC_INC _IOW('W', 1, __u32)

/* Its fences are known by the name of the task. */
static int timeline_open(const char *name)
{
	int fd;

	prctl(PR_SET_NAME, name);
	fd = result(open(SW_SYNC, O_RDWR | O_CLOEXEC));
	if (fd == -ENOENT)
		missing("there is no " SW_SYNC " (CONFIG_SW_SYNC, and debugfs has to be mounted)");
	if (fd == -EACCES || fd == -EPERM)
		missing(SW_SYNC " may not be opened: only root can");
	return fd;
}

static int timeline_fence(int timeline, __u32 value)
{
	struct sw_sync_create_fence_data data = { .value = value };
	int ret = result(ioctl(timeline, SW_SYNC_IOC_CREATE_FENCE, &data));

	return ret < 0 ? ret : data.fence;
}

static int timeline_inc(int timeline, __u32 by)
{
	return result(ioctl(timeline, SW_SYNC_IOC_INC, &by));
}

static int sync_file_merge(int file, int other)
{
	struct sync_merge_data data = { .name = "merged", .fd2 = other, .fence = -1 };
	int ret = result(ioctl(file, SYNC_IOC_MERGE, &data));

	return ret < 0 ? ret : data.fence;
}

#define LEAVES_MAX 4096

static void tell_status(int status)
{
	if (status == 0)
		tell("pending");
	else if (status == 1)
		tell("done");
	else
		tell_number(status);
}

static const char *who(const struct sync_fence_info *leaf)
{
	if (strcmp(leaf->driver_name, "sw_sync") == 0)
		return leaf->obj_name;
	if (strncmp(leaf->obj_name, "CRTC:", 5) == 0)
		return "crtc";
	if (strcmp(leaf->driver_name, "virtio_gpu") == 0)
		return "virtio-gpu";
	if (strcmp(leaf->driver_name, "detached-driver") == 0)
		return "detached";
	if (strcmp(leaf->driver_name, "dma_fence_array") == 0)
		return "array";
	if (strcmp(leaf->driver_name, "vgem") == 0 || strcmp(leaf->driver_name, "stub") == 0)
		return leaf->driver_name;
	return "other";
}

static int by_name(const void *a, const void *b)
{
	const struct sync_fence_info *one = a, *two = b;
	int order = strcmp(who(one), who(two));

	return order ? order : one->status - two->status;
}

static void tell_leaves(struct sync_fence_info *leaves, __u32 count, int pending_only)
{
	qsort(leaves, count, sizeof(*leaves), by_name);
	for (__u32 i = 0; i < count; i++) {
		if (pending_only && leaves[i].status != 0)
			continue;
		tell(" %s:", who(&leaves[i]));
		tell_status(leaves[i].status);
	}
}

static void sync_file_info(int file, __u32 room)
{
	static struct sync_fence_info leaves[LEAVES_MAX];
	struct sync_file_info data = {
		.num_fences = room,
		.sync_fence_info = (__u64)(unsigned long)leaves,
	};
	int ret = result(ioctl(file, SYNC_IOC_FILE_INFO, &data));

	tell_number(ret);
	if (ret < 0)
		return;
	tell(" status ");
	tell_status(data.status);
	tell(" fences %u leaves", data.num_fences);
	tell_leaves(leaves, room ? data.num_fences : 0, 0);
}

static int t0 = -1;
static int s0 = -1;
static int s1 = -1;
static int s2 = -1;

static void program(void)
{
	op("t0 = timeline");
	made(&t0, timeline_open("t0"));
	expect("3");

	op("s0 = fence t0 1");
	made(&s0, timeline_fence(t0, 1));
	expect("4");

	op("inc t0 1");
	done(timeline_inc(t0, 1));
	expect("0");

	op("inc t0 2147483664");
	done(timeline_inc(t0, 0x80000010u));
	expect("0");

	op("s1 = fence t0 2147483681");
	made(&s1, timeline_fence(t0, 0x80000021u));
	expect("5");

	op("s2 = merge s0 s1");
	made(&s2, sync_file_merge(s0, s1));
	expect("6");

	op("info s2 4");
	sync_file_info(s2, 4);
	expect("0 status pending fences 1 leaves t0:pending");

	op("poll s2 in");
	poll_one(s2, POLLIN);
	expect("0 ready nothing");

	op("poll s1 in");
	poll_one(s1, POLLIN);
	expect("0 ready nothing");
}

int main(void)
{
	descriptors_begin();
	program();
	if (bugs) {
		printf("\nNot what the interface promises: see above.\n");
		return 1;
	}
	printf("\nAll as it should be.\n");
	return 0;
}
