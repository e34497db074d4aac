// SPDX-License-Identifier: GPL-2.0-only
/*
 * two-attachments
 *
 * Results are compared with what is right on: Linux 5.10 with the series: one
 * exclusive fence that writes are merged into, and a list of reads.
 *
 * The program, one call of the kernel a line; what each may give is what a
 * reference model of fences allows:
 *
 *     c0 = card
 *     g0 = dumb c0
 *     thread 1: f0 = attach c0 g0 read
 *     thread 2: f1 = attach c0 g0 write
 *
 * Build: gcc -O2 -Wall -Wextra -pthread -o two-attachments two-attachments.c
 * Run it as root. It ends with 0 if all is as it should be, 1 if something is
 * not, 77 if it cannot be told here.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/types.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MISSING 77

/* The op that is tried, and what came of it. */
static __thread const char *current;
static __thread char got[8192];
static _Atomic int bugs;

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

static void op(const char *text)
{
	current = text;
	got[0] = '\0';
}

static void made(_Atomic int *variable, int ret)
{
	tell_number(ret);
	if (ret >= 0)
		*variable = ret;
}

/* "ok" is any number. */
static int is_that(const char *allowed, const char *seen)
{
	if (strcmp(allowed, "ok") == 0)
		return seen[0] >= '0' && seen[0] <= '9';
	return strcmp(allowed, seen) == 0;
}

/* Is it one of those that are allowed? */
static void expect_one_of(const char *const *allowed)
{
	const char *const *one = allowed;

	flockfile(stdout);
	printf("%-36s %s\n", current, got);
	while (*one && !is_that(*one, got))
		one++;
	if (!*one) {
		bugs++;
		for (one = allowed; *one; one++)
			printf("  %-34s %s\n", one == allowed ? "WRONG, allowed is" : "or", *one);
	}
	funlockfile(stdout);
}

#define expect(...) expect_one_of((const char *const []){ __VA_ARGS__, NULL })

#define KEPT 2

static const char *kept_op[KEPT];
static char kept[KEPT][256];

/* A result that is compared with others at the end. */
static void keep(int number)
{
	kept_op[number] = current;
	snprintf(kept[number], sizeof(kept[number]), "%.255s", got);
}

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

static unsigned int seed;

/* A pause before an op, another one in each round: often none, now and then a long one. */
static void pause_before(unsigned int number)
{
	unsigned int x = (seed * 2654435761u) ^ (number * 2246822519u);
	unsigned int rounds;

	x ^= x >> 15;
	x *= 739982445u;
	x ^= x >> 13;
	if (!seed || x & 1)
		return;
	rounds = (x >> 8) & ((1u << (x >> 4) % 13) - 1);
	for (volatile unsigned int i = 0; i < rounds; i++)
		;
}

typedef void *(*thread_fn)(void *);

static pthread_barrier_t begin;

/* Threads that begin together; until all have ended. */
static void side_by_side(const thread_fn *threads, unsigned int count)
{
	pthread_t ids[16];

	pthread_barrier_init(&begin, NULL, count);
	for (unsigned int i = 0; i < count; i++)
		if (pthread_create(&ids[i], NULL, threads[i], NULL))
			missing("there are no threads");
	for (unsigned int i = 0; i < count; i++)
		pthread_join(ids[i], NULL);
	pthread_barrier_destroy(&begin);
}

/* From include/uapi/drm */
#define DRM_IOCTL(dir, number, type) _IOC(dir, 'd', number, sizeof(type))
#define DRM_RW (_IOC_READ | _IOC_WRITE)

struct drm_version {
	int major, minor, patchlevel;
	__kernel_size_t name_len;
	char *name;
	__kernel_size_t date_len;
	char *date;
	__kernel_size_t desc_len;
	char *desc;
};

/* The card of a driver. */
static int card_open(const char *driver)
{
	for (int i = 0; i < 16; i++) {
		char path[32], name[32] = "";
		struct drm_version version = { .name = name, .name_len = sizeof(name) - 1 };
		int fd;

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = result(open(path, O_RDWR | O_CLOEXEC));
		if (fd == -EMFILE)
			return fd;
		if (fd < 0)
			continue;
		if (ioctl(fd, DRM_IOCTL(DRM_RW, 0x00, version), &version) == 0 &&
		    strcmp(name, driver) == 0)
			return fd;
		close(fd);
	}
	printf("\nThere is no card of %s that may be opened (modprobe %s, as root).\n",
	       driver, driver);
	exit(MISSING);
}

