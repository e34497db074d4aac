// SPDX-License-Identifier: GPL-2.0-only
/* Is the interface there at all, and is what was there before still there. */
#include <sys/ioctl.h>

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

static const struct subtest subtests[] = {
	{ "export-exists", export_exists, "ABI",
	  "A dma-buf answers the request that exports its fences as a sync file." },
	{ "import-exists", import_exists, "ABI",
	  "A dma-buf answers the request that imports a sync file." },
};
FL_SUITE("interface", "the two requests exist and the old ones still work", setup, subtests);
