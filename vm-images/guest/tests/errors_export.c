// SPDX-License-Identifier: GPL-2.0-only
/*
 * What EXPORT refuses: the right error, and nothing changed - no descriptor
 * more, the argument as it was, the buffer waiting for whom it waited.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "../fl.h"

static struct rig rig;

static void setup(void)
{
	rig_open(&rig);
	rig_occupy(&rig);
}

/* Asks with that argument (which may lie anywhere) and expects that refusal. */
static void refused(int fd, struct dma_buf_export_sync_file *arg, int err)
{
	unsigned int before = fd_count();
	int got = try_request(fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, arg);

	CHECK_MSG(got == -err, "EXPORT gave %s where %s was due", got ? fl_errname(got) : "success",
		  fl_errname(err));
	CHECK_MSG(fd_count() == before,
		  "a refused EXPORT changed the number of descriptors: %u to %u",
		  before, fd_count());
}

static void refused_flags(__u32 flags)
{
	struct dma_buf_export_sync_file arg = { .flags = flags, .fd = -77 };

	refused(rig.buf.fd, &arg, EINVAL);
	CHECK_EQ(arg.flags, flags);
	CHECK_EQ(arg.fd, -77);
}

static void bad_flags(void)
{
	refused_flags(0);
	for (int bit = 2; bit < 32; bit++) {
		refused_flags(1u << bit);
		refused_flags(1u << bit | READ);
		refused_flags(1u << bit | RW);
	}
	refused_flags(~0u);
	rig_expect_occupied(&rig, "exports with bad flags were refused");
}

static void bad_pointers(void)
{
	refused(rig.buf.fd, NULL, EFAULT);
	refused(rig.buf.fd, (void *)8, EFAULT);
	refused(rig.buf.fd, kernel_address(), EFAULT);
	refused(rig.buf.fd, (void *)(ULONG_MAX - 3), EFAULT);
	rig_expect_occupied(&rig, "exports with bad pointers were refused");
}

static void half_an_argument(void)
{
	struct dma_buf_export_sync_file *arg = half_mapped(offsetof(struct dma_buf_export_sync_file, fd));

	arg->flags = READ;
	refused(rig.buf.fd, arg, EFAULT);
	CHECK_EQ(arg->flags, READ);
	rig_expect_occupied(&rig, "an export with half an argument was refused");
}

/* Read through, but the answer cannot be written: the descriptor must be taken back. */
static void result_cannot_be_written(void)
{
	struct dma_buf_export_sync_file *arg = page_new();

	*arg = (struct dma_buf_export_sync_file){ .flags = WRITE, .fd = -77 };
	page_readonly(arg);
	for (int i = 0; i < 100; i++)
		refused(rig.buf.fd, arg, EFAULT);
	CHECK_EQ(arg->flags, WRITE);
	CHECK_EQ(arg->fd, -77);
	rig_expect_occupied(&rig, "exports into read-only memory were refused");
}

static void result_cannot_be_written_idle(void)
{
	struct dma_buf_export_sync_file *arg = page_new();
	struct buffer idle = vgem_buffer(rig.buf.drm);

	*arg = (struct dma_buf_export_sync_file){ .flags = READ, .fd = -77 };
	page_readonly(arg);
	refused(idle.fd, arg, EFAULT);
	CHECK_EQ(poll_now(idle.fd, POLLIN | POLLOUT), POLLIN | POLLOUT);
}

static int try_without_descriptors(__u32 flags, struct dma_buf_export_sync_file *arg)
{
	int got;

	arg->flags = flags;
	arg->fd = -77;
	fds_exhaust();
	got = try_request(rig.buf.fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, arg);
	fds_restore();
	return got;
}

static void no_descriptor_left(void)
{
	struct dma_buf_export_sync_file arg;
	unsigned int before = fd_count();

	CHECK_ERR(try_without_descriptors(READ, &arg), EMFILE);
	CHECK_EQ(arg.flags, READ);
	CHECK_EQ(arg.fd, -77);
	CHECK_EQ(fd_count(), before);
	rig_expect_occupied(&rig, "an export without a free descriptor was refused");
}

static void flags_before_descriptors(void)
{
	struct dma_buf_export_sync_file arg;

	CHECK_ERR(try_without_descriptors(0, &arg), EINVAL);
	CHECK_ERR(try_without_descriptors(4, &arg), EINVAL);
	CHECK_ERR(try_without_descriptors(~0u, &arg), EINVAL);
}

/* The copy comes first of all, then the flags, then the descriptor. */
static void pointer_before_descriptors(void)
{
	int got;

	fds_exhaust();
	got = try_request(rig.buf.fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, NULL);
	fds_restore();
	CHECK_ERR(got, EFAULT);
}

static void flags_before_result(void)
{
	struct dma_buf_export_sync_file *arg = page_new();

	*arg = (struct dma_buf_export_sync_file){ .flags = 8, .fd = -77 };
	page_readonly(arg);
	refused(rig.buf.fd, arg, EINVAL);
}

static void closed_or_path_only(void)
{
	struct dma_buf_export_sync_file arg = { .flags = READ, .fd = -77 };
	char path[32];
	int fd = dup(rig.buf.fd);

	CHECK_GE(fd, 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	close(fd);
	refused(fd, &arg, EBADF);
	refused(-1, &arg, EBADF);
	fd = open("/proc/self", O_PATH | O_CLOEXEC);
	CHECK_GE(fd, 0);
	refused(fd, &arg, EBADF);
	CHECK_EQ(arg.fd, -77);
}

static const struct subtest subtests[] = {
	{ "export-bad-flags", bad_flags, "ABI",
	  "Flags without an access, or with any bit beyond the two, give EINVAL." },
	{ "export-bad-pointers", bad_pointers, "ABI",
	  "A pointer to nothing or into the kernel gives EFAULT." },
	{ "export-half-an-argument", half_an_argument, "ABI",
	  "An argument that ends at an unmapped page gives EFAULT." },
	{ "export-result-unwritable", result_cannot_be_written, "ABI",
	  "If the answer cannot be written, EFAULT comes back and the new descriptor does not stay." },
	{ "export-result-unwritable-idle", result_cannot_be_written_idle, "ABI",
	  "The same from an idle buffer, whose file stands for no fence of its own." },
	{ "export-no-descriptor-left", no_descriptor_left, "ABI",
	  "Without a free descriptor EXPORT gives EMFILE." },
	{ "export-flags-before-descriptors", flags_before_descriptors, "ABI",
	  "Bad flags give EINVAL even when no descriptor is left." },
	{ "export-pointer-before-descriptors", pointer_before_descriptors, "ABI",
	  "A bad pointer gives EFAULT even when no descriptor is left." },
	{ "export-flags-before-result", flags_before_result, "ABI",
	  "Bad flags give EINVAL even when the answer could not be written." },
	{ "export-closed-or-path-only", closed_or_path_only, "ABI",
	  "A closed descriptor, none, and one of O_PATH give EBADF." },
};
FL_SUITE("errors", "what the two requests refuse, with which error, and that nothing changes",
	 setup, subtests);
