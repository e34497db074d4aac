// SPDX-License-Identifier: GPL-2.0-only
/* IMPORT: whom it makes wait, and that nothing already there is lost. */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../fl.h"

static struct rig rig;

static void setup(void)
{
	rig_open(&rig);
}

static void read_gates_writers(void)
{
	rig_import(&rig, READ, "A");
	rig_expect(&rig, "A imported for reading", "", "A");
	rig_drain(&rig, "A", "", "A");
}

static void write_gates_all(void)
{
	rig_import(&rig, WRITE, "A");
	rig_expect(&rig, "A imported for writing", "A", "A");
	rig_drain(&rig, "A", "A", "A");
}

static void rw_is_write(void)
{
	rig_import(&rig, RW, "A");
	rig_expect(&rig, "A imported for both", "A", "A");
	rig_drain(&rig, "A", "A", "A");
}

static void writer_keeps_readers(void)
{
	rig_import(&rig, READ, "A");
	rig_import(&rig, READ, "B");
	rig_import(&rig, WRITE, "C");
	rig_expect(&rig, "C written over readers A and B", "C", "ABC");
	rig_drain(&rig, "CAB", "C", "ABC");
}

static void writer_keeps_writer(void)
{
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, WRITE, "B");
	rig_expect(&rig, "B written over writer A", "AB", "AB");
	rig_drain(&rig, "BA", "AB", "AB");
}

static void reader_keeps_writer(void)
{
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	rig_expect(&rig, "B reads what A writes", "A", "AB");
	rig_drain(&rig, "BA", "A", "AB");
}

static void reader_outlives_writer(void)
{
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	rig_drain(&rig, "AB", "A", "AB");
}

static void merged_for_reading(void)
{
	rig_import(&rig, READ, "ABC");
	rig_expect(&rig, "ABC imported for reading", "", "ABC");
	rig_drain(&rig, "BCA", "", "ABC");
}

static void merged_for_writing(void)
{
	rig_import(&rig, WRITE, "ABC");
	rig_expect(&rig, "ABC imported for writing", "ABC", "ABC");
	rig_drain(&rig, "CAB", "ABC", "ABC");
}

static void merged_twice_over(void)
{
	int ab = rig_merged(&rig, "AB");
	int cd = rig_merged(&rig, "CD");

	import_and_close(rig.buf.fd, WRITE, merge_and_close(ab, cd));
	rig_import(&rig, WRITE, "EF");
	rig_expect(&rig, "(AB)(CD) and EF imported for writing", "ABCDEF", "ABCDEF");
	rig_drain(&rig, "AFBECD", "ABCDEF", "ABCDEF");
}

static void merged_half_signalled(void)
{
	int file = rig_merged(&rig, "AB");

	rig_signal(&rig, 'A');
	import_and_close(rig.buf.fd, WRITE, file);
	rig_expect(&rig, "AB imported after A was signalled", "B", "B");
	rig_drain(&rig, "B", "B", "B");
}

static void signalled_on_idle(void)
{
	for (__u32 access = READ; access <= RW; access++) {
		int file = rig_fence(&rig, 'A');

		rig_signal(&rig, 'A');
		import_and_close(rig.buf.fd, access, file);
		rig_expect(&rig, "a signalled file imported", "", "");
	}
}

static void signalled_on_busy(void)
{
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	for (__u32 access = READ; access <= RW; access++) {
		int file = rig_fence(&rig, 'C');

		rig_signal(&rig, 'C');
		import_and_close(rig.buf.fd, access, file);
		rig_expect(&rig, "a signalled file imported over A and B", "A", "AB");
	}
	rig_drain(&rig, "BA", "A", "AB");
}

static void same_file_twice(void)
{
	for (__u32 access = READ; access <= WRITE; access++) {
		const char *reader = access == WRITE ? "A" : "";
		int file = rig_fence(&rig, 'A');

		for (int i = 0; i < 5; i++)
			import_sync_file(rig.buf.fd, access, file);
		close(file);
		rig_expect(&rig, "the same file imported five times", reader, "A");
		rig_drain(&rig, "A", reader, "A");
	}
}

static void same_file_for_both(void)
{
	for (int write_first = 0; write_first < 2; write_first++) {
		int file = rig_fence(&rig, 'A');

		import_sync_file(rig.buf.fd, write_first ? WRITE : READ, file);
		import_sync_file(rig.buf.fd, write_first ? READ : WRITE, file);
		close(file);
		rig_expect(&rig, "one file imported for reading and for writing", "A", "A");
		rig_drain(&rig, "A", "A", "A");
	}
}

