// SPDX-License-Identifier: GPL-2.0-only
/*
 * udmabuf and dma-heap: dma-bufs whose reservation object belongs to the
 * dma-buf alone. No driver keeps it alive: closing the last descriptor ends
 * the buffer, whatever is still pending on it.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../fl.h"
#include "../lib/exporters.h"
#include "../lib/rig_over.h"

#define LATER_MS 20
#define SIGNAL_MS 2000

static int buf;
static int (*make_buffer)(void);
static struct rig rig;

static int make_heap(void)
{
	return require_dma_heap(O_RDWR);
}

static void setup(int (*make)(void))
{
	make_buffer = make;
	buf = make();
	rig_over(&rig, buf);
}

static void setup_udmabuf(void)
{
	setup(require_udmabuf);
}

static void setup_heap(void)
{
	setup(make_heap);
}

/* ---- what a buffer waits for ---- */

static void idle(void)
{
	rig_expect(&rig, "a new buffer", "", "");
}

static void import_read(void)
{
	rig_import(&rig, READ, "AB");
	rig_expect(&rig, "A and B were imported for reading", "", "AB");
	rig_drain(&rig, "BA", "", "AB");
}

static void import_write(void)
{
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, RW, "B");
	rig_expect(&rig, "A and B were imported for writing", "AB", "AB");
	rig_drain(&rig, "BA", "AB", "AB");
}

static void nothing_lost(void)
{
	rig_import(&rig, READ, "A");
	rig_import(&rig, WRITE, "BC");
	rig_import(&rig, READ, "D");
	rig_import(&rig, WRITE, "E");
	rig_import(&rig, READ, "F");
	rig_expect(&rig, "readers A, D, F and writers B, C, E", "BCE", "ABCDEF");
	rig_drain(&rig, "EAFBDC", "BCE", "ABCDEF");
}

static void older_after_newer(void)
{
	int older = rig_fence(&rig, 'A'), newer = rig_fence(&rig, 'A');

	import_sync_file(buf, READ, newer);
	import_sync_file(buf, READ, older);
	rig_step(&rig, 'A');
	rig_expect(&rig, "the older fence signalled, the newer did not", "", "A");
	rig_signal(&rig, 'A');
	rig_expect(&rig, "both signalled", "", "");
}

static void snapshot(void)
{
	int file;

	rig_import(&rig, WRITE, "A");
	file = export_sync_file(buf, RW);
	rig_import(&rig, WRITE, "B");
	rig_import(&rig, READ, "C");
	rig_signal(&rig, 'A');
	CHECK_MSG(sync_wait(file, SIGNAL_MS), "P8: the export waits for what was imported after it");
	rig_expect(&rig, "A signalled", "B", "BC");
}

/* One fence is pending at any time; a kernel may list it more than once, but not ever more often. */
static void growth(void)
{
	unsigned int most = 0;

	rig_import(&rig, WRITE, "A");
	for (int i = 0; i < 500; i++) {
		int file = export_sync_file(buf, RW);
		unsigned int count = sync_count(file);

		most = count > most ? count : most;
		import_and_close(buf, i % 3 ? WRITE : READ, file);
		rig_import(&rig, i % 2 ? WRITE : READ, "A");
		rig_step(&rig, 'A');
	}
	CHECK_MSG(most <= 8, "P4: an export with one pending fence has %u leaves", most);
	/* The last import was for writing. */
	rig_expect(&rig, "500 rounds of export and import", "A", "A");
	rig_signal(&rig, 'A');
	rig_expect(&rig, "A signalled", "", "");
}

static void two_buffers(void)
{
	int other = make_buffer(), both = rig_merged(&rig, "AB");

	import_sync_file(buf, READ, both);
	import_sync_file(other, WRITE, both);
	rig_import(&rig, WRITE, "C");
	rig_expect(&rig, "this buffer", "C", "ABC");
	rig.buf.fd = other;
	rig_expect(&rig, "the other buffer", "AB", "AB");
	rig_drain(&rig, "AB", "AB", "AB");
	rig.buf.fd = buf;
	rig_expect(&rig, "this buffer again", "C", "C");
}

static void two_descriptors(void)
{
	rig_import(&rig, WRITE, "A");
	rig.buf.fd = dup(buf);
	close(buf);
	rig_expect(&rig, "the first descriptor is closed", "A", "A");
	rig_drain(&rig, "A", "A", "A");
}

/* ---- poll and CPU access ---- */

static void poll_blocks(void)
{
	int fence = rig_fence(&rig, 'A');
	struct later l;

	import_sync_file(buf, READ, fence);
	CHECK(poll_within(buf, POLLIN, 0));
	later_inc(&l, LATER_MS, rig_timeline(&rig, 'A'));
	CHECK(poll_within(buf, POLLOUT, SIGNAL_MS));
	CHECK_MSG(sync_signalled(fence), "P1: poll(POLLOUT) woke before an imported reader was done");
	later_join(&l);
}

