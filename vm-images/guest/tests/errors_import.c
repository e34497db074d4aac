// SPDX-License-Identifier: GPL-2.0-only
/*
 * What IMPORT refuses: the right error, and nothing changed - the buffer waits
 * for whom it waited, the sync file is the caller's, the argument as it was.
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../fl.h"

static struct rig rig;
static int file;		/* of C, pending, imported nowhere */

static void setup(void)
{
	rig_open(&rig);
	rig_occupy(&rig);
	file = rig_fence(&rig, 'C');
}

static void refused(int fd, struct dma_buf_import_sync_file *arg, int err)
{
	unsigned int before = fd_count();
	int got = try_request(fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, arg);

	CHECK_MSG(got == -err, "IMPORT gave %s where %s was due", got ? fl_errname(got) : "success",
		  fl_errname(err));
	CHECK_MSG(fd_count() == before,
		  "a refused IMPORT changed the number of descriptors: %u to %u",
		  before, fd_count());
}

static void refused_values(__u32 flags, int sync_file)
{
	struct dma_buf_import_sync_file arg = { .flags = flags, .fd = sync_file };

	refused(rig.buf.fd, &arg, EINVAL);
	CHECK_EQ(arg.flags, flags);
	CHECK_EQ(arg.fd, sync_file);
}

static void bad_flags(void)
{
	refused_values(0, file);
	for (int bit = 2; bit < 32; bit++) {
		refused_values(1u << bit, file);
		refused_values(1u << bit | WRITE, file);
		refused_values(1u << bit | RW, file);
	}
	refused_values(~0u, file);
	CHECK_EQ(sync_status(file), 0);
	rig_expect_occupied(&rig, "imports with bad flags were refused");
}

static void closed_files(void)
{
	int closed = dup(file);

	close(closed);
	for (__u32 access = READ; access <= RW; access++) {
		refused_values(access, closed);
		refused_values(access, -1);
		refused_values(access, INT_MIN);
		refused_values(access, INT_MAX);
		refused_values(access, 1000000);
	}
	rig_expect_occupied(&rig, "imports of closed descriptors were refused");
}

static void other_kinds(void)
{
	int pair[2];

	CHECK_EQ(pipe2(pair, O_CLOEXEC), 0);
	{
		const int kinds[] = {
			rig.buf.fd, rig.buf.drm, rig_timeline(&rig, 'C'), pair[0], pair[1],
			eventfd(0, EFD_CLOEXEC), epoll_create1(EPOLL_CLOEXEC),
			memfd_create("fencelab", MFD_CLOEXEC), open("/dev/null", O_RDWR | O_CLOEXEC),
			open("/", O_PATH | O_CLOEXEC), open("/proc/self/maps", O_RDONLY | O_CLOEXEC),
		};

		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
			CHECK_GE(kinds[i], 0);
			refused_values(READ, kinds[i]);
			refused_values(WRITE, kinds[i]);
		}
	}
	rig_expect_occupied(&rig, "imports of files of other kinds were refused");
}

static void itself_and_another_buffer(void)
{
	struct buffer other = vgem_buffer(rig.buf.drm);

	refused_values(WRITE, rig.buf.fd);
	refused_values(WRITE, other.fd);
	CHECK_EQ(poll_now(other.fd, POLLIN | POLLOUT), POLLIN | POLLOUT);
	rig_expect_occupied(&rig, "imports of dma-bufs were refused");
}

static void bad_pointers(void)
{
	refused(rig.buf.fd, NULL, EFAULT);
	refused(rig.buf.fd, (void *)8, EFAULT);
	refused(rig.buf.fd, kernel_address(), EFAULT);
	refused(rig.buf.fd, (void *)(ULONG_MAX - 3), EFAULT);
	rig_expect_occupied(&rig, "imports with bad pointers were refused");
}

static void half_an_argument(void)
{
	struct dma_buf_import_sync_file *arg = half_mapped(offsetof(struct dma_buf_import_sync_file, fd));

	arg->flags = WRITE;
	refused(rig.buf.fd, arg, EFAULT);
	CHECK_EQ(arg->flags, WRITE);
	rig_expect_occupied(&rig, "an import with half an argument was refused");
}

static void closed_or_path_only(void)
{
	struct dma_buf_import_sync_file arg = { .flags = WRITE, .fd = file };
	int fd = dup(rig.buf.fd);

	close(fd);
	refused(fd, &arg, EBADF);
	refused(-1, &arg, EBADF);
	fd = open("/proc/self", O_PATH | O_CLOEXEC);
	CHECK_GE(fd, 0);
	refused(fd, &arg, EBADF);
	rig_expect_occupied(&rig, "imports into no buffer were refused");
}

/* No descriptor is made, so none need be free. */
static void needs_no_descriptor(void)
{
	int got;

	fds_exhaust();
	got = try_import(rig.buf.fd, WRITE, file);
	fds_restore();
	CHECK_ERR(got, 0);
	rig_expect(&rig, "C imported without a free descriptor", "AC", "ABC");
}

static void refused_then_taken(void)
{
	refused_values(0, file);
	refused_values(WRITE, -1);
	CHECK_OK(try_import(rig.buf.fd, READ, file));
	rig_expect(&rig, "C imported after two refusals", "A", "ABC");
	rig_drain(&rig, "CAB", "A", "ABC");
}

/* A thousand refusals must not add up to anything. */
static void refusals_do_not_add_up(void)
{
	long before = slab_kib(), after;

	for (int i = 0; i < 10000; i++) {
		if (try_import(rig.buf.fd, WRITE, rig.buf.fd) != -EINVAL ||
		    try_export(rig.buf.fd, 4) != -EINVAL)
			fl_fail("round %d was not refused with EINVAL", i);
	}
	after = slab_kib();
	CHECK_LT(after - before, 512);
	rig_expect_occupied(&rig, "twenty thousand refusals");
}

static const struct subtest subtests[] = {
	{ "import-bad-flags", bad_flags, "ABI",
	  "Flags without an access, or with any bit beyond the two, give EINVAL." },
	{ "import-closed-files", closed_files, "ABI",
	  "A sync file descriptor that is closed, negative or far too large gives EINVAL." },
	{ "import-other-kinds", other_kinds, "ABI",
	  "A descriptor of anything that is no sync file gives EINVAL." },
	{ "import-dma-buf-as-file", itself_and_another_buffer, "ABI",
	  "A dma-buf given in place of the sync file, even the buffer itself, gives EINVAL." },
	{ "import-bad-pointers", bad_pointers, "ABI",
	  "A pointer to nothing or into the kernel gives EFAULT." },
	{ "import-half-an-argument", half_an_argument, "ABI",
	  "An argument that ends at an unmapped page gives EFAULT." },
	{ "import-closed-or-path-only", closed_or_path_only, "ABI",
	  "A closed descriptor in place of the buffer, none, and one of O_PATH give EBADF." },
	{ "import-needs-no-descriptor", needs_no_descriptor, "ABI",
	  "IMPORT works when the process has no descriptor left." },
	{ "import-refused-then-taken", refused_then_taken, "P1",
	  "A sync file that was refused for bad flags can be imported as if nothing had been." },
	{ "refusals-do-not-add-up", refusals_do_not_add_up, "P4",
	  "Twenty thousand refusals leave no memory behind." },
};
FL_SUITE("errors", NULL, setup, subtests);
