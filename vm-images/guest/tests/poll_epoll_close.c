// SPDX-License-Identifier: GPL-2.0-only
/*
 * The last descriptor of a dma-buf is closed while epoll_wait(2) is at work on
 * the epoll that watches it. Until the release of the file has taken the watch
 * away, epoll still asks a file that nobody holds any more; a dma-buf whose poll
 * takes a reference then revives it, and its fence puts what was freed
 * (CVE-2024-38580). The kernel's log tells.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../fl.h"

#define SOON_MS 20
#define GRACE_MS 100		/* RCU has let go of a file that was closed before */
#define FILES 200
#define ENOUGH_US 2000000	/* how long to try for it, */
#define ROUNDS 400		/* and how often: it takes some dozens */

static struct rig rig;
static int ready;		/* a sync_file that has signalled: what epoll reports first */

static void setup(void)
{
	rig_open_plain(&rig);
	ready = rig_fence(&rig, 'A');
	rig_signal(&rig, 'A');
}

/* An epoll that asks the sync_file first and then the buffer, which is idle so far. */
static int watch_both(int buf)
{
	struct epoll_event e = { .events = EPOLLIN };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	CHECK_OK(ep);
	CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_ADD, ready, &e), 0);
	CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_ADD, buf, &e), 0);
	return ep;
}

/* Busy, and its descriptor is all that holds it. */
static int occupy(struct buffer *buf)
{
	int fence = vgem_attach(buf, true);

	CHECK_OK(try_gem_close(buf->drm, buf->handle));
	return fence;
}

/* ---- one schedule, by force: epoll_wait stops between the two files ---- */

/* A page that is not there until fault_end(): whoever touches it first waits, in the kernel as well. */
struct fault {
	int fd;
	void *page;
};

static struct fault require_fault(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register where = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct fault f = { .fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC) };

	if (f.fd < 0 && errno == ENOSYS)
		fl_skip("this kernel has no userfaultfd(2)");
	CHECK_MSG(f.fd >= 0, "userfaultfd: %s", fl_errname(errno));
	CHECK_EQ(ioctl(f.fd, UFFDIO_API, &api), 0);
	f.page = page_new();
	where.range.start = (uintptr_t)f.page;
	where.range.len = PAGE;
	CHECK_EQ(ioctl(f.fd, UFFDIO_REGISTER, &where), 0);
	return f;
}

static void fault_begin(const struct fault *f)
{
	struct uffd_msg msg;

	CHECK_EQ(read(f->fd, &msg, sizeof(msg)), sizeof(msg));
	CHECK_EQ(msg.event, UFFD_EVENT_PAGEFAULT);
}

static void fault_end(const struct fault *f)
{
	struct uffdio_zeropage zero = {
		.range = { .start = (uintptr_t)f->page, .len = PAGE },
	};

	CHECK_EQ(ioctl(f->fd, UFFDIO_ZEROPAGE, &zero), 0);
}

struct waiter {
	int ep, count;
	struct epoll_event *events;
};

static void wait_for_two(void *arg)
{
	struct waiter *w = arg;

	w->count = epoll_wait(w->ep, w->events, 2, 0);
}

static void close_it(void *arg)
{
	close(*(int *)arg);
}

/* It is out of the table, and a moment later without a reference: its release waits for epoll_wait. */
static void closing(int fd)
{
	while (fcntl(fd, F_GETFD) >= 0)
		fl_sleep_ms(1);
	fl_sleep_ms(SOON_MS);
}

static bool counts(int file)
{
	eventfd_t value = 0;

	return eventfd_write(file, 1) == 0 && eventfd_read(file, &value) == 0 && value == 1;
}

/* A reference too few is put now: what was freed is a new file by now, and is closed under its owner. */
static void signal_beside_files(int fence)
{
	int files[FILES];

	fl_sleep_ms(GRACE_MS);
	for (int i = 0; i < FILES; i++) {
		files[i] = eventfd(0, EFD_CLOEXEC);
		CHECK_OK(files[i]);
	}
	vgem_signal(&rig.buf, fence);
	fl_sleep_ms(GRACE_MS);
	for (int i = 0; i < FILES; i++)
		CHECK_MSG(counts(files[i]), "file %d of %d was closed by somebody else", i, FILES);
	for (int i = 0; i < FILES; i++)
		CHECK_EQ(close(files[i]), 0);
}

static void between_two_files(void)
{
	struct fault fault = require_fault();
	struct waiter w = { .ep = watch_both(rig.buf.fd), .events = fault.page };
	struct later waiter, closer;
	int fence = occupy(&rig.buf);

	later(&waiter, 0, wait_for_two, &w);
	fault_begin(&fault);
	later(&closer, 0, close_it, &rig.buf.fd);
	closing(rig.buf.fd);
	fault_end(&fault);
	later_join(&waiter);
	later_join(&closer);
	CHECK_EQ(w.count, 1);
	CHECK_EQ(w.events[0].events, EPOLLIN);
	signal_beside_files(fence);
}

/* ---- any schedule, on two processors ---- */

static void spin(unsigned int times)
{
	for (volatile unsigned int i = 0; i < times; i++)
		;
}

static void close_buffer(struct racer *r, unsigned int n)
{
	spin(n % 16 * 64);
	close(r->arg);
}

static struct racer racing_close = { .round = close_buffer };

/* The page of the events is a new one each time: making it takes a moment, between the two files. */
static void round_of_close(void *page)
{
	struct buffer buf = vgem_buffer(rig.buf.drm);
	struct waiter w = { .ep = watch_both(buf.fd), .events = page };
	int fence = occupy(&buf);

	CHECK_EQ(madvise(page, PAGE, MADV_DONTNEED), 0);
	racing_close.arg = buf.fd;
	racer_go(&racing_close);
	wait_for_two(&w);
	racer_wait(&racing_close);
	CHECK_EQ(w.count, 1);
	vgem_signal(&buf, fence);
	close(w.ep);
}

static void at_any_moment(void)
{
	void *page = page_new();
	long long end;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		fl_skip("this guest has one processor: close(2) never overlaps epoll_wait(2)");
	racer_start(&racing_close);
	end = fl_now_us() + ENOUGH_US;
	for (unsigned int n = 1; n <= ROUNDS && fl_now_us() < end; n++)
		round_of_close(page);
}

static const struct subtest subtests[] = {
	{ "close-under-epoll-wait", between_two_files, "P1",
	  "A busy buffer can be closed for good while epoll_wait is about to ask it.", FL_FATAL },
	{ "race-close-epoll-wait", at_any_moment, "P1",
	  "A busy buffer can be closed for good at any moment of an epoll_wait that asks it.",
	  FL_FATAL | FL_SMP },
};
FL_SUITE("poll", NULL, setup, subtests);
