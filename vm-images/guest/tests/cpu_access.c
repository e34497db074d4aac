// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA_BUF_IOCTL_SYNC: the CPU waits for writers before it reads and for
 * everybody before it writes.
 */
#include <unistd.h>

#include "../fl.h"

#define START(access) (DMA_BUF_SYNC_START | (access))
#define END(access) (DMA_BUF_SYNC_END | (access))
#define SOON_MS 15

static struct rig rig;
static int writer, reader;		/* files of A, which writes, and of B, which reads */

static void setup(void)
{
	rig_open(&rig);
	writer = rig_fence(&rig, 'A');
	reader = rig_fence(&rig, 'B');
}

static void setup_plain(void)
{
	rig_open_plain(&rig);
}

/* Begins an access while the timelines are signalled in that order, and looks who was waited for. */
static void begin_while(__u32 access, const char *order, bool waits_reader)
{
	struct later l[2];
	int n = 0;

	for (; order[n]; n++)
		later_inc(&l[n], SOON_MS * (unsigned int)(n + 1), rig_timeline(&rig, order[n]));
	CHECK_OK(try_cpu_access(rig.buf.fd, START(access)));
	if (strchr(order, 'A'))
		CHECK_MSG(sync_signalled(writer),
			  "P1: SYNC(START|%s) returned before the writer was done",
			  access_name(access));
	if (strchr(order, 'B') && waits_reader)
		CHECK_MSG(sync_signalled(reader),
			  "P1: SYNC(START|%s) returned before the reader was done",
			  access_name(access));
	for (int i = 0; i < n; i++)
		later_join(&l[i]);
	CHECK_OK(try_cpu_access(rig.buf.fd, END(access)));
}

static void read_waits_for_writer(void)
{
	import_sync_file(rig.buf.fd, WRITE, writer);
	begin_while(READ, "A", false);
}

static void write_waits_for_writer(void)
{
	import_sync_file(rig.buf.fd, WRITE, writer);
	begin_while(WRITE, "A", true);
}

static void write_waits_for_reader(void)
{
	import_sync_file(rig.buf.fd, READ, reader);
	begin_while(WRITE, "B", true);
}

static void rw_waits_for_reader(void)
{
	import_sync_file(rig.buf.fd, READ, reader);
	begin_while(RW, "B", true);
}

static void read_ignores_readers(void)
{
	import_sync_file(rig.buf.fd, READ, reader);
	CHECK_OK(try_cpu_access(rig.buf.fd, START(READ)));
	CHECK_EQ(sync_status(reader), 0);
	CHECK_OK(try_cpu_access(rig.buf.fd, END(READ)));
}

static void import_both(void)
{
	import_sync_file(rig.buf.fd, WRITE, writer);
	import_sync_file(rig.buf.fd, READ, reader);
}

static void write_waits_for_both_reader_first(void)
{
	import_both();
	begin_while(WRITE, "BA", true);
}

static void write_waits_for_both_writer_first(void)
{
	import_both();
	begin_while(WRITE, "AB", true);
}

static void rw_waits_for_both_writer_first(void)
{
	import_both();
	begin_while(RW, "AB", true);
}

static void read_waits_for_writer_beside_reader(void)
{
	import_both();
	begin_while(READ, "A", false);
	CHECK_EQ(sync_status(reader), 0);
}

/* The reader has signalled but is still in the list. */
static void write_waits_for_writer_beside_done_reader(void)
{
	import_both();
	rig_signal(&rig, 'B');
	begin_while(WRITE, "A", true);
}

static void write_waits_for_three(void)
{
	int c = rig_fence(&rig, 'C');
	struct later l;

	import_both();
	import_sync_file(rig.buf.fd, READ, c);
	later_inc(&l, 3 * SOON_MS, rig_timeline(&rig, 'C'));
	begin_while(WRITE, "AB", true);
	CHECK_MSG(sync_signalled(c),
		  "P1: SYNC(START|WRITE) returned before the second reader was done");
	later_join(&l);
}

static void waits_for_merged_writers(void)
{
	int c = rig_fence(&rig, 'C');
	struct later l;

	import_and_close(rig.buf.fd, WRITE, merge(writer, c));
	later_inc(&l, 2 * SOON_MS, rig_timeline(&rig, 'C'));
	begin_while(READ, "A", false);
	CHECK_MSG(sync_signalled(c),
		  "P1: SYNC(START|READ) returned before the second writer was done");
	later_join(&l);
}

