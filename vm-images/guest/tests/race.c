// SPDX-License-Identifier: GPL-2.0-only
/*
 * P2: several threads at one buffer. Each brings fences of its own timeline,
 * and may at any moment ask whether the buffer waits for them: whatever the
 * others do, it must, from the import on until the signal.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "../fl.h"

/*
 * Enough for a dozen time slices of four threads. Each call is judged by the model,
 * which has to look for an order of those that overlap: that takes longer than the race.
 */
#define ROUNDS 150
#define THREADS 4
#define ENOUGH_US 3000000	/* on a kernel that needs longer for all rounds */

static struct rig rig;

static void setup(void)
{
	rig_open(&rig);
}

/* What a thread found first: threads do not end the subtest themselves. */
struct worker {
	struct later thread;
	int fd;			/* the buffer, by a descriptor of its own */
	int timeline;
	unsigned int number;
	char wrong[160];
};

static atomic_bool stop;

#define WRONG(w, ...) do {						\
	if (!(w)->wrong[0])						\
		snprintf((w)->wrong, sizeof((w)->wrong), __VA_ARGS__);	\
} while (0)

/* True if the export for that access is pending; a fence of ours is in it, or should be. */
static bool export_is_pending(struct worker *w, __u32 access)
{
	struct pollfd p = { .fd = try_export(w->fd, access), .events = POLLIN };
	bool pending;

	if (p.fd < 0) {
		WRONG(w, "EXPORT(%s) failed: %s", access_name(access), fl_errname(p.fd));
		return true;
	}
	pending = poll(&p, 1, 0) == 0;
	close(p.fd);
	return pending;
}

static bool poll_is_pending(struct worker *w, short event)
{
	struct pollfd p = { .fd = w->fd, .events = event };

	return poll(&p, 1, 0) == 0;
}

static void ask(struct worker *w, __u32 access, unsigned int round)
{
	if (!export_is_pending(w, WRITE))
		WRONG(w, "P1: thread %u, round %u: EXPORT(WRITE) does not wait for its fence",
		      w->number, round);
	if (!poll_is_pending(w, POLLOUT))
		WRONG(w, "P1: thread %u, round %u: POLLOUT does not wait for its fence", w->number,
		      round);
	if (access == READ)
		return;
	if (!export_is_pending(w, READ))
		WRONG(w, "P1: thread %u, round %u: EXPORT(READ) does not wait for its writer",
		      w->number, round);
	if (!poll_is_pending(w, POLLIN))
		WRONG(w, "P1: thread %u, round %u: POLLIN does not wait for its writer", w->number,
		      round);
}

static void import_ask_signal(void *arg)
{
	struct worker *w = arg;

	long long end = fl_now_us() + ENOUGH_US;

	for (unsigned int i = 1; i <= ROUNDS && !w->wrong[0] && fl_now_us() < end; i++) {
		__u32 access = (i + w->number) % 3 ? READ : WRITE;
		int fence = try_timeline_fence(w->timeline, i);

		if (fence < 0 || try_import(w->fd, access, fence))
			WRONG(w, "thread %u, round %u: import failed", w->number, i);
		close(fence);
		ask(w, access, i);
		timeline_inc(w->timeline, 1);
	}
}

static void start(struct worker *w, unsigned int number, int fd, void (*fn)(void *))
{
	char name[TIMELINE_NAME_MAX];

	snprintf(name, sizeof(name), "thread-%u", number);
	memset(w, 0, sizeof(*w));
	w->number = number;
	w->fd = dup(fd);
	CHECK_GE(w->fd, 0);
	w->timeline = timeline_open(name);
	later(&w->thread, 0, fn, w);
}

static void finish(struct worker *w)
{
	later_join(&w->thread);
	CHECK_MSG(!w->wrong[0], "%s", w->wrong);
}

static void imports(void)
{
	struct worker w[THREADS];

	for (unsigned int i = 0; i < THREADS; i++)
		start(&w[i], i, rig.buf.fd, import_ask_signal);
	for (int i = 0; i < THREADS; i++)
		finish(&w[i]);
	rig_expect(&rig, "all threads have ended", "", "");
}

/* A driver's fences come and go, where it finds room. */
static void imports_and_driver(void)
{
	struct worker w[2];

	for (unsigned int i = 0; i < 2; i++)
		start(&w[i], i, rig.buf.fd, import_ask_signal);
	for (int i = 0; i < ROUNDS; i++) {
		int id = try_vgem_attach(rig.buf.drm, rig.buf.handle, i % 2);

		if (id > 0)
			vgem_signal(&rig.buf, id);
		else
			CHECK_ERR(id, EBUSY);
	}
	for (int i = 0; i < 2; i++)
		finish(&w[i]);
	rig_expect(&rig, "all threads have ended", "", "");
}

