// SPDX-License-Identifier: MIT
import type { Piece } from './piece.js';

const ERRORS =
  'EBADF EBUSY EEXIST EFAULT EINTR EINVAL EMFILE ENODEV ENOENT ENOMEM ENOSYS ENOTTY EPERM ESRCH ETIMEDOUT'.split(
    ' ',
  );

/** What every program has: how a result becomes text, and what is said of it. */
export const COMMON: Readonly<Record<string, Piece>> = {
  base: {
    includes: ['errno.h', 'stdarg.h', 'stdio.h', 'stdlib.h', 'string.h', 'unistd.h', 'linux/types.h'],
    text: ({ threads }) => `#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MISSING 77

/* The op that is tried, and what came of it. */
static ${threads ? '__thread ' : ''}const char *current;
static ${threads ? '__thread ' : ''}char got[8192];
static ${threads ? '_Atomic ' : ''}int bugs;

static __attribute__((noreturn)) void missing(const char *what)
{
	printf("This cannot be told here: %s.\\n", what);
	exit(MISSING);
}`,
  },
  number: {
    after: ['base'],
    text: () => `static __attribute__((format(printf, 1, 2))) void tell(const char *format, ...)
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
${ERRORS.map((name) => `\t\t{ ${name}, "${name}" },`).join('\n')}
	};

	for (size_t i = 0; ret < 0 && i < ARRAY_SIZE(errors); i++) {
		if (errors[i].number == -ret) {
			tell("%s", errors[i].name);
			return;
		}
	}
	tell("%d", ret);
}`,
  },
  result: {
    after: ['number'],
    text: () => `static int result(long ret)
{
	return ret < 0 ? -errno : (int)ret;
}`,
  },
  op: {
    after: ['number'],
    text: ({ threads }) =>
      threads
        ? `static void op(const char *text)
{
	current = text;
	got[0] = '\\0';
}`
        : `/* Said before it is done: it may be the last thing that this kernel does. */
static void op(const char *text)
{
	current = text;
	got[0] = '\\0';
	printf("%-36s ", text);
	fflush(stdout);
}`,
  },
  done: {
    after: ['number'],
    text: () => `static void done(int ret)
{
	tell_number(ret);
}`,
  },
  made: {
    after: ['number'],
    text: ({ threads }) => `static void made(${threads ? '_Atomic ' : ''}int *variable, int ret)
{
	tell_number(ret);
	if (ret >= 0)
		*variable = ret;
}`,
  },
  any: {
    after: ['number'],
    text: ({ threads }) => `/* Nothing is wrong with it, whatever it is. */
static void any_result(void)
{
	printf("${threads ? '%-36s %s\\n", current, got' : '%s\\n", got'});
}`,
  },
  is_that: {
    after: ['number'],
    text: ({ anyNumber }) =>
      anyNumber
        ? `/* "ok" is any number. */
static int is_that(const char *allowed, const char *seen)
{
	if (strcmp(allowed, "ok") == 0)
		return seen[0] >= '0' && seen[0] <= '9';
	return strcmp(allowed, seen) == 0;
}`
        : `static int is_that(const char *allowed, const char *seen)
{
	return strcmp(allowed, seen) == 0;
}`,
  },
  expect: {
    after: ['number', 'is_that'],
    text: ({ threads }) => `/* Is it one of those that are allowed? */
static void expect_one_of(const char *const *allowed)
{
	const char *const *one = allowed;

${
  threads
    ? `	flockfile(stdout);
	printf("%-36s %s\\n", current, got);`
    : '	printf("%s\\n", got);'
}
	while (*one && !is_that(*one, got))
		one++;
	if (!*one) {
		bugs++;
		for (one = allowed; *one; one++)
			printf("  %-34s %s\\n", one == allowed ? "WRONG, allowed is" : "or", *one);
	}${threads ? '\n\tfunlockfile(stdout);' : ''}
}

#define expect(...) expect_one_of((const char *const []){ __VA_ARGS__, NULL })`,
  },
  together: {
    after: ['number', 'is_that'],
    text: ({ kept }) => `#define KEPT ${kept}

static const char *kept_op[KEPT];
static char kept[KEPT][256];

/* A result that is compared with others at the end. */
static void keep(int number)
{
	kept_op[number] = current;
	snprintf(kept[number], sizeof(kept[number]), "%.255s", got);
}`,
  },
  place: {
    includes: ['sys/mman.h'],
    after: ['base'],
    text: ({ threads }) => `enum memory { MAPPED, UNMAPPED, READONLY };

/* Where the struct of an ioctl lies: where it is, where nothing is, or on a page that cannot be written. */
static void *place(enum memory memory, void *data, size_t size)
{
	static ${threads ? '__thread ' : ''}void *unmapped, *readonly;
	const size_t page = 4096;

	if (memory == MAPPED)
		return data;
	if (!readonly) {
		unmapped = mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		readonly = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (unmapped == MAP_FAILED || readonly == MAP_FAILED)
			missing("there is no memory");
		munmap(unmapped, page);
	}
	if (memory == UNMAPPED)
		return unmapped;
	mprotect(readonly, page, PROT_READ | PROT_WRITE);
	memcpy(readonly, data, size);
	mprotect(readonly, page, PROT_READ);
	return readonly;
}`,
  },
  interrupt: {
    includes: ['signal.h', 'sys/time.h', 'time.h'],
    after: ['base'],
    text: ({ threads }) =>
      threads
        ? `static void nothing(int signal)
{
	(void)signal;
}

/* A signal again and again for this thread, so that a call that waits for us returns EINTR; 0: none any more. */
static void interrupt_every(long ms)
{
	static __thread timer_t timer;
	static __thread int there;
	struct sigaction action = { .sa_handler = nothing };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM };
	struct itimerspec t = { { 0, ms * 1000000 }, { 0, ms * 1000000 } };
	int err = errno;

	if (!there) {
		event._sigev_un._tid = gettid();
		sigaction(SIGALRM, &action, NULL);
		if (timer_create(CLOCK_MONOTONIC, &event, &timer))
			missing("there are no timers");
		there = 1;
	}
	timer_settime(timer, 0, &t, NULL);
	errno = err;
}`
        : `static void nothing(int signal)
{
	(void)signal;
}

/* A signal again and again, so that a call that waits for us returns EINTR; 0: none any more. */
static void interrupt_every(long ms)
{
	struct sigaction action = { .sa_handler = nothing };
	struct itimerval t = { { 0, ms * 1000 }, { 0, ms * 1000 } };
	int err = errno;

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &t, NULL);
	errno = err;
}`,
  },
  descriptors: {
    includes: ['fcntl.h', 'sys/resource.h'],
    after: ['base'],
    text: ({ first }) => `/* The next descriptor is ${first}, whatever this was started with. */
static void descriptors_begin(void)
{
	for (int fd = 3; fd < 1024; fd++)
		close(fd);
	for (int fd = 0; fd < ${first};) {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			missing("/dev/null cannot be opened");
		if (fd >= ${first})
			close(fd);
		else
			fd++;
	}
}`,
  },
};
