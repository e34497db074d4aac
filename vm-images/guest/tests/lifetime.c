// SPDX-License-Identifier: GPL-2.0-only
/* Buffers, files, timelines and processes that go away while something is pending. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../fl.h"

static struct rig rig;

static void setup(void)
{
	rig_open(&rig);
}

static void file_outlives_buffer(void)
{
	int r, w;

	rig_occupy(&rig);
	r = export_sync_file(rig.buf.fd, READ);
	w = export_sync_file(rig.buf.fd, WRITE);
	buffer_close(&rig.buf);
	fl_sleep_ms(10);
	CHECK(!sync_signalled(r) && !sync_signalled(w));
	rig_expect_file(&rig, "the buffer was closed", "EXPORT(WRITE)", w, "AB");
	rig_signal(&rig, 'A');
	CHECK(sync_wait(r, 1000));
	CHECK_MSG(!sync_signalled(w), "P1: the file lost B with its buffer");
	rig_signal(&rig, 'B');
	CHECK(sync_wait(w, 1000));
}

static void buffer_goes_while_waited_for(void)
{
	struct later l;
	int file;

	rig_import(&rig, WRITE, "A");
	file = export_sync_file(rig.buf.fd, READ);
	buffer_close(&rig.buf);
	later_inc(&l, 20, rig_timeline(&rig, 'A'));
	CHECK(sync_wait(file, 5000));
	CHECK_EQ(sync_status(file), 1);
	later_join(&l);
}

static void import_then_close_everything(void)
{
	for (int i = 0; i < 200; i++) {
		struct rig r;

		rig_open(&r);
		rig_import(&r, WRITE, "AB");
		rig_import(&r, READ, "C");
		close(export_sync_file(r.buf.fd, WRITE));
		/* The buffer first, its fences still pending; then the timelines. */
		buffer_close(&r.buf);
		for (int t = 0; t < 3; t++)
			close(r.own[t].fd);
		close(r.buf.drm);
	}
}

static void timelines_close_first(void)
{
	rig_import(&rig, WRITE, "AB");
	rig_import(&rig, READ, "C");
	close(rig_timeline(&rig, 'B'));
	rig_expect(&rig, "timeline B was closed", "A", "AC");
	close(rig_timeline(&rig, 'A'));
	close(rig_timeline(&rig, 'C'));
	rig_expect(&rig, "all timelines were closed", "", "");
}

static void exported_file_gets_the_error(void)
{
	int file;

	rig_import(&rig, WRITE, "AB");
	file = export_sync_file(rig.buf.fd, READ);
	close(rig_timeline(&rig, 'A'));
	CHECK(!sync_signalled(file));
	rig_signal(&rig, 'B');
	CHECK(sync_wait(file, 1000));
}

/* Forks a process that imports into the buffer through its own copy and stays. */
static void import_and_stay(void *arg)
{
	int ready = *(int *)arg;
	int timeline = timeline_open("timeline-E");

	import_and_close(rig.buf.fd, WRITE, timeline_fence(timeline, 1));
	CHECK_EQ(write(ready, "x", 1), 1);
	for (;;)
		pause();
}

static void importer_is_killed(void)
{
	int ready[2];
	char x;
	pid_t pid;

	rig_import(&rig, READ, "A");
	CHECK_EQ(pipe2(ready, O_CLOEXEC), 0);
	pid = fl_helper(import_and_stay, &ready[1]);
	CHECK_EQ(read(ready[0], &x, 1), 1);
	rig_expect(&rig, "another process imported E", "E", "AE");
	fl_helper_kill(pid);
	/* Its timeline died with it, and the fence with the timeline. */
	rig_expect(&rig, "that process was killed", "", "A");
	rig_drain(&rig, "A", "", "A");
}

static void attach_and_stay(void *arg)
{
	int ready = *(int *)arg;
	int drm = require_vgem();
	__u32 handle;

	CHECK_OK(try_prime_import(drm, rig.buf.fd, &handle));
	CHECK_GT(try_vgem_attach(drm, handle, true), 0);
	CHECK_EQ(write(ready, "x", 1), 1);
	for (;;)
		pause();
}

static void drivers_client_is_killed(void)
{
	int ready[2];
	char x;
	pid_t pid;

	CHECK_EQ(pipe2(ready, O_CLOEXEC), 0);
	pid = fl_helper(attach_and_stay, &ready[1]);
	CHECK_EQ(read(ready[0], &x, 1), 1);
	rig_import(&rig, READ, "A");
	rig_expect(&rig, "another process writes with vgem", "V", "AV");
	fl_helper_kill(pid);
	rig_expect(&rig, "that process was killed", "", "A");
}

static void vgem_file_is_closed(void)
{
	int drm = require_vgem();
	__u32 handle;

	CHECK_OK(try_prime_import(drm, rig.buf.fd, &handle));
	CHECK_GT(try_vgem_attach(drm, handle, true), 0);
	rig_expect(&rig, "vgem writes", "V", "V");
	close(drm);
	rig_expect(&rig, "the vgem file was closed", "", "");
}

static void handle_outlives_descriptor(void)
{
	rig_occupy(&rig);
	close(rig.buf.fd);
	rig.buf.fd = prime_export(rig.buf.drm, rig.buf.handle);
	rig_expect_occupied(&rig, "the dma-buf was closed and made again from its handle");
}

