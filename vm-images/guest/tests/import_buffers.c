// SPDX-License-Identifier: GPL-2.0-only
/* IMPORT with several buffers, several names of one, and a driver's own fences beside it. */
#include <stdio.h>
#include <unistd.h>

#include "../fl.h"

#define MANY 64

static struct rig rig;

static void setup(void)
{
	rig_open(&rig);
}

static void several_buffers(void)
{
	struct rig other[3];
	int file = rig_fence(&rig, 'A');

	for (int i = 0; i < 3; i++) {
		rig_open_beside(&other[i], &rig);
		import_sync_file(other[i].buf.fd, i ? WRITE : READ, file);
	}
	rig_expect(&other[0], "A reads the first buffer", "", "A");
	rig_expect(&other[1], "A writes the second buffer", "A", "A");
	rig_expect(&other[2], "A writes the third buffer", "A", "A");
	rig_expect(&rig, "A was not imported here", "", "");
	rig_signal(&rig, 'A');
	for (int i = 0; i < 3; i++)
		rig_expect(&other[i], "A signalled", "", "");
}

static void buffers_are_apart(void)
{
	struct rig other;

	rig_open_beside(&other, &rig);
	rig_import(&rig, WRITE, "A");
	rig_import(&other, READ, "B");
	rig_expect(&rig, "A writes this buffer", "A", "A");
	rig_expect(&other, "B reads that buffer", "", "B");
}

static void from_another_buffer(void)
{
	struct rig other;

	rig_open_beside(&other, &rig);
	rig_import(&rig, WRITE, "A");
	rig_import(&rig, READ, "B");
	rig_import(&other, READ, "C");
	import_and_close(other.buf.fd, WRITE, export_sync_file(rig.buf.fd, WRITE));
	rig_expect(&other, "the other buffer's users imported as writers", "AB", "ABC");
	rig_expect(&rig, "exported to another buffer", "A", "AB");
	rig_drain(&other, "BCA", "AB", "ABC");
}

static void any_name_of_the_buffer(void)
{
	int twin = dup(rig.buf.fd);
	int drm = require_vgem();
	__u32 handle;

	CHECK_OK(try_prime_import(drm, rig.buf.fd, &handle));
	import_and_close(twin, READ, rig_fence(&rig, 'A'));
	import_and_close(prime_export(drm, handle), WRITE, rig_fence(&rig, 'B'));
	rig_expect(&rig, "imported through two other names", "B", "AB");
	CHECK_ERR(try_vgem_attach(drm, handle, false), EBUSY);
}

/* No right is asked for: who can see a buffer may say what it waits for. */
static void readonly_descriptor(void)
{
	rig.buf = vgem_readonly_buffer(rig.buf.drm);
	rig_import(&rig, READ, "A");
	rig_expect(&rig, "A imported for reading through a read-only descriptor", "", "A");
	rig_import(&rig, WRITE, "B");
	rig_expect(&rig, "B imported for writing through a read-only descriptor", "B", "AB");
	rig_drain(&rig, "AB", "B", "AB");
}

static void drivers_reader_stays(void)
{
	rig_attach(&rig, false);
	rig_import(&rig, WRITE, "A");
	rig_expect(&rig, "A written over vgem's reader", "A", "AV");
	rig_drain(&rig, "AV", "A", "AV");
}

static void drivers_writer_stays(void)
{
	rig_attach(&rig, true);
	rig_import(&rig, WRITE, "A");
	rig_expect(&rig, "A written over vgem's writer", "AV", "AV");
	rig_import(&rig, READ, "B");
	rig_expect(&rig, "and B reads", "AV", "ABV");
	rig_drain(&rig, "BAV", "AV", "ABV");
}

static void drivers_reader_after_import(void)
{
	rig_import(&rig, READ, "A");
	rig_attach(&rig, false);
	rig_expect(&rig, "vgem reads beside A", "", "AV");
	rig_drain(&rig, "AV", "", "AV");
}

/* vgem may write once all is done; the fences it finds there are all signalled. */
static void drivers_writer_after_all(void)
{
	rig_import(&rig, READ, "AB");
	rig_import(&rig, WRITE, "C");
	CHECK_ERR(try_vgem_attach(rig.buf.drm, rig.buf.handle, true), EBUSY);
	rig_drain(&rig, "CAB", "C", "ABC");
	rig_attach(&rig, true);
	rig_import(&rig, READ, "D");
	rig_expect(&rig, "vgem writes after all, D reads", "V", "DV");
	rig_drain(&rig, "DV", "V", "DV");
}

static void drivers_fence_travels(void)
{
	struct rig other;
	int file;

	rig_open_beside(&other, &rig);
	rig_attach(&rig, true);
	file = export_sync_file(rig.buf.fd, READ);
	import_and_close(other.buf.fd, WRITE, file);
	rig_expect(&other, "vgem's fence of one buffer writes the other", "V", "V");
	rig_signal(&rig, 'V');
	rig_expect(&other, "vgem's fence signalled", "", "");
}

static void many_leaves_at_once(void)
{
	int timelines[MANY];
	int all = -1;

	for (int i = 0; i < MANY; i++) {
		int one;

		timelines[i] = timeline_open("many");
		one = timeline_fence(timelines[i], 1);
		all = all < 0 ? one : merge_and_close(all, one);
	}
	import_and_close(rig.buf.fd, WRITE, all);
	for (int i = 0; i < MANY; i++) {
		CHECK_MSG(!poll_now(rig.buf.fd, POLLIN | POLLOUT),
			  "P1: the buffer is ready with %d of %d leaves pending", MANY - i, MANY);
		timeline_inc(timelines[(i * 11) % MANY], 1);
	}
	rig_expect(&rig, "all signalled", "", "");
}

static const struct subtest subtests[] = {
	{ "several-buffers", several_buffers, "P1",
	  "One file imported into three buffers gates each until it signals, and no fourth." },
	{ "buffers-are-apart", buffers_are_apart, "ABI",
	  "What is imported into one buffer does not gate another." },
	{ "from-another-buffer", from_another_buffer, "P3",
	  "One buffer's export, imported into another, gates there with all its leaves." },
	{ "any-name-of-the-buffer", any_name_of_the_buffer, "P1",
	  "An import through a duplicate or a second handle gates the buffer." },
	{ "readonly-descriptor", readonly_descriptor, "ABI",
	  "A descriptor opened for reading suffices to export and import for any access." },
	{ "drivers-reader-stays", drivers_reader_stays, "P1,P6",
	  "Importing a writer does not let go of a driver's reader." },
	{ "drivers-writer-stays", drivers_writer_stays, "P1,P3,P6",
	  "Importing a writer, then a reader, does not let go of a driver's writer." },
	{ "drivers-reader-after-import", drivers_reader_after_import, "P1",
	  "A driver that reads after an import does not let go of the imported reader." },
	{ "drivers-writer-after-all", drivers_writer_after_all, "P1,P4",
	  "A driver can write when all imported fences have signalled, and then gates again." },
	{ "drivers-fence-travels", drivers_fence_travels, "P1",
	  "A driver's fence exported from one buffer gates the buffer it is imported into." },
	{ "many-leaves-at-once", many_leaves_at_once, "P1,P5",
	  "A merged file with sixty-four leaves gates until the last of them has signalled." },
};
FL_SUITE("import", NULL, setup, subtests);
