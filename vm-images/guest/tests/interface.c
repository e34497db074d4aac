// SPDX-License-Identifier: GPL-2.0-only
/* Is the interface there at all, and is what was there before still there. */
#include "../fl.h"

static struct buffer buf;

static void setup(void)
{
	buf = require_buffer();
}

static void export_exists(void)
{
	CHECK_MSG(has_export(buf.fd), "this kernel has no DMA_BUF_IOCTL_EXPORT_SYNC_FILE (ENOTTY)");
}

static void import_exists(void)
{
	CHECK_MSG(has_import(buf.fd), "this kernel has no DMA_BUF_IOCTL_IMPORT_SYNC_FILE (ENOTTY)");
}

/* The whole number counts: direction and size are part of the ABI. */
static void other_numbers_refused(void)
{
	struct { __u32 flags; __s32 fd; __u64 more; } arg = { .flags = READ, .fd = -1 };

	CHECK_ERR(try_request(buf.fd, _IOW('b', 2, struct fl_sync_file_arg), &arg), ENOTTY);
	CHECK_ERR(try_request(buf.fd, _IOR('b', 2, struct fl_sync_file_arg), &arg), ENOTTY);
	CHECK_ERR(try_request(buf.fd, _IOWR('b', 3, struct fl_sync_file_arg), &arg), ENOTTY);
	CHECK_ERR(try_request(buf.fd, _IOWR('b', 2, arg), &arg), ENOTTY);
	CHECK_ERR(try_request(buf.fd, _IOW('b', 3, __u32), &arg), ENOTTY);
	CHECK_ERR(try_request(buf.fd, _IOWR('b', 99, struct fl_sync_file_arg), &arg), ENOTTY);
	CHECK_EQ(arg.flags, READ);
	CHECK_EQ(arg.fd, -1);
}

static void cpu_access_still_works(void)
{
	for (__u32 access = READ; access <= RW; access++) {
		CHECK_OK(try_cpu_access(buf.fd, DMA_BUF_SYNC_START | access));
		CHECK_OK(try_cpu_access(buf.fd, DMA_BUF_SYNC_END | access));
	}
}

static void set_name_still_works(void)
{
	int other = vgem_buffer(buf.drm).fd;

	CHECK_OK(try_set_name(other, "fencelab"));
	CHECK_ERR(try_set_name(other, "a name that is longer than thirty-two bytes"), EINVAL);
}

static void not_on_other_files(void)
{
	CHECK_ERR(try_export(buf.drm, READ) < 0 ? -1 : 0, 1);
	CHECK_ERR(try_import(buf.drm, READ, -1) < 0 ? -1 : 0, 1);
}

static const struct subtest subtests[] = {
	{ "export-exists", export_exists, "ABI",
	  "A dma-buf answers the request that exports its fences as a sync file." },
	{ "import-exists", import_exists, "ABI",
	  "A dma-buf answers the request that imports a sync file." },
	{ "other-numbers-refused", other_numbers_refused, "ABI",
	  "Requests that differ in direction, size or number are unknown and leave their argument alone." },
	{ "cpu-access-still-works", cpu_access_still_works, "ABI",
	  "DMA_BUF_IOCTL_SYNC works on an idle buffer as it did before the two requests came." },
	{ "set-name-still-works", set_name_still_works, "ABI",
	  "DMA_BUF_SET_NAME works, and refuses what is too long, as it did before." },
	{ "not-on-other-files", not_on_other_files, "ABI",
	  "A file that is no dma-buf does not answer the two requests with success." },
};
FL_SUITE("interface", "the two requests exist and the old ones still work", setup, subtests);
