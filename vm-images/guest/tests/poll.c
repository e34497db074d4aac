// SPDX-License-Identifier: GPL-2.0-only
/* poll on a dma-buf: POLLIN waits for writers, POLLOUT for everybody. */
#include <sys/epoll.h>
#include <unistd.h>

#include "../fl.h"

#define SOON_MS 20
#define LONG_MS 5000

static struct rig rig;

static void setup(void)
{
	rig_open_plain(&rig);
}

static void idle_is_ready(void)
{
	rig_expect_poll(&rig, "nothing happened", false, false);
	CHECK_EQ(poll_now(rig.buf.fd, 0), 0);
}

static void driver_writes(void)
{
	rig_attach(&rig, true);
	rig_expect_poll(&rig, "vgem writes", true, true);
	rig_signal(&rig, 'V');
	rig_expect_poll(&rig, "vgem has written", false, false);
}

static void driver_reads(void)
{
	rig_attach(&rig, false);
	rig_expect_poll(&rig, "vgem reads", false, true);
	rig_signal(&rig, 'V');
	rig_expect_poll(&rig, "vgem has read", false, false);
}

static void reader_ends_first(void)
{
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	rig_expect_poll(&rig, "A writes, B reads", true, true);
	rig_signal(&rig, 'B');
	rig_expect_poll(&rig, "the reader ended", true, true);
	rig_signal(&rig, 'A');
	rig_expect_poll(&rig, "the writer ended", false, false);
}

static void writer_ends_first(void)
{
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	rig_signal(&rig, 'A');
	rig_expect_poll(&rig, "the writer ended", false, true);
	rig_signal(&rig, 'B');
	rig_expect_poll(&rig, "the reader ended", false, false);
}

static void driver_and_import(void)
{
	rig_attach(&rig, true);
	rig_import(&rig, READ, "A");
	rig_expect_poll(&rig, "vgem writes, A reads", true, true);
	rig_signal(&rig, 'A');
	rig_expect_poll(&rig, "A has read", true, true);
	rig_signal(&rig, 'V');
	rig_expect_poll(&rig, "vgem has written", false, false);
}

/* A callback of an earlier poll hangs on the first writer when the second comes. */
static void writer_comes_after_poll(void)
{
	rig_import(&rig, WRITE, "A");
	CHECK_EQ(poll_now(rig.buf.fd, POLLIN | POLLOUT), 0);
	rig_import(&rig, WRITE, "B");
	rig_signal(&rig, 'A');
	rig_expect_poll(&rig, "the first of two writers ended", true, true);
	rig_signal(&rig, 'B');
	rig_expect_poll(&rig, "both writers ended", false, false);
}

/* poll must return; when it does, the fence has to be signalled. */
static void blocks_for_a_writer(void)
{
	int fence = rig_fence(&rig, 'A');
	struct later l;

	import_sync_file(rig.buf.fd, WRITE, fence);
	for (short event = POLLIN; event <= POLLOUT; event = (short)(event * 4)) {
		later_inc(&l, SOON_MS, rig_timeline(&rig, 'A'));
		CHECK_MSG(poll_within(rig.buf.fd, event, LONG_MS), "poll(0x%x) did not wake up",
			  event);
		CHECK_MSG(sync_signalled(fence),
			  "P1: poll(0x%x) returned before the writer was done",
			  event);
		later_join(&l);
		fence = timeline_fence(rig_timeline(&rig, 'A'), 2);
		import_sync_file(rig.buf.fd, WRITE, fence);
	}
}

static void blocks_for_all(const char *first, const char *second)
{
	int a = rig_fence(&rig, 'A');
	int b = rig_fence(&rig, 'B');
	struct later one, two;

	import_sync_file(rig.buf.fd, WRITE, a);
	import_sync_file(rig.buf.fd, READ, b);
	later_inc(&one, SOON_MS, rig_timeline(&rig, *first));
	later_inc(&two, 2 * SOON_MS, rig_timeline(&rig, *second));
	CHECK(poll_within(rig.buf.fd, POLLOUT, LONG_MS));
	CHECK_MSG(sync_signalled(a), "P1: poll(POLLOUT) returned before the writer was done");
	CHECK_MSG(sync_signalled(b), "P1: poll(POLLOUT) returned before the reader was done");
	later_join(&one);
	later_join(&two);
}

static void blocks_reader_first(void)
{
	blocks_for_all("B", "A");
}

static void blocks_writer_first(void)
{
	blocks_for_all("A", "B");
}

static void both_events_wake_for_one(void)
{
	struct pollfd p = { .fd = rig.buf.fd, .events = POLLIN | POLLOUT };
	struct later l;

	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	later_inc(&l, SOON_MS, rig_timeline(&rig, 'A'));
	CHECK_EQ(poll(&p, 1, LONG_MS), 1);
	CHECK_EQ(p.revents, POLLIN);
	later_join(&l);
	rig_signal(&rig, 'B');
	rig_expect_poll(&rig, "both ended", false, false);
}

