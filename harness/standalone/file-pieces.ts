// SPDX-License-Identifier: MIT
import type { Piece } from './piece.js';

/** Calls of any descriptor, and threads. */
export const FILE_PIECES: Readonly<Record<string, Piece>> = {
  events: {
    includes: ['poll.h'],
    after: ['number'],
    text: () => `static void tell_events(unsigned int events)
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
}`,
  },
  poll_one: {
    includes: ['poll.h'],
    after: ['result', 'events'],
    text: ({ given }) => `/* poll(2) leaves negative descriptors out: there is no file with the other one. */
static void poll_one(int fd, short events${given.has('poll', 'milliseconds') ? ', int ms' : ''})
{
	struct pollfd p = { .fd = fd < 0 ? 0x3fffffff : fd, .events = events };
	int ret = result(poll(&p, 1, ${given.has('poll', 'milliseconds') ? 'ms' : '0'}));

	tell_number(ret);
	if (ret < 0)
		return;
	tell(" ready ");
	tell_events(p.revents & 0xffff);
}`,
  },
  descriptor_dup: {
    after: ['result'],
    text: () => `static int descriptor_dup(int fd)
{
	return result(dup(fd));
}`,
  },
  descriptor_close: {
    after: ['result'],
    text: ({ threads }) => `static int descriptor_close(${threads ? '_Atomic ' : ''}int *fd)
{
	int ret = result(close(fd ? *fd : -1));

	if (ret == 0)
		*fd = -1;
	return ret;
}`,
  },
  null_open: {
    includes: ['fcntl.h'],
    after: ['result'],
    text: () => `static int null_open(void)
{
	return result(open("/dev/null", O_RDWR | O_CLOEXEC));
}`,
  },
  descriptor_limit: {
    includes: ['sys/resource.h'],
    after: ['result'],
    text: () => `/* No new descriptor may have that number or a greater one. */
static int descriptor_limit(__u32 descriptors)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = descriptors;
	return result(setrlimit(RLIMIT_NOFILE, &limit));
}`,
  },
  sleep_ms: {
    includes: ['time.h'],
    after: ['result'],
    text: () => `static int sleep_ms(unsigned int ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&left, &left) && errno == EINTR)
		;
	return 0;
}`,
  },
  epoll_open: {
    includes: ['sys/epoll.h'],
    after: ['result'],
    text: () => `static int epoll_open(void)
{
	return result(epoll_create1(EPOLL_CLOEXEC));
}`,
  },
  epoll_watch: {
    includes: ['sys/epoll.h'],
    after: ['result'],
    text: () => `static int epoll_watch(int epoll, int how, int fd, __u32 events, const char *name)
{
	struct epoll_event event = { .events = events, .data.ptr = (void *)name };

	return result(epoll_ctl(epoll, how, fd, &event));
}`,
  },
  epoll_one: {
    includes: ['sys/epoll.h'],
    after: ['result', 'events'],
    text: ({
      given,
    }) => `static void epoll_one(int epoll${given.has('woken', 'milliseconds') ? ', int ms' : ''})
{
	struct epoll_event event = { 0 };
	int ret = result(epoll_wait(epoll, &event, 1, ${given.has('woken', 'milliseconds') ? 'ms' : '0'}));

	tell_number(ret);
	if (ret < 0)
		return;
	tell(" by %s ready ", ret ? (const char *)event.data.ptr : "none");
	tell_events(event.events);
}`,
  },
  threads: {
    includes: ['pthread.h', 'sched.h'],
    after: ['base'],
    text: () => `static unsigned int seed;

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
}`,
  },
};
