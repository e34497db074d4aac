// SPDX-License-Identifier: GPL-2.0-only
/*
 * Closing a dma-buf that somebody polled while a fence was pending. The poll
 * left a callback on the fence that points into the buffer; without a
 * reference to the file, releasing the buffer is a BUG (5.10).
 */
#include <sys/epoll.h>
#include <unistd.h>

#include "../fl.h"

static struct rig rig;

static void setup(void)
{
	rig_open_plain(&rig);
}

static void setup_imports(void)
{
	rig_open(&rig);
}

static void drop_buffer(void)
{
	buffer_close(&rig.buf);
	/* Late references, if any, are dropped in a worker. */
	fl_sleep_ms(10);
}

static void driver_writer(void)
{
	rig_attach(&rig, true);
	CHECK_EQ(poll_now(rig.buf.fd, POLLIN), 0);
	drop_buffer();
	CHECK_OK(try_vgem_signal(rig.buf.drm, (__u32)rig.vgem_fence));
	fl_sleep_ms(10);
}

static void driver_reader(void)
{
	rig_attach(&rig, false);
	CHECK_EQ(poll_now(rig.buf.fd, POLLOUT), 0);
	drop_buffer();
	CHECK_OK(try_vgem_signal(rig.buf.drm, (__u32)rig.vgem_fence));
	fl_sleep_ms(10);
}

static void imported(void)
{
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	CHECK_EQ(poll_now(rig.buf.fd, POLLIN | POLLOUT), 0);
	drop_buffer();
	rig_signal(&rig, 'B');
	rig_signal(&rig, 'A');
	fl_sleep_ms(10);
}

static void merged(void)
{
	rig_import(&rig, WRITE, "ABC");
	CHECK_EQ(poll_now(rig.buf.fd, POLLIN | POLLOUT), 0);
	drop_buffer();
	rig_signal(&rig, 'A');
	rig_signal(&rig, 'B');
	rig_signal(&rig, 'C');
	fl_sleep_ms(10);
}

static void in_epoll(void)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLOUT };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	rig_import(&rig, WRITE, "A");
	CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_ADD, rig.buf.fd, &e), 0);
	CHECK_EQ(epoll_wait(ep, &e, 1, 0), 0);
	drop_buffer();
	CHECK_EQ(epoll_wait(ep, &e, 1, 0), 0);
	close(ep);
	rig_signal(&rig, 'A');
	fl_sleep_ms(10);
}

static void sleep_in_poll(void *arg)
{
	struct pollfd p = { .fd = *(int *)arg, .events = POLLIN };

	poll(&p, 1, 5000);
}

/* The sleeper's system call holds the file; the descriptor goes away under it. */
static void under_sleeper(void)
{
	struct later l;
	int fd = rig.buf.fd;

	rig_import(&rig, WRITE, "A");
	later(&l, 0, sleep_in_poll, &fd);
	fl_sleep_ms(20);
	drop_buffer();
	rig_signal(&rig, 'A');
	later_join(&l);
	fl_sleep_ms(10);
}

/* The importer's timeline ends in error instead of being signalled. */
static void timeline_dies(void)
{
	rig_import(&rig, WRITE, "A");
	CHECK_EQ(poll_now(rig.buf.fd, POLLIN | POLLOUT), 0);
	drop_buffer();
	close(rig_timeline(&rig, 'A'));
	fl_sleep_ms(10);
}

static void polled_and_replaced(void)
{
	for (int i = 0; i < 50; i++) {
		rig_import(&rig, i % 2 ? READ : WRITE, "A");
		CHECK_EQ(poll_now(rig.buf.fd, POLLOUT), 0);
	}
	drop_buffer();
	rig_signal(&rig, 'A');
	fl_sleep_ms(10);
}

static const struct subtest plain[] = {
	{ "close-driver-writer", driver_writer, "P1",
	  "A buffer can be closed while poll waits for a driver's writer.", FL_FATAL },
	{ "close-driver-reader", driver_reader, "P1",
	  "A buffer can be closed while poll waits for a driver's reader.", FL_FATAL },
};
FL_SUITE("poll", NULL, setup, plain);

static const struct subtest imports[] = {
	{ "close-imported", imported, "P1",
	  "A buffer can be closed while poll waits for an imported writer and a reader.", FL_FATAL },
	{ "close-merged", merged, "P1",
	  "A buffer can be closed while poll waits for a merged file.", FL_FATAL },
	{ "close-in-epoll", in_epoll, "P1",
	  "A buffer can be closed while epoll watches it.", FL_FATAL },
	{ "close-under-sleeper", under_sleeper, "P1",
	  "A buffer can be closed while another thread sleeps in poll.", FL_FATAL },
	{ "close-timeline-dies", timeline_dies, "P1",
	  "A buffer can be closed while poll waits for a timeline that is closed next.", FL_FATAL },
	{ "close-polled-and-replaced", polled_and_replaced, "P1",
	  "Fences polled and replaced again and again leave no callback behind.", FL_FATAL },
};
FL_SUITE_AS(with_imports, "poll", NULL, setup_imports, imports, false);
