// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two drivers at one buffer: a reader's fence that gets in beside a writer's.
 *
 * vgem looks for conflicts before it takes the lock of the reservation object.
 * So two attachments that start at the same moment may both succeed, and then
 * there is a pending writer with a pending reader that has not waited for it.
 * Nobody who reads the reservation object may take the one for the other. On
 * Linux 5.10 this is the only way to that state without IMPORT; a kernel whose
 * vgem checks under the lock never comes to it, and has nothing to show here.
 */
#include <stdatomic.h>
#include <unistd.h>

#include "../fl.h"

#define ENOUGH_US 2000000	/* how long to try for it, */
#define TRIES 4000		/* and how often: it takes some hundreds */
#define SOON_MS 20

static struct buffer buf;
static int other_drm;		/* the reader's own file, so that nothing else is shared */
static __u32 other_handle;

static void setup(void)
{
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		fl_skip("this guest has one processor: two attachments never overlap");
	buf = require_buffer();
	other_drm = require_vgem();
	CHECK_OK(try_prime_import(other_drm, buf.fd, &other_handle));
}

static void attach_reader(struct racer *r, unsigned int n)
{
	(void)n;
	r->result = try_vgem_attach(other_drm, other_handle, false);
}

static struct racer reading = { .round = attach_reader };

/* True if both got in; whoever did alone is let go of. */
static bool try_both(int *writer, int *reader)
{
	racer_go(&reading);
	*writer = try_vgem_attach(buf.drm, buf.handle, true);
	racer_wait(&reading);
	*reader = reading.result;
	if (*writer > 0 && *reader > 0)
		return true;
	if (*writer > 0)
		vgem_signal(&buf, *writer);
	if (*reader > 0)
		CHECK_OK(try_vgem_signal(other_drm, (__u32)*reader));
	return false;
}

/*
 * Tries until the claim was put to the test. It returns false where the state
 * is another one: the writer came second, and 5.10 let go of the reader.
 */
static void until_shown(bool (*claim)(int writer, int reader))
{
	long long end = fl_now_us() + ENOUGH_US;
	unsigned int tries = 0, both = 0;

	racer_start(&reading);
	while (tries < TRIES && fl_now_us() < end && !fl_failed()) {
		int writer, reader;

		tries++;
		if (!try_both(&writer, &reader))
			continue;
		both++;
		if (claim(writer, reader))
			return;
	}
	fl_note("%u tries, both got in %u times", tries, both);
}

static void signal_reader(int id)
{
	CHECK_OK(try_vgem_signal(other_drm, (__u32)id));
}

static bool poll_sees_writer(int writer, int reader)
{
	short got;

	signal_reader(reader);
	got = poll_now(buf.fd, POLLOUT);
	if (got)
		fl_broken("P1: POLLOUT is ready while the writer is pending, since a reader is done");
	got = poll_now(buf.fd, POLLIN | POLLOUT);
	if (got)
		fl_broken("P1: POLLIN with POLLOUT gives 0x%x while the writer is pending", got);
	vgem_signal(&buf, writer);
	return false;
}

static bool driver_sees_writer(int writer, int reader)
{
	int id;

	signal_reader(reader);
	id = try_vgem_attach(buf.drm, buf.handle, true);
	if (id > 0) {
		fl_broken("P1: vgem finds no conflict with a pending writer, since a reader is done");
		vgem_signal(&buf, id);
	}
	vgem_signal(&buf, writer);
	return false;
}

static void signal_writer(void *arg)
{
	vgem_signal(&buf, *(int *)arg);
}

/* START|WRITE has to wait for both. The reader is signalled by nobody before that has returned. */
static void start_write(void *arg)
{
	*(atomic_int *)arg = 1 + (try_cpu_access(buf.fd, DMA_BUF_SYNC_START | WRITE) == 0);
}

static bool cpu_waits_for_reader(int writer, int reader)
{
	static atomic_int returned;
	struct later cpu, signal;

	returned = 0;
	later(&cpu, 0, start_write, &returned);
	later(&signal, SOON_MS, signal_writer, &writer);
	later_join(&signal);
	fl_sleep_ms(SOON_MS);
	/* The writer is done. POLLOUT tells whether the reader is there: if not, 5.10 let go of it. */
	if (returned && !poll_now(buf.fd, POLLOUT))
		fl_broken("P1: START|WRITE returned after the writer, while the one reader is pending");
	signal_reader(reader);
	later_join(&cpu);
	return false;
}

/* The order in which two got in is nobody's promise, but both stay. */
static bool both_stay(int writer, int reader)
{
	vgem_signal(&buf, writer);
	if (poll_now(buf.fd, POLLOUT))
		fl_broken("P1: a pending reader is lost: a writer that came beside it took its place");
	signal_reader(reader);
	return false;
}

static void race_poll(void)
{
	until_shown(poll_sees_writer);
}

static void race_driver(void)
{
	until_shown(driver_sees_writer);
}

static void race_cpu_access(void)
{
	until_shown(cpu_waits_for_reader);
}

static void race_both_stay(void)
{
	until_shown(both_stay);
}

static const struct subtest subtests[] = {
	{ "race-poll", race_poll, "P1",
	  "A poll for writing sees a pending writer also beside a reader that is done.", FL_SMP },
	{ "race-driver", race_driver, "P1",
	  "A driver sees a pending writer also beside a reader that is done.", FL_SMP },
	{ "race-cpu-access", race_cpu_access, "P1",
	  "CPU access for writing waits for the one reader that is left after the writer.", FL_SMP },
	{ "race-both-stay", race_both_stay, "P1",
	  "Two fences that get in at the same moment are both kept.", FL_SMP },
};
FL_SUITE("vgem", NULL, setup, subtests);
