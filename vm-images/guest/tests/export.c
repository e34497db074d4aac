// SPDX-License-Identifier: GPL-2.0-only
/* EXPORT alone: what the file waits for, with fences that vgem attached as a driver does. */
#include <sys/ioctl.h>
#include <unistd.h>

#include "../fl.h"

static const __u32 accesses[] = { READ, WRITE, RW };

#define FOR_EACH_ACCESS(a) \
	for (const __u32 *a = accesses; a < accesses + 3; a++)

static struct buffer buf;

static void setup(void)
{
	buf = require_buffer();
	require_export(buf.fd);
}

static void idle_is_signalled(void)
{
	FOR_EACH_ACCESS(access) {
		int file = export_sync_file(buf.fd, *access);
		struct sync_info info = sync_info(file);

		CHECK_EQ(info.status, 1);
		CHECK(sync_signalled(file));
		for (unsigned int i = 0; i < info.count; i++)
			CHECK_EQ(info.leaf[i].status, 1);
		close(file);
	}
}

static void idle_timestamp_is_past(void)
{
	int file = export_sync_file(buf.fd, READ);
	struct sync_info info = sync_info(file);

	CHECK_EQ(info.count, 1);
	CHECK_LE(info.leaf[0].timestamp_ns / 1000, fl_now_us());
}

/* Exports, and expects a file that waits for vgem's fence, or does not. */
static int export_expect(__u32 access, bool pending)
{
	int file = export_sync_file(buf.fd, access);

	CHECK_MSG(sync_signalled(file) == !pending, "%s: EXPORT(%s) gave a file that is %s",
		  pending ? "P1" : "ABI", access_name(access),
		  pending ? "signalled while a fence it stands for is pending" : "pending");
	CHECK_EQ(sync_status(file), pending ? 0 : 1);
	return file;
}

static void writer_gates_all(void)
{
	int fence = vgem_attach(&buf, true);
	int r = export_expect(READ, true);
	int w = export_expect(WRITE, true);
	int rw = export_expect(RW, true);

	vgem_signal(&buf, fence);
	CHECK(sync_wait(r, 1000));
	CHECK(sync_wait(w, 1000));
	CHECK(sync_wait(rw, 1000));
}

static void reader_gates_writers(void)
{
	int fence = vgem_attach(&buf, false);
	int w = export_expect(WRITE, true);
	int rw = export_expect(RW, true);

	vgem_signal(&buf, fence);
	CHECK(sync_wait(w, 1000));
	CHECK(sync_wait(rw, 1000));
}

static void readers_ignore_readers(void)
{
	vgem_attach(&buf, false);
	export_expect(READ, false);
}

static void all_readers_gate(void)
{
	int first = vgem_attach(&buf, false);
	int second = vgem_attach(&buf, false);
	int file = export_expect(WRITE, true);

	vgem_signal(&buf, second);
	CHECK_MSG(!sync_signalled(file),
		  "P1: the file no longer waits for the first of two readers");
	vgem_signal(&buf, first);
	CHECK(sync_wait(file, 1000));
}

static void after_signal_is_idle(void)
{
	vgem_signal(&buf, vgem_attach(&buf, true));
	FOR_EACH_ACCESS(access)
		export_expect(*access, false);
	vgem_signal(&buf, vgem_attach(&buf, false));
	FOR_EACH_ACCESS(access)
		export_expect(*access, false);
}

static void snapshot_stays_signalled(void)
{
	int r = export_expect(READ, false);
	int w = export_expect(WRITE, false);

	vgem_attach(&buf, true);
	CHECK_MSG(sync_signalled(r) && sync_signalled(w),
		  "P8: a file that was exported from an idle buffer waits for a later writer");
}

static void snapshot_ignores_later_reader(void)
{
	int first = vgem_attach(&buf, false);
	int file = export_expect(WRITE, true);
	int later = vgem_attach(&buf, false);

	CHECK_LE(sync_count(file), 1);
	vgem_signal(&buf, first);
	CHECK_MSG(sync_wait(file, 1000),
		  "P8: the file waits for a reader that came after the export");
	export_expect(WRITE, true);
	vgem_signal(&buf, later);
}

static void snapshot_survives_signal(void)
{
	int fence = vgem_attach(&buf, true);
	int before = export_expect(WRITE, true);

	vgem_signal(&buf, fence);
	vgem_attach(&buf, true);
	CHECK_MSG(sync_wait(before, 1000), "P8: the file waits for the next writer of the buffer");
	export_expect(READ, true);
}

static void status_follows_fence(void)
{
	int fence = vgem_attach(&buf, true);
	int file = export_sync_file(buf.fd, READ);
	struct sync_info info = sync_info(file);

	CHECK_EQ(info.status, 0);
	CHECK_EQ(info.count, 1);
	CHECK_EQ(info.leaf[0].status, 0);
	vgem_signal(&buf, fence);
	info = sync_info(file);
	CHECK_EQ(info.status, 1);
	CHECK_EQ(info.leaf[0].status, 1);
	CHECK_EQ(sync_status(file), 1);
}

static void timestamp_is_completion(void)
{
	int fence = vgem_attach(&buf, true);
	int file = export_sync_file(buf.fd, READ);
	long long before, after, stamp;

	fl_sleep_ms(5);
	before = fl_now_us();
	vgem_signal(&buf, fence);
	after = fl_now_us();
	stamp = (long long)sync_info(file).leaf[0].timestamp_ns / 1000;
	CHECK_GE(stamp, before);
	CHECK_LE(stamp, after);
}