static void waits_for_a_driver_too(void)
{
	rig_attach(&rig, false);
	import_sync_file(rig.buf.fd, WRITE, writer);
	vgem_signal(&rig.buf, rig.vgem_fence);
	begin_while(WRITE, "A", true);
}

static void end_never_waits(void)
{
	rig_attach(&rig, true);
	for (__u32 access = READ; access <= RW; access++)
		CHECK_OK(try_cpu_access(rig.buf.fd, END(access)));
	CHECK_EQ(poll_now(rig.buf.fd, POLLIN), 0);
}

static void start_read_in_helper(void *arg)
{
	(void)arg;
	try_cpu_access(rig.buf.fd, START(WRITE));
}

static void waiting_can_be_killed(void)
{
	pid_t pid;

	rig_attach(&rig, true);
	pid = fl_helper(start_read_in_helper, NULL);
	fl_sleep_ms(SOON_MS);
	fl_helper_kill(pid);
	CHECK_EQ(poll_now(rig.buf.fd, POLLIN), 0);
	rig_signal(&rig, 'V');
	CHECK(poll_within(rig.buf.fd, POLLIN | POLLOUT, 1000));
}

static void bad_flags(void)
{
	static const __u64 bad[] = { 0, DMA_BUF_SYNC_END, 8, 8 | READ, 0xb, ~0ull, 1ull << 32 | READ };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK_MSG(try_cpu_access(rig.buf.fd, bad[i]) == -EINVAL,
			  "SYNC with flags 0x%llx gave %s, not EINVAL", bad[i],
			  fl_errname(try_cpu_access(rig.buf.fd, bad[i])));
	CHECK_ERR(try_request(rig.buf.fd, DMA_BUF_IOCTL_SYNC, NULL), EFAULT);
}

static const struct subtest imports[] = {
	{ "read-waits-for-writer", read_waits_for_writer, "P1",
	  "Before it reads, the CPU waits for an imported writer." },
	{ "write-waits-for-writer", write_waits_for_writer, "P1",
	  "Before it writes, the CPU waits for an imported writer." },
	{ "write-waits-for-reader", write_waits_for_reader, "P1",
	  "Before it writes, the CPU waits for an imported reader." },
	{ "rw-waits-for-reader", rw_waits_for_reader, "P1",
	  "Before it reads and writes, the CPU waits for an imported reader." },
	{ "read-ignores-readers", read_ignores_readers, "ABI",
	  "The CPU may read beside an imported reader." },
	{ "write-waits-for-both-reader-first", write_waits_for_both_reader_first, "P1",
	  "Before it writes, the CPU waits for a writer and one reader that ends first." },
	{ "write-waits-for-both-writer-first", write_waits_for_both_writer_first, "P1",
	  "Before it writes, the CPU waits for one reader that outlives the writer." },
	{ "rw-waits-for-both-writer-first", rw_waits_for_both_writer_first, "P1",
	  "The same for reading and writing together." },
	{ "read-waits-beside-reader", read_waits_for_writer_beside_reader, "P1",
	  "Before it reads, the CPU waits for the writer but not for the reader beside it." },
	{ "write-waits-beside-done-reader", write_waits_for_writer_beside_done_reader, "P1",
	  "A reader that is done does not hide a pending writer from the CPU." },
	{ "write-waits-for-three", write_waits_for_three, "P1",
	  "Before it writes, the CPU waits for a writer and two readers." },
	{ "waits-for-merged-writers", waits_for_merged_writers, "P1",
	  "Before it reads, the CPU waits for each leaf of a merged writer." },
	{ "waits-for-a-driver-too", waits_for_a_driver_too, "P1",
	  "A driver's reader that is done does not hide an imported writer." },
};
FL_SUITE("cpu-access", "what DMA_BUF_IOCTL_SYNC waits for", setup, imports);

static const struct subtest plain[] = {
	{ "end-never-waits", end_never_waits, "ABI",
	  "Ending an access returns at once, whatever is pending." },
	{ "waiting-can-be-killed", waiting_can_be_killed, "ABI",
	  "A process that waits in START can be killed, and the buffer is none the worse." },
	{ "bad-flags", bad_flags, "ABI",
	  "Flags that mean nothing give EINVAL and a bad pointer gives EFAULT." },
};
FL_SUITE_AS(without_imports, "cpu-access", NULL, setup_plain, plain, false);
