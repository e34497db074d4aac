// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel shows of buffers and timelines beside the requests: /proc, debugfs, the size by lseek(2). */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "../fl.h"
#include "../lib/drm.h"
#include "../lib/exporters.h"

#define TEXT_BYTES 65536

static struct rig rig;
static char text[TEXT_BYTES];

static void setup(void)
{
	rig_open_plain(&rig);
}

/* All of a file, or a skip where this kernel does not have it. */
static const char *text_of(const char *path)
{
	FILE *f = fopen(path, "re");
	size_t length;

	if (!f)
		fl_skip("this kernel does not have %s (%s)", path, fl_errname(errno));
	length = fread(text, 1, sizeof(text) - 1, f);
	text[length] = '\0';
	fclose(f);
	return text;
}

static void has(const char *shown, const char *what)
{
	CHECK_MSG(strstr(shown, what) != NULL, "\"%s\" is not in what is shown:\n%s", what, shown);
}

static int try_seek(off_t offset, int whence)
{
	off_t at = lseek(rig.buf.fd, offset, whence);

	return at < 0 ? -errno : (int)at;
}

/* The whole buffer, and nothing but its two ends. */
static void size_by_seek(void)
{
	CHECK_GE(try_seek(0, SEEK_END), 4096);
	CHECK_EQ(try_seek(0, SEEK_SET), 0);
	CHECK_ERR(try_seek(1, SEEK_SET), EINVAL);
	CHECK_ERR(try_seek(0, SEEK_CUR), EINVAL);
}

static void name_in_proc(void)
{
	char path[64], link[128] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d", rig.buf.fd);
	CHECK_GT(readlink(path, link, sizeof(link) - 1), 0);
	has(link, "dmabuf:");
	CHECK_OK(try_set_name(rig.buf.fd, "shown"));
	CHECK_GT(readlink(path, link, sizeof(link) - 1), 0);
	has(link, "dmabuf:shown");
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", rig.buf.fd);
	has(text_of(path), "name:\tshown");
	has(text, "exp_name:");
}

/* Reads and writes, pending and signalled, while the list of buffers is walked. */
static void buffers_in_debugfs(void)
{
	const char *path = "/sys/kernel/debug/dma_buf/bufinfo";
	int other = require_dma_heap(O_RDWR);
	__u32 handle;

	CHECK_OK(try_set_name(other, "other"));
	CHECK_OK(try_prime_import(rig.buf.drm, other, &handle));
	rig_attach(&rig, false);
	has(text_of(path), "other");
	has(text, "vgem");
	has(text, "Total 1 devices attached");
	rig_expect_poll(&rig, "after its text was read", false, true);
	vgem_signal(&rig.buf, rig.vgem_fence);
	rig_attach(&rig, true);
	has(text_of(path), "vgem");
	rig_expect_poll(&rig, "after its text was read again", true, true);
}

static void timelines_in_debugfs(void)
{
	const char *path = "/sys/kernel/debug/sync/info";
	int timeline = timeline_open("shown-line"), first, second;

	first = timeline_fence(timeline, 1);
	second = timeline_fence(timeline, 2);
	has(text_of(path), "shown-line: 0");
	has(text, "active");
	timeline_inc(timeline, 1);
	CHECK_EQ(poll_now(first, POLLIN), POLLIN);
	CHECK_EQ(poll_now(second, POLLIN), 0);
	has(text_of(path), "shown-line: 1");
}

static const struct subtest subtests[] = {
	{ "size-by-seek", size_by_seek, "ABI",
	  "lseek(2) tells how large a dma-buf is, and does nothing else." },
	{ "name-in-proc", name_in_proc, "ABI",
	  "The name of a dma-buf is shown in /proc/PID/fd and fdinfo." },
	{ "buffers-in-debugfs", buffers_in_debugfs, "ABI",
	  "debugfs shows buffers with their fences while those are pending, and changes nothing." },
	{ "timelines-in-debugfs", timelines_in_debugfs, "ABI",
	  "debugfs shows timelines of sw_sync with their value." },
};
FL_SUITE("shown", "what /proc and debugfs show of buffers and fences", setup, subtests);