/* Of a fence that is pending: those of signalled ones depend on the kernel. */
static void names_of_a_pending_fence(void)
{
	struct sync_info info;

	vgem_attach(&buf, true);
	info = sync_info(export_sync_file(buf.fd, READ));
	CHECK_STR(info.leaf[0].driver, "vgem");
	CHECK_STR(info.leaf[0].timeline, "unbound");
	CHECK_MSG(strncmp(info.name, "vgem-unbound", 12) == 0,
		  "the file of one vgem fence is called \"%s\"", info.name);
}

static void argument_comes_back(void)
{
	static const __s32 inputs[] = { -1, 0, 12345, -2147483647 - 1 };

	for (size_t i = 0; i < 4; i++) {
		FOR_EACH_ACCESS(access) {
			struct dma_buf_export_sync_file arg = { .flags = *access, .fd = inputs[i] };

			CHECK_EQ(ioctl(buf.fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &arg), 0);
			CHECK_EQ(arg.flags, *access);
			CHECK_GT(arg.fd, 2);
			CHECK(sync_signalled(arg.fd));
			close(arg.fd);
		}
	}
}

static void one_descriptor_each(void)
{
	unsigned int before = fd_count();
	int a = export_sync_file(buf.fd, READ);
	int b = export_sync_file(buf.fd, READ);

	CHECK_NE(a, b);
	CHECK_EQ(fd_count(), before + 2);
	CHECK(fd_is_cloexec(a));
	CHECK(fd_is_cloexec(b));
	CHECK_EQ(close(a), 0);
	CHECK(sync_signalled(b));
	CHECK_EQ(close(b), 0);
	CHECK_EQ(fd_count(), before);
}

static void any_name_of_the_buffer(void)
{
	int twin = dup(buf.fd);
	int other_drm = require_vgem();
	__u32 handle;
	int file;

	CHECK_OK(try_prime_import(other_drm, buf.fd, &handle));
	vgem_attach(&buf, true);
	file = export_sync_file(twin, READ);
	CHECK(!sync_signalled(file));
	file = export_sync_file(prime_export(other_drm, handle), READ);
	CHECK_MSG(!sync_signalled(file), "P1: another name of the buffer does not show its writer");
}

static void changes_nothing(void)
{
	vgem_attach(&buf, false);
	for (int i = 0; i < 200; i++) {
		FOR_EACH_ACCESS(access)
			close(export_expect(*access, *access != READ));
	}
	CHECK_EQ(poll_now(buf.fd, POLLIN), POLLIN);
	CHECK_EQ(poll_now(buf.fd, POLLOUT), 0);
}

static void wait_blocks_until_signalled(void)
{
	struct later l;
	int timeline, fence, file;

	require_sw_sync();
	require_import(buf.fd);
	timeline = timeline_open("timeline-A");
	fence = timeline_fence(timeline, 1);
	import_sync_file(buf.fd, WRITE, fence);
	file = export_sync_file(buf.fd, READ);
	later_inc(&l, 20, timeline);
	CHECK(sync_wait(file, 5000));
	CHECK_MSG(sync_signalled(fence), "P1: the wait ended before the fence was signalled");
	later_join(&l);
}

static const struct subtest subtests[] = {
	{ "idle-is-signalled", idle_is_signalled, "ABI",
	  "Exporting from an idle buffer, for any access, gives a file that is already signalled." },
	{ "idle-timestamp-is-past", idle_timestamp_is_past, "ABI",
	  "The fence that stands for an idle buffer was not signalled in the future." },
	{ "writer-gates-all", writer_gates_all, "P1",
	  "A pending writer is in the export for reading, for writing and for both." },
	{ "reader-gates-writers", reader_gates_writers, "P1",
	  "A pending reader is in the export for writing." },
	{ "readers-ignore-readers", readers_ignore_readers, "ABI",
	  "A pending reader is not in the export for reading: readers may run side by side." },
	{ "all-readers-gate", all_readers_gate, "P1",
	  "Of two pending readers both are in the export for writing, whichever ends first." },
	{ "after-signal-is-idle", after_signal_is_idle, "P4",
	  "A fence that has signalled does not gate a later export." },
	{ "snapshot-stays-signalled", snapshot_stays_signalled, "P8",
	  "A file exported from an idle buffer stays signalled when a writer comes." },
	{ "snapshot-ignores-later-reader", snapshot_ignores_later_reader, "P8",
	  "A file waits for the readers of the moment of its export and for no later one." },
	{ "snapshot-survives-signal", snapshot_survives_signal, "P8",
	  "A file ends with the writer it was exported for though the buffer is busy again." },
	{ "status-follows-fence", status_follows_fence, "ABI",
	  "The file's status and its fence's go from 0 to 1 when the fence is signalled." },
	{ "timestamp-is-completion", timestamp_is_completion, "ABI",
	  "The timestamp in the file is the time at which its fence was signalled." },
	{ "names-of-a-pending-fence", names_of_a_pending_fence, "ABI",
	  "A single pending fence is exported as itself, with its driver's and its timeline's name." },
	{ "argument-comes-back", argument_comes_back, "ABI",
	  "The flags come back unchanged and the fd on input does not matter." },
	{ "one-descriptor-each", one_descriptor_each, "ABI",
	  "Each export makes one new close-on-exec descriptor, and closing it leaves none." },
	{ "any-name-of-the-buffer", any_name_of_the_buffer, "P1",
	  "A duplicate and a second handle show the same fences." },
	{ "changes-nothing", changes_nothing, "P1",
	  "Exporting any number of times does not change what the buffer waits for." },
	{ "wait-blocks-until-signalled", wait_blocks_until_signalled, "P1",
	  "Waiting for an exported file ends when its fence is signalled and not before." },
};
FL_SUITE("export", "what EXPORT hands out", setup, subtests);