struct drm_mode_create_dumb {
	__u32 height, width, bpp, flags;
	__u32 handle, pitch;
	__u64 size;
};

static int dumb_create(int card)
{
	struct drm_mode_create_dumb data = { .width = 32, .height = 32, .bpp = 32 };
	int ret = result(ioctl(card, DRM_IOCTL(DRM_RW, 0xb2, data), &data));

	return ret < 0 ? ret : (int)data.handle;
}

struct drm_vgem_fence_attach {
	__u32 handle, flags, out_fence, pad;
};

#define VGEM_FENCE_WRITE 0x1

/* A fence of vgem on a buffer. */
static int vgem_attach(int card, __u32 handle, __u32 flags)
{
	struct drm_vgem_fence_attach data = { .handle = handle, .flags = flags };
	int ret = result(ioctl(card, DRM_IOCTL(DRM_RW, 0x41, data), &data));

	return ret < 0 ? ret : (int)data.out_fence;
}

static _Atomic int c0 = -1;
static _Atomic int g0;
static _Atomic int f0;
static _Atomic int f1;

/* Results that go together: f0 = attach c0 g0 read, f1 = attach c0 g0 write */
static const char *const together[][KEPT] = {
	{ "ok", "EBUSY" },
	{ "EBUSY", "ok" },
};

static void expect_together(void)
{
	for (size_t row = 0; row < ARRAY_SIZE(together); row++) {
		int same = 1;

		for (int i = 0; i < KEPT; i++)
			same &= is_that(together[row][i], kept[i]);
		if (same)
			return;
	}
	bugs++;
	printf("WRONG, these do not go together:\n");
	for (int i = 0; i < KEPT; i++)
		printf("  %-34s %s\n", kept_op[i], kept[i]);
}

static void *block1_thread1(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&begin);

	pause_before(3);
	op("f0 = attach c0 g0 read");
	made(&f0, vgem_attach(c0, g0, 0));
	expect("EBUSY", "ok");
	keep(0);
	return NULL;
}

static void *block1_thread2(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&begin);

	pause_before(4);
	op("f1 = attach c0 g0 write");
	made(&f1, vgem_attach(c0, g0, VGEM_FENCE_WRITE));
	expect("EBUSY", "ok");
	keep(1);
	return NULL;
}

static void program(void)
{
	op("c0 = card");
	made(&c0, card_open("vgem"));
	expect("3");

	op("g0 = dumb c0");
	made(&g0, dumb_create(c0));
	expect("1");

	/* 2 threads, side by side */
	side_by_side((const thread_fn[]){ block1_thread1, block1_thread2 }, 2);

	expect_together();
}

#define ROUNDS 2000

/* A process for each round, so that each finds everything as the first did. */
static int round_of(unsigned int number, int log)
{
	int status;
	pid_t pid;

	if (ftruncate(log, 0) || lseek(log, 0, SEEK_SET))
		missing("there is no memory");
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		missing("there are no processes");
	if (pid == 0) {
		seed = number;
		dup2(log, STDOUT_FILENO);
		descriptors_begin();
		program();
		fflush(stdout);
		_exit(bugs ? 1 : 0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* What the last round said. */
static void show(int log)
{
	char text[4096];
	ssize_t length;

	lseek(log, 0, SEEK_SET);
	while ((length = read(log, text, sizeof(text))) > 0)
		fwrite(text, 1, (size_t)length, stdout);
}

/* Threads need not meet at once: until something is wrong, or so many times. */
int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? (unsigned int)atoi(argv[1]) : ROUNDS;
	int log = memfd_create("log", MFD_CLOEXEC);

	if (log < 0)
		missing("there is no memory");
	for (unsigned int i = 0; i < rounds; i++) {
		int ret = round_of(i, log);

		if (ret == 0)
			continue;
		show(log);
		if (ret == 1)
			printf("\nNot what the interface promises, in round %u: see above.\n", i + 1);
		return ret;
	}
	show(log);
	printf("\nAll as it should be in %u rounds.\n", rounds);
	return 0;
}