static void gives_up_in_time(void)
{
	struct pollfd p = { .fd = rig.buf.fd, .events = POLLIN };

	rig_attach(&rig, true);
	CHECK_EQ(poll(&p, 1, 30), 0);
	CHECK_EQ(p.revents, 0);
	rig_signal(&rig, 'V');
	CHECK_EQ(poll(&p, 1, LONG_MS), 1);
}

static void duplicates_see_the_same(void)
{
	int twin = dup(rig.buf.fd);

	rig_attach(&rig, false);
	CHECK_EQ(poll_now(twin, POLLIN), POLLIN);
	CHECK_EQ(poll_now(twin, POLLOUT), 0);
	CHECK_EQ(poll_now(rig.buf.fd, POLLOUT), 0);
	rig_signal(&rig, 'V');
	CHECK(poll_within(twin, POLLOUT, LONG_MS));
	CHECK(poll_within(rig.buf.fd, POLLOUT, LONG_MS));
}

/* The two directions come back once each; sharing a slot must not eat a wake-up. */
struct poller {
	int fd;
	short event;
	bool woken;
};

static void poll_in_thread(void *arg)
{
	struct poller *p = arg;
	struct pollfd pfd = { .fd = p->fd, .events = p->event };

	p->woken = poll(&pfd, 1, LONG_MS) == 1 && pfd.revents == p->event;
}

static void pollers_all_wake(const short *events, int count)
{
	struct poller p[4];
	struct later l[4];
	long long started = fl_now_us();

	rig_import(&rig, WRITE, "A");
	for (int i = 0; i < count; i++) {
		p[i] = (struct poller){ .fd = rig.buf.fd, .event = events[i] };
		later(&l[i], 0, poll_in_thread, &p[i]);
	}
	fl_sleep_ms(SOON_MS);
	rig_signal(&rig, 'A');
	for (int i = 0; i < count; i++)
		later_join(&l[i]);
	for (int i = 0; i < count; i++)
		CHECK_MSG(p[i].woken, "poller %d of %d (events 0x%x) slept through the signal", i,
			  count, events[i]);
	CHECK_LT(fl_now_us() - started, LONG_MS * 1000LL);
}

static void two_pollers_two_events(void)
{
	pollers_all_wake((const short[]){ POLLIN, POLLOUT }, 2);
}

static void four_pollers_one_event(void)
{
	pollers_all_wake((const short[]){ POLLIN, POLLIN, POLLIN, POLLIN }, 4);
}

static void setup_imports(void)
{
	rig_open(&rig);
}

static const struct subtest plain[] = {
	{ "idle-is-ready", idle_is_ready, "ABI",
	  "An idle buffer is ready for reading and for writing." },
	{ "driver-writes", driver_writes, "P1",
	  "A driver's pending writer makes the buffer ready for nothing." },
	{ "driver-reads", driver_reads, "P1",
	  "A driver's pending reader leaves the buffer ready for reading only." },
	{ "gives-up-in-time", gives_up_in_time, "ABI",
	  "poll with a time limit returns nothing while a fence is pending, and wakes up later." },
	{ "duplicates-see-the-same", duplicates_see_the_same, "ABI",
	  "Two descriptors of one buffer, polled in turn, are both told." },
};
FL_SUITE("poll", "when a dma-buf says that it is ready", setup, plain);

static const struct subtest imports[] = {
	{ "reader-ends-first", reader_ends_first, "P1",
	  "POLLOUT waits for a pending writer also when readers are there, pending or done." },
	{ "writer-ends-first", writer_ends_first, "P1",
	  "When the writer ended, POLLIN is ready and POLLOUT still waits for the reader." },
	{ "driver-and-import", driver_and_import, "P1",
	  "A driver's writer keeps both directions busy beside an imported reader." },
	{ "writer-comes-after-poll", writer_comes_after_poll, "P1",
	  "A writer that comes between two polls is waited for." },
	{ "blocks-for-a-writer", blocks_for_a_writer, "P1",
	  "A blocking poll of either direction returns when the writer is done and not before." },
	{ "blocks-reader-first", blocks_reader_first, "P1",
	  "A blocking POLLOUT returns after writer and reader, when the reader ends first." },
	{ "blocks-writer-first", blocks_writer_first, "P1",
	  "A blocking POLLOUT returns after writer and reader, when the writer ends first." },
	{ "both-events-wake-for-one", both_events_wake_for_one, "P1",
	  "A poll for both directions returns with POLLIN alone while a reader is pending." },
	{ "two-pollers-two-events", two_pollers_two_events, "ABI",
	  "Of two sleeping pollers, one for each direction, both wake up." },
	{ "four-pollers-one-event", four_pollers_one_event, "ABI",
	  "Four sleeping pollers for one direction all wake up." },
};
FL_SUITE_AS(with_imports, "poll", NULL, setup_imports, imports, false);