static void descriptor_outlives_handle(void)
{
	rig_occupy(&rig);
	CHECK_OK(try_gem_close(rig.buf.drm, rig.buf.handle));
	close(rig.buf.drm);
	rig_expect_occupied(&rig, "the handle and the card were closed");
	rig_drain(&rig, "AB", "A", "AB");
}

static void mapping_outlives_descriptor(void)
{
	unsigned char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, rig.buf.fd, 0);
	int file;

	CHECK(p != MAP_FAILED);
	rig_import(&rig, WRITE, "A");
	file = export_sync_file(rig.buf.fd, READ);
	buffer_close(&rig.buf);
	p[0] = 0x5a;
	rig_signal(&rig, 'A');
	CHECK(sync_wait(file, 1000));
	CHECK_EQ(p[0], 0x5a);
	CHECK_EQ(munmap(p, 4096), 0);
}

struct client {
	int to_us[2], to_client[2];
};

/* As a client of a compositor: it hands over its buffer and exits. */
static void client(void *arg)
{
	const struct client *c = arg;
	struct rig mine;
	char x;

	rig_open_beside(&mine, &rig);
	import_and_close(mine.buf.fd, WRITE, rig_fence(&rig, 'A'));
	CHECK_EQ(write(c->to_us[1], &mine.buf.fd, sizeof(int)), sizeof(int));
	CHECK_EQ(read(c->to_client[0], &x, 1), 1);
}

static void buffer_from_a_dead_client(void)
{
	struct rig theirs = rig;
	struct client c;
	int fd, pidfd;
	pid_t pid;

	CHECK_EQ(pipe2(c.to_us, O_CLOEXEC), 0);
	CHECK_EQ(pipe2(c.to_client, O_CLOEXEC), 0);
	rig_timeline(&rig, 'A');	/* ours too: the client's GPU goes on without it */
	pid = fl_helper(client, &c);
	CHECK_EQ(read(c.to_us[0], &fd, sizeof(int)), sizeof(int));
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	CHECK_GE(pidfd, 0);
	theirs.buf.fd = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	CHECK_GE(theirs.buf.fd, 0);
	CHECK_EQ(write(c.to_client[1], "x", 1), 1);
	fl_helper_join(pid);

	theirs.timeline = rig.own;
	rig.own[0].made = 1;
	rig_expect(&theirs, "the client is gone, its writer pending", "A", "A");
	rig_signal(&rig, 'A');
	rig_expect(&theirs, "the client's writer is done", "", "");
}

/* The last reference to a fence is the buffer's: no other file, no timeline. */
static void last_reference_is_the_buffers(void)
{
	for (int i = 0; i < 50; i++) {
		struct buffer other = vgem_buffer(rig.buf.drm);

		rig_import(&rig, WRITE, "AB");
		import_and_close(other.fd, READ, export_sync_file(rig.buf.fd, WRITE));
		rig_signal(&rig, 'A');
		buffer_close(&other);
		rig_signal(&rig, 'B');
	}
	rig_expect(&rig, "fifty buffers came and went", "", "");
}

static const struct subtest subtests[] = {
	{ "file-outlives-buffer", file_outlives_buffer, "P1,P8",
	  "An exported file keeps its fences when the buffer is gone." },
	{ "buffer-goes-while-waited-for", buffer_goes_while_waited_for, "P1",
	  "A wait for an exported file ends rightly though the buffer is gone." },
	{ "import-then-close-everything", import_then_close_everything, "P1,P4",
	  "Buffers with pending imported fences can be dropped before the timelines are." },
	{ "timelines-close-first", timelines_close_first, "P1",
	  "A timeline that is closed stops gating and the others go on." },
	{ "exported-file-gets-the-error", exported_file_gets_the_error, "P1",
	  "An exported file with a failed leaf still waits for the leaf that is pending." },
	{ "importer-is-killed", importer_is_killed, "P1",
	  "A killed process leaves no gate behind it and opens none of the others." },
	{ "drivers-client-is-killed", drivers_client_is_killed, "P1",
	  "A killed client of a driver ends its writer and not the imported reader." },
	{ "vgem-file-is-closed", vgem_file_is_closed, "ABI",
	  "Closing vgem's file signals the fences it attached." },
	{ "handle-outlives-descriptor", handle_outlives_descriptor, "P1",
	  "What was imported belongs to the memory: it stays when the dma-buf is closed and made anew." },
	{ "descriptor-outlives-handle", descriptor_outlives_handle, "P1",
	  "What was imported stays when only the dma-buf's descriptor is left." },
	{ "mapping-outlives-descriptor", mapping_outlives_descriptor, "P1",
	  "A mapping keeps the buffer while its fences end." },
	{ "buffer-from-a-dead-client", buffer_from_a_dead_client, "P1",
	  "A buffer that was handed over is gated though the process that made it has exited." },
	{ "last-reference-is-the-buffers", last_reference_is_the_buffers, "P1,P4",
	  "Fences that only a buffer refers to are released with it, pending or not." },
};
FL_SUITE("lifetime", "things that go away while something is pending", setup, subtests);