/* Blocks in START|access until `fence`, which is signalled later, is done. */
static void access_waits(__u64 access, int fence)
{
	struct later l;

	later_inc(&l, LATER_MS, rig_timeline(&rig, 'A'));
	CHECK_OK(try_cpu_access(buf, DMA_BUF_SYNC_START | access));
	CHECK_MSG(sync_signalled(fence), "P1: START|%s returned before an imported fence signalled",
		  access_name((__u32)access));
	later_join(&l);
	CHECK_OK(try_cpu_access(buf, DMA_BUF_SYNC_END | access));
}

static void cpu_read_waits(void)
{
	int fence = rig_fence(&rig, 'A');

	import_sync_file(buf, WRITE, fence);
	access_waits(READ, fence);
}

static void cpu_write_waits(void)
{
	int fence = rig_fence(&rig, 'A');

	import_sync_file(buf, READ, fence);
	CHECK_OK(try_cpu_access(buf, DMA_BUF_SYNC_START | READ));
	CHECK_MSG(!sync_signalled(fence), "[fencelab bug] nobody signalled A");
	CHECK_OK(try_cpu_access(buf, DMA_BUF_SYNC_END | READ));
	access_waits(WRITE, fence);
}

/* A writer that signals while the CPU waits, and exactly one reader behind it. */
static void signal_writer_then_reader(void *arg)
{
	(void)arg;
	timeline_inc(rig_timeline(&rig, 'B'), 1);
	fl_sleep_ms(LATER_MS);
	timeline_inc(rig_timeline(&rig, 'A'), 1);
}

static void cpu_write_waits_for_both(void)
{
	int reader = rig_fence(&rig, 'A');
	struct later l;

	rig_import(&rig, WRITE, "B");
	import_sync_file(buf, READ, reader);
	later(&l, LATER_MS, signal_writer_then_reader, NULL);
	CHECK_OK(try_cpu_access(buf, DMA_BUF_SYNC_START | WRITE));
	CHECK_MSG(sync_signalled(reader),
		  "P1: START|WRITE returned after the writer, while the one reader was pending");
	later_join(&l);
}

static void cpu_end_does_not_wait(void)
{
	CHECK_OK(try_cpu_access(buf, DMA_BUF_SYNC_START | RW));
	rig_import(&rig, WRITE, "A");
	CHECK_OK(try_cpu_access(buf, DMA_BUF_SYNC_END | RW));
	rig_expect(&rig, "the access has ended", "A", "A");
}

/* ---- lifetime ---- */

static void file_outlives_buffer(void)
{
	int file;

	rig_import(&rig, WRITE, "AB");
	file = export_sync_file(buf, READ);
	close(buf);
	CHECK(!sync_signalled(file));
	rig_signal(&rig, 'A');
	CHECK(!sync_signalled(file));
	rig_signal(&rig, 'B');
	CHECK(sync_wait(file, SIGNAL_MS));
}

static void closed_while_pending(void)
{
	rig_import(&rig, WRITE, "AB");
	rig_import(&rig, READ, "CD");
	close(buf);
	rig_over_close(&rig);
}

static void closed_while_polled(void)
{
	rig_import(&rig, WRITE, "AB");
	rig_import(&rig, READ, "CD");
	CHECK_EQ(poll_now(buf, POLLIN), 0);
	CHECK_EQ(poll_now(buf, POLLOUT), 0);
	CHECK_EQ(poll_now(buf, POLLIN | POLLOUT), 0);
	close(buf);
	rig_over_close(&rig);
}

static void import_and_exit(void *arg)
{
	(void)arg;
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
}

static void importer_gone(void)
{
	rig_timeline(&rig, 'A');
	rig_timeline(&rig, 'B');
	fl_helper_join(fl_helper(import_and_exit, NULL));
	/* The child's rig counted its fences; ours has to as well. */
	rig.own[0].made++;
	rig.own[1].made++;
	rig_expect(&rig, "the process that imported has gone", "A", "AB");
	rig_drain(&rig, "AB", "A", "AB");
}

static void timeline_gone(void)
{
	int timeline = timeline_open("timeline-E");

	import_and_close(buf, WRITE, timeline_fence(timeline, 1));
	import_and_close(buf, READ, timeline_fence(timeline, 2));
	rig_import(&rig, READ, "A");
	rig_expect(&rig, "E twice and A", "E", "AE");
	close(timeline);
	rig_expect(&rig, "E ended with an error", "", "A");
}

/* ---- one exporter only ---- */