static void own_export_changes_nothing(void)
{
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	import_and_close(rig.buf.fd, READ, export_sync_file(rig.buf.fd, READ));
	rig_expect(&rig, "EXPORT(READ) imported for reading", "A", "AB");
	import_and_close(rig.buf.fd, READ, export_sync_file(rig.buf.fd, WRITE));
	rig_expect(&rig, "EXPORT(WRITE) imported for reading", "A", "AB");
	import_and_close(rig.buf.fd, WRITE, export_sync_file(rig.buf.fd, READ));
	rig_expect(&rig, "EXPORT(READ) imported for writing", "A", "AB");
	rig_drain(&rig, "AB", "A", "AB");
}

static void own_export_promotes(void)
{
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	import_and_close(rig.buf.fd, WRITE, export_sync_file(rig.buf.fd, WRITE));
	rig_expect(&rig, "EXPORT(WRITE) imported for writing", "AB", "AB");
	rig_drain(&rig, "AB", "AB", "AB");
}

static void idle_export_changes_nothing(void)
{
	int idle = export_sync_file(rig.buf.fd, RW);

	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	for (__u32 access = READ; access <= RW; access++)
		import_sync_file(rig.buf.fd, access, idle);
	rig_expect(&rig, "an idle buffer's export imported", "A", "AB");
}

/* IMPORT only reads its argument: it may lie in memory that cannot be written. */
static void argument_is_only_read(void)
{
	struct dma_buf_import_sync_file *arg =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int file = rig_fence(&rig, 'A');

	CHECK(arg != MAP_FAILED);
	arg->flags = WRITE;
	arg->fd = file;
	CHECK_EQ(mprotect(arg, 4096, PROT_READ), 0);
	CHECK_EQ(ioctl(rig.buf.fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, arg), 0);
	CHECK_EQ(arg->flags, WRITE);
	CHECK_EQ(arg->fd, file);
	rig_expect(&rig, "A imported from read-only memory", "A", "A");
}

static void file_stays_the_callers(void)
{
	unsigned int before;
	int file = rig_fence(&rig, 'A');

	before = fd_count();
	import_sync_file(rig.buf.fd, WRITE, file);
	CHECK_EQ(fd_count(), before);
	CHECK_EQ(sync_status(file), 0);
	CHECK(!sync_signalled(file));
	CHECK_EQ(close(file), 0);
	rig_expect(&rig, "the imported file closed", "A", "A");
	rig_drain(&rig, "A", "A", "A");
}

static const struct subtest subtests[] = {
	{ "read-gates-writers", read_gates_writers, "P1",
	  "A file imported for reading is waited for by writers and by nobody else." },
	{ "write-gates-all", write_gates_all, "P1",
	  "A file imported for writing is waited for by readers and writers." },
	{ "rw-is-write", rw_is_write, "ABI",
	  "Importing for both is importing for writing." },
	{ "writer-keeps-readers", writer_keeps_readers, "P1,P3",
	  "Importing a writer does not let go of readers that are still at work." },
	{ "writer-keeps-writer", writer_keeps_writer, "P1,P3",
	  "Importing a second writer does not let go of the first." },
	{ "reader-keeps-writer", reader_keeps_writer, "P1",
	  "Importing a reader does not let go of a writer, even when the reader ends first." },
	{ "reader-outlives-writer", reader_outlives_writer, "P1",
	  "A reader still gates writers after the writer before it has ended." },
	{ "merged-for-reading", merged_for_reading, "P1,P5",
	  "Each leaf of a merged file gates writers, whichever ends last." },
	{ "merged-for-writing", merged_for_writing, "P1,P5",
	  "Each leaf of a merged file gates everybody, whichever ends last." },
	{ "merged-twice-over", merged_twice_over, "P3,P5",
	  "A merge of merges over another merge leaves six leaves that all gate." },
	{ "merged-half-signalled", merged_half_signalled, "P4",
	  "Of a file whose first half has signalled the second half still gates." },
	{ "signalled-on-idle", signalled_on_idle, "P4",
	  "Importing a signalled file leaves an idle buffer idle." },
	{ "signalled-on-busy", signalled_on_busy, "P1",
	  "Importing a signalled file lets go of nothing that is pending." },
	{ "same-file-twice", same_file_twice, "P4",
	  "Importing one file again and again is importing it once." },
	{ "same-file-for-both", same_file_for_both, "P1",
	  "A file imported for reading and for writing, in either order, gates as a writer." },
	{ "own-export-changes-nothing", own_export_changes_nothing, "P1,P4",
	  "What a buffer exported can be given back to it without gaining or losing a leaf." },
	{ "own-export-promotes", own_export_promotes, "P3",
	  "Giving a buffer all its leaves back for writing makes all of them writers." },
	{ "idle-export-changes-nothing", idle_export_changes_nothing, "P1",
	  "Importing what an idle buffer exported changes nothing." },
	{ "argument-is-only-read", argument_is_only_read, "ABI",
	  "Importing works from memory that the process cannot write." },
	{ "file-stays-the-callers", file_stays_the_callers, "P1",
	  "The imported file stays open and pending, and closing it does not open the gate." },
};
FL_SUITE("import", "what IMPORT adds to a buffer, and that it takes nothing away", setup, subtests);