static void export_import_all_day(void *arg)
{
	struct worker *w = arg;

	while (!stop) {
		int file = try_export(w->fd, WRITE);

		if (file < 0 || try_import(w->fd, w->number % 2 ? READ : WRITE, file))
			WRONG(w, "giving the export back failed");
		close(file);
	}
}

static void stop_workers(void *arg)
{
	(void)arg;
	stop = true;
}

static void imports_and_round_trips(void)
{
	struct worker w[2], trips[2];

	fl_defer(stop_workers, NULL);
	for (unsigned int i = 0; i < 2; i++)
		start(&trips[i], 10 + i, rig.buf.fd, export_import_all_day);
	for (unsigned int i = 0; i < 2; i++)
		start(&w[i], i, rig.buf.fd, import_ask_signal);
	for (int i = 0; i < 2; i++)
		finish(&w[i]);
	stop = true;
	for (int i = 0; i < 2; i++)
		finish(&trips[i]);
	rig_expect(&rig, "all threads have ended", "", "");
}

static void poll_all_day(void *arg)
{
	struct worker *w = arg;
	struct pollfd p = { .fd = w->fd, .events = w->number % 2 ? POLLIN : POLLOUT };

	while (!stop)
		poll(&p, 1, 1);
}

static void imports_and_pollers(void)
{
	struct worker w[2], pollers[2];

	fl_defer(stop_workers, NULL);
	for (unsigned int i = 0; i < 2; i++)
		start(&pollers[i], 10 + i, rig.buf.fd, poll_all_day);
	for (unsigned int i = 0; i < 2; i++)
		start(&w[i], i, rig.buf.fd, import_ask_signal);
	for (int i = 0; i < 2; i++)
		finish(&w[i]);
	stop = true;
	for (int i = 0; i < 2; i++)
		finish(&pollers[i]);
	rig_expect(&rig, "all threads have ended", "", "");
}

/* The fence signals while it is being imported: it may count as either, but must not stay. */
static void signal_all_day(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < ROUNDS; i++)
		timeline_inc(w->timeline, 1);
}

static void import_against_signal(void)
{
	struct worker w;

	start(&w, 0, rig.buf.fd, signal_all_day);
	for (__u32 i = 1; i <= ROUNDS; i++)
		import_and_close(rig.buf.fd, i % 2 ? WRITE : READ, timeline_fence(w.timeline, i));
	finish(&w);
	rig_expect(&rig, "every fence signalled around its import", "", "");
}

/* Buffers vanish while others look at them through descriptors of their own. */
static void ask_and_close(void *arg)
{
	struct worker *w = arg;

	close(try_export(w->fd, WRITE));
	poll_is_pending(w, POLLIN | POLLOUT);
	close(w->fd);
}

static void buffers_vanish(void)
{
	for (int i = 0; i < 60; i++) {
		struct buffer other = vgem_buffer(rig.buf.drm);
		struct worker w[2];

		import_and_close(other.fd, WRITE, rig_merged(&rig, "AB"));
		for (unsigned int j = 0; j < 2; j++)
			start(&w[j], j, other.fd, ask_and_close);
		buffer_close(&other);
		rig_signal(&rig, i % 2 ? 'A' : 'B');
		for (int j = 0; j < 2; j++) {
			finish(&w[j]);
			close(w[j].timeline);
		}
		rig_signal(&rig, 'A');
		rig_signal(&rig, 'B');
	}
}

static const struct subtest subtests[] = {
	{ "imports", imports, "P1,P2",
	  "Four threads that import side by side each find their own fence waited for." },
	{ "imports-and-driver", imports_and_driver, "P1,P2",
	  "Imports are not lost while a driver's readers and writers come and go." },
	{ "imports-and-round-trips", imports_and_round_trips, "P1,P2",
	  "Imports are not lost while others give the buffer's export back to it." },
	{ "imports-and-pollers", imports_and_pollers, "P1,P2",
	  "Imports are not lost, and nothing breaks, while others poll." },
	{ "import-against-signal", import_against_signal, "P2,P4",
	  "A fence that signals while it is imported does not stay." },
	{ "buffers-vanish", buffers_vanish, "P2",
	  "Buffers can be closed while other threads export from them and poll them.", FL_FATAL },
};
FL_SUITE("race", "several threads at one buffer", setup, subtests);