static void end_before_start(void)
{
	CHECK_ERR(try_cpu_access(buf, DMA_BUF_SYNC_END | READ), EINVAL);
	rig_import(&rig, WRITE, "A");
	CHECK_ERR(try_cpu_access(buf, DMA_BUF_SYNC_END | WRITE), EINVAL);
	rig_expect(&rig, "a refused END", "A", "A");
}

static void pages_untouched(void)
{
	uint8_t *p = mmap(NULL, EXPORTER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, buf, 0);

	CHECK(p != MAP_FAILED);
	memset(p, 0xa5, EXPORTER_BYTES);
	rig_import(&rig, WRITE, "AB");
	close(export_sync_file(buf, RW));
	rig_signal(&rig, 'A');
	for (int i = 0; i < EXPORTER_BYTES; i++)
		CHECK_EQ(p[i], 0xa5);
	close(buf);
	CHECK_EQ(p[EXPORTER_BYTES - 1], 0xa5);
}

static void read_only_descriptor(void)
{
	buf = require_dma_heap(O_RDONLY);
	rig.buf.fd = buf;
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	rig_expect(&rig, "imports through a read-only descriptor", "A", "AB");
	rig_drain(&rig, "AB", "A", "AB");
}

#define ROWS_OF_BOTH								\
	{ "idle", idle, "ABI",							\
	  "A new buffer exports a signalled file and polls ready." },		\
	{ "import-read", import_read, "P1,P3",					\
	  "Imported readers hold writers until the last of them signals." },	\
	{ "import-write", import_write, "P1,P3",				\
	  "Imported writers hold everyone until the last of them signals." },	\
	{ "nothing-lost", nothing_lost, "P1,P3",				\
	  "Readers and writers imported in turn are all kept, in their classes." }, \
	{ "older-after-newer", older_after_newer, "P1",				\
	  "An older fence of a timeline does not push out the newer one." },	\
	{ "snapshot", snapshot, "P8",						\
	  "An exported file does not wait for what is imported afterwards." },	\
	{ "growth", growth, "P4",						\
	  "Hundreds of rounds of export and import leave one leaf per timeline." }, \
	{ "two-buffers", two_buffers, "P1",					\
	  "One sync file imported into two buffers holds each in its own way." }, \
	{ "two-descriptors", two_descriptors, "P1",				\
	  "Fences belong to the buffer: they outlive the descriptor they came through." }, \
	{ "poll-blocks", poll_blocks, "P1",					\
	  "A blocking poll for writing wakes only when the imported reader signals." }, \
	{ "cpu-read-waits", cpu_read_waits, "P1",				\
	  "The CPU may not start to read before an imported writer is done." },	\
	{ "cpu-write-waits", cpu_write_waits, "P1",				\
	  "The CPU may read beside an imported reader but not start to write." }, \
	{ "cpu-write-waits-for-both", cpu_write_waits_for_both, "P1",		\
	  "The CPU may not start to write when the writer is done but the one reader is not." }, \
	{ "cpu-end-does-not-wait", cpu_end_does_not_wait, "ABI",		\
	  "The end of a CPU access neither waits for fences nor takes any away." }, \
	{ "file-outlives-buffer", file_outlives_buffer, "P1",			\
	  "An exported file goes on waiting for its fences when the buffer is gone." }, \
	{ "closed-while-pending", closed_while_pending, "P1",			\
	  "A buffer can be closed for good while imported fences are pending." }, \
	{ "closed-while-polled", closed_while_polled, "P1",			\
	  "A buffer can be closed for good while polls wait for its fences.", FL_FATAL }, \
	{ "importer-gone", importer_gone, "P1",					\
	  "Imported fences stay when the process that imported them exits." },	\
	{ "timeline-gone", timeline_gone, "P1",					\
	  "A fence that ends with an error is let go of, and no other one with it." }

static const struct subtest udmabuf_subtests[] = {
	ROWS_OF_BOTH,
	{ "end-before-start", end_before_start, "ABI",
	  "The end of a CPU access that never began is EINVAL and changes no fence." },
	{ "pages-untouched", pages_untouched, "P1",
	  "Imports, exports and signals do not touch the pages; a mapping outlives the descriptor." },
};
FL_SUITE_AS(udmabuf, "udmabuf", "buffers over the pages of a memfd", setup_udmabuf,
	    udmabuf_subtests, false);

static const struct subtest heap_subtests[] = {
	ROWS_OF_BOTH,
	{ "pages-untouched", pages_untouched, "P1",
	  "Imports, exports and signals do not touch the pages; a mapping outlives the descriptor." },
	{ "read-only-descriptor", read_only_descriptor, "ABI",
	  "Both requests work on a descriptor that was opened read-only." },
};
FL_SUITE_AS(dma_heap, "dma-heap", "buffers of the system heap", setup_heap, heap_subtests, false);
