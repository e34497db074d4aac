// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocations that fail, one after the other: ENOMEM must leave everything as
 * it was. Needs a kernel with fault injection in its slab allocator.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../fl.h"

#define FAILSLAB "/sys/kernel/debug/failslab/"
#define FAIL_NTH "/proc/thread-self/fail-nth"
#define MOST 200		/* no request makes so many allocations */

static struct rig rig;
static int nth_fd;

static void write_knob(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		fl_skip("this kernel has no fault injection (%s: %s)", path, fl_errname(errno));
	CHECK_EQ(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void restore(void *arg)
{
	(void)arg;
	write_knob(FAILSLAB "ignore-gfp-wait", "Y");
	write_knob(FAILSLAB "verbose", "2");
}

static void setup(void)
{
	write_knob(FAILSLAB "ignore-gfp-wait", "N");	/* fail those that may sleep, too */
	fl_defer(restore, NULL);
	write_knob(FAILSLAB "verbose", "0");		/* no stack trace for each */
	nth_fd = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	if (nth_fd < 0)
		fl_skip("this kernel has no fault injection (%s: %s)", FAIL_NTH, fl_errname(errno));
	rig_open(&rig);
	rig_occupy(&rig);
}

static void fail_allocation(int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	CHECK_EQ(pwrite(nth_fd, text, (size_t)len, 0), len);
}

/* Switches it off; true if the allocation was reached and failed. */
static bool allocation_failed(void)
{
	char text[16] = "";

	CHECK_GT(pread(nth_fd, text, sizeof(text) - 1, 0), 0);
	fail_allocation(0);
	return atoi(text) == 0;
}

static void export_survives(__u32 access, const char *leaves)
{
	int refused = 0, n;

	for (n = 1; n < MOST; n++) {
		unsigned int before = fd_count();
		int file;
		bool failed;

		fail_allocation(n);
		file = try_export(rig.buf.fd, access);
		failed = allocation_failed();
		if (file >= 0) {
			rig_expect_file(&rig, "an allocation failed or not", "EXPORT", file, leaves);
			close(file);
		} else {
			CHECK_ERR(file, ENOMEM);
			refused++;
		}
		CHECK_EQ(fd_count(), before);
		if (!failed)
			break;
	}
	CHECK_LT(n, MOST);
	CHECK_MSG(refused > 0, "no allocation of EXPORT could be made to fail");
	fl_note("EXPORT(%s): %d allocations, %d refusals", access_name(access), n - 1, refused);
}

static void exports(void)
{
	export_survives(READ, "A");
	export_survives(WRITE, "AB");
	rig_expect_occupied(&rig, "each allocation of EXPORT failed once");
}

static void export_of_many(void)
{
	rig_import(&rig, WRITE, "CD");
	rig_import(&rig, READ, "EF");
	export_survives(READ, "ACD");
	export_survives(WRITE, "ABCDEF");
	rig_drain(&rig, "FACEBD", "ACD", "ABCDEF");
}

/* One import with the nth allocation failing, into a buffer that A writes and B reads. */
static bool import_once(__u32 access, const char *letters, int n, int *refused)
{
	const char *reader = access == READ ? "A" : strlen(letters) > 1 ? "ACD" : "AC";
	const char *writer = strlen(letters) > 1 ? "ABCD" : "ABC";
	int file = rig_merged(&rig, letters);
	unsigned int before = fd_count();
	bool failed;
	int ret;

	fail_allocation(n);
	ret = try_import(rig.buf.fd, access, file);
	failed = allocation_failed();
	CHECK_EQ(fd_count(), before);
	if (ret) {
		CHECK_ERR(ret, ENOMEM);
		++*refused;
		rig_expect_occupied(&rig, "an import was refused for want of memory");
		import_sync_file(rig.buf.fd, access, file);
	}
	close(file);
	rig_expect(&rig, "the import was taken", reader, writer);
	return failed;
}

static void import_survives(__u32 access, const char *letters)
{
	struct buffer kept = rig.buf;
	int refused = 0, n;
	bool failed = true;

	for (n = 1; failed && n < MOST; n++) {
		rig.buf = vgem_buffer(kept.drm);
		rig_occupy(&rig);
		failed = import_once(access, letters, n, &refused);
		buffer_close(&rig.buf);
	}
	rig.buf = kept;
	CHECK_LT(n, MOST);
	CHECK_MSG(refused > 0, "no allocation of IMPORT could be made to fail");
	fl_note("IMPORT(%s) of %zu: %d allocations, %d refusals", access_name(access),
		strlen(letters), n - 2, refused);
}

/* Into a list that has just room enough, or just not: its growth is an allocation. */
static void imports_that_grow(void)
{
	int before = rig_fence(&rig, 'C');
	int refused = 0;

	for (int i = 0; i < 40; i++) {
		int timeline = timeline_open("growing");
		int file = timeline_fence(timeline, 1);
		int ret;

		fail_allocation(1);
		ret = try_import(rig.buf.fd, i % 2 ? READ : WRITE, file);
		allocation_failed();
		if (ret) {
			CHECK_ERR(ret, ENOMEM);
			refused++;
			import_sync_file(rig.buf.fd, i % 2 ? READ : WRITE, file);
		}
		close(file);
		CHECK_EQ(poll_now(rig.buf.fd, POLLIN | POLLOUT), 0);
	}
	import_and_close(rig.buf.fd, READ, before);
	CHECK_GT(refused, 0);
	fl_note("%d of 40 imports were refused once", refused);
}

static void import_for_reading(void)
{
	import_survives(READ, "C");
}

static void import_for_writing(void)
{
	import_survives(WRITE, "C");
}

static void import_merged_for_reading(void)
{
	import_survives(READ, "CD");
}

static void import_merged_for_writing(void)
{
	import_survives(WRITE, "CD");
}

static const struct subtest subtests[] = {
	{ "export", exports, "P1",
	  "Whichever allocation of EXPORT fails: ENOMEM, no descriptor, and the buffer as it was.", FL_FAULTS },
	{ "export-of-many", export_of_many, "P1",
	  "The same with six leaves, which need a container.", FL_FAULTS },
	{ "import-for-reading", import_for_reading, "P1",
	  "Whichever allocation of an import for reading fails, nothing is lost and a retry works.", FL_FAULTS },
	{ "import-for-writing", import_for_writing, "P1,P3",
	  "Whichever allocation of an import for writing fails, nothing is lost and a retry works.", FL_FAULTS },
	{ "import-merged-for-reading", import_merged_for_reading, "P1",
	  "The same for a merged file for reading: both leaves are taken or none.", FL_FAULTS },
	{ "import-merged-for-writing", import_merged_for_writing, "P1,P3",
	  "The same for a merged file for writing: both leaves are taken or none.", FL_FAULTS },
	{ "imports-that-grow", imports_that_grow, "P1",
	  "When the list of fences cannot grow the import is refused and the list stays.", FL_FAULTS },
};
FL_SUITE("nomem", "allocations that fail", setup, subtests);
