// SPDX-License-Identifier: GPL-2.0-only
/* epoll on a dma-buf, and poll on what EXPORT hands out. */
#include <sys/epoll.h>
#include <unistd.h>

#include "../fl.h"

#define SOON_MS 20
#define LONG_MS 5000

static struct rig rig;
static int ep;

static void setup(void)
{
	rig_open(&rig);
	ep = epoll_create1(EPOLL_CLOEXEC);
	CHECK(ep >= 0);
}

static void watch(__u32 events)
{
	struct epoll_event e = { .events = events };

	CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_ADD, rig.buf.fd, &e), 0);
}

/* The events within ms, or 0. */
static __u32 wait_ms(int ms)
{
	struct epoll_event e = { 0 };
	int n = epoll_wait(ep, &e, 1, ms);

	CHECK(n >= 0);
	return n ? e.events : 0;
}

static void level(void)
{
	watch(EPOLLIN);
	CHECK_EQ(wait_ms(0), EPOLLIN);
	rig_import(&rig, WRITE, "A");
	CHECK_MSG(wait_ms(0) == 0, "P1: epoll says ready while a writer is pending");
	rig_signal(&rig, 'A');
	for (int i = 0; i < 3; i++)
		CHECK_EQ(wait_ms(LONG_MS), EPOLLIN);
}

static void edge(void)
{
	rig_import(&rig, WRITE, "A");
	watch(EPOLLIN | EPOLLET);
	CHECK_EQ(wait_ms(0), 0);
	rig_signal(&rig, 'A');
	/* Once at least: the kernel may wake a watch that has nothing new to see. */
	CHECK_MSG(wait_ms(LONG_MS) == EPOLLIN, "the edge from busy to ready was lost");
}

static void edge_of_last_leaf(void)
{
	rig_import(&rig, WRITE, "AB");
	watch(EPOLLIN | EPOLLET);
	rig_signal(&rig, 'A');
	CHECK_MSG(wait_ms(SOON_MS) == 0, "P1: epoll says ready with B pending");
	rig_signal(&rig, 'B');
	CHECK_MSG(wait_ms(LONG_MS) == EPOLLIN, "the edge of the last leaf was lost");
}

static void oneshot_rearmed(void)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLONESHOT };

	watch(EPOLLIN | EPOLLONESHOT);
	CHECK_EQ(wait_ms(0), EPOLLIN);
	rig_import(&rig, WRITE, "A");
	rig_signal(&rig, 'A');
	CHECK_EQ(wait_ms(0), 0);
	rig_import(&rig, WRITE, "B");
	CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_MOD, rig.buf.fd, &e), 0);
	CHECK_EQ(wait_ms(0), 0);
	rig_signal(&rig, 'B');
	CHECK_EQ(wait_ms(LONG_MS), EPOLLIN);
}

/* epoll looked while the buffer was idle: an import must take effect all the same. */
static void import_under_watch(void)
{
	struct later l;

	watch(EPOLLOUT);
	CHECK_EQ(wait_ms(0), EPOLLOUT);
	rig_import(&rig, READ, "A");
	CHECK_MSG(wait_ms(0) == 0, "P1: a watched buffer says ready after an import");
	later_inc(&l, SOON_MS, rig_timeline(&rig, 'A'));
	CHECK_EQ(wait_ms(LONG_MS), EPOLLOUT);
	later_join(&l);
}

static void import_under_sleeper(void)
{
	struct later l;

	rig_import(&rig, WRITE, "A");
	watch(EPOLLIN);
	CHECK_EQ(wait_ms(0), 0);
	rig_import(&rig, WRITE, "B");
	rig_signal(&rig, 'A');
	CHECK_MSG(wait_ms(SOON_MS) == 0, "P1: epoll woke for good with the second writer pending");
	later_inc(&l, SOON_MS, rig_timeline(&rig, 'B'));
	CHECK_EQ(wait_ms(LONG_MS), EPOLLIN);
	later_join(&l);
}

static void both_directions(void)
{
	watch(EPOLLIN | EPOLLOUT);
	CHECK_EQ(wait_ms(0), EPOLLIN | EPOLLOUT);
	rig_import(&rig, READ, "A");
	CHECK_EQ(wait_ms(0), EPOLLIN);
	rig_import(&rig, WRITE, "B");
	CHECK_MSG(wait_ms(0) == 0, "P1: epoll says ready with a reader and a writer pending");
	rig_signal(&rig, 'A');
	CHECK_MSG(wait_ms(0) == 0, "P1: epoll says ready with the writer pending");
	rig_signal(&rig, 'B');
	CHECK(poll_within(rig.buf.fd, POLLIN | POLLOUT, LONG_MS));
	CHECK_EQ(wait_ms(LONG_MS), EPOLLIN | EPOLLOUT);
}

static void exported_file_in_epoll(void)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLET };
	int file;

	rig_import(&rig, WRITE, "AB");
	file = export_sync_file(rig.buf.fd, READ);
	CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_ADD, file, &e), 0);
	CHECK_EQ(wait_ms(0), 0);
	rig_signal(&rig, 'B');
	CHECK_MSG(wait_ms(SOON_MS) == 0, "P1: an exported file woke up with A pending");
	rig_signal(&rig, 'A');
	CHECK_EQ(wait_ms(LONG_MS), EPOLLIN);
}

/* A sync_file is only ever readable. */
static void exported_file_events(void)
{
	int idle = export_sync_file(rig.buf.fd, RW);
	int busy;

	rig_import(&rig, WRITE, "A");
	busy = export_sync_file(rig.buf.fd, RW);
	CHECK_EQ(poll_now(idle, POLLIN | POLLOUT), POLLIN);
	CHECK_EQ(poll_now(busy, POLLIN | POLLOUT), 0);
	rig_signal(&rig, 'A');
	CHECK_EQ(poll_now(busy, POLLIN | POLLOUT), POLLIN);
}

static const struct subtest subtests[] = {
	{ "epoll-level", level, "P1",
	  "A level-triggered watch follows a buffer from ready to busy and back." },
	{ "epoll-edge", edge, "ABI",
	  "An edge-triggered watch is told that the writer is done." },
	{ "epoll-edge-of-last-leaf", edge_of_last_leaf, "P1",
	  "The edge comes with the last leaf of a merged file, not with the first." },
	{ "epoll-oneshot-rearmed", oneshot_rearmed, "ABI",
	  "A one-shot watch is silent until it is armed again and then follows the new writer." },
	{ "epoll-import-under-watch", import_under_watch, "P1",
	  "A buffer that was idle when the watch began is busy after an import." },
	{ "epoll-import-under-sleeper", import_under_sleeper, "P1",
	  "A watch that hangs on the first writer goes on to wait for the second." },
	{ "epoll-both-directions", both_directions, "P1",
	  "A watch for both directions reports each by itself." },
	{ "epoll-exported-file", exported_file_in_epoll, "P1",
	  "An exported file of two leaves wakes its watch with the last of them." },
	{ "exported-file-events", exported_file_events, "ABI",
	  "An exported file is readable when signalled and never writable." },
};
FL_SUITE("poll", NULL, setup, subtests);
