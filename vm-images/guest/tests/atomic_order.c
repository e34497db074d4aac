// SPDX-License-Identifier: GPL-2.0-only
/* Atomic commits: one after another, beside another card, and beside the fences of the buffer shown. */
#include <fcntl.h>
#include <unistd.h>

#include "../fl.h"
#include "../lib/stage.h"

/* ---- commits one after another ---- */

static void nonblock_busy_on(const void *driver)
{
	static struct stage s;
	unsigned int before;
	__s32 second = 77;
	int first;

	stage_open(&s, driver);
	first = kms_flip(&s.kms, 1, rig_fence(&s.rig, 'A'));
	before = fd_count();
	CHECK_ERR(try_kms_flip(&s.kms, 0, KMS_NO_FENCE, &second, DRM_MODE_ATOMIC_NONBLOCK), EBUSY);
	CHECK_EQ(second, -1);
	CHECK_EQ(fd_count(), before);
	CHECK(!sync_signalled(first));
	rig_signal(&s.rig, 'A');
	expect_flip(first);
	expect_flip(kms_flip(&s.kms, 0, KMS_NO_FENCE));
}

ON_EACH_CARD(nonblock_busy)

static void round_trips_on(const void *driver)
{
	static struct stage s;

	stage_open_with_buffer(&s, driver);
	for (int i = 1; i <= 20; i++) {
		int in, out;

		rig_import(&s.rig, WRITE, "A");
		in = export_sync_file(s.rig.buf.fd, READ);
		out = kms_flip(&s.kms, i % 2, in);
		import_sync_file(s.rig.buf.fd, READ, out);
		rig_signal(&s.rig, 'A');
		expect_flip(out);
		close(in);
	}
	rig_expect(&s.rig, "20 flips are done", "", "");
}

ON_EACH_CARD(round_trips)

static void two_cards(void)
{
	static struct stage s;
	struct kms other;
	int first, second;

	kms_light(&other, "vkms");
	stage_open_with_buffer(&s, "virtio_gpu");
	first = kms_flip(&s.kms, 1, rig_fence(&s.rig, 'A'));
	import_and_close(s.rig.buf.fd, WRITE, dup(first));
	second = kms_flip(&other, 1, export_sync_file(s.rig.buf.fd, READ));
	expect_held(second, "the flip of the other card");
	CHECK(!sync_signalled(first));
	rig_signal(&s.rig, 'A');
	expect_flip(first);
	expect_flip(second);
}

/* ---- implicit fences of the buffer on the screen ---- */

/* Puts the rig on the framebuffer that the next flip shows. */
static void rig_over_scan(struct stage *s, int which)
{
	int buf = try_prime_export(s->kms.fd, s->kms.scan[which].handle, DRM_CLOEXEC | DRM_RDWR);

	if (buf == -ENOSYS)
		fl_skip("this card's driver cannot export its buffers on this kernel");
	CHECK_OK(buf);
	require_both(buf);
	s->rig.buf.fd = buf;
}

static void readers_do_not_hold_on(const void *driver)
{
	static struct stage s;

	stage_open(&s, driver);
	rig_over_scan(&s, 1);
	rig_import(&s.rig, READ, "A");
	expect_flip(kms_flip(&s.kms, 1, KMS_NO_FENCE));
	rig_expect(&s.rig, "the flip is done", "", "A");
}

ON_EACH_CARD(readers_do_not_hold)

static void explicit_overrules_on(const void *driver)
{
	static struct stage s;

	stage_open(&s, driver);
	rig_over_scan(&s, 1);
	rig_import(&s.rig, WRITE, "A");
	rig_signal(&s.rig, 'B');
	expect_flip(kms_flip(&s.kms, 1, timeline_fence(rig_timeline(&s.rig, 'B'), 0)));
	rig_expect(&s.rig, "the flip is done", "A", "A");
}

ON_EACH_CARD(explicit_overrules)

static void writers_hold(void)
{
	static struct stage s;
	int out;

	stage_open(&s, "vkms");
	rig_over_scan(&s, 1);
	rig_import(&s.rig, WRITE, "AB");
	out = kms_flip(&s.kms, 1, KMS_NO_FENCE);
	rig_signal(&s.rig, 'A');
	expect_held(out, "an imported writer of the buffer it shows");
	rig_signal(&s.rig, 'B');
	expect_flip(out);
}

static const struct subtest subtests[] = {
	{ "nonblock-busy", nonblock_busy, "ABI",
	  "A second nonblocking commit is EBUSY while the first one waits, and makes no out fence." },
	{ "round-trips", round_trips, "P4",
	  "Flip after flip, waiting by EXPORT and answering by IMPORT, leaves the buffer idle." },
	{ "two-cards", two_cards, "P1",
	  "One card's flip, imported into a buffer, holds the flip of another card that reads it." },
	{ "readers-do-not-hold", readers_do_not_hold, "P7",
	  "A screen only reads: imported readers of the buffer it shows do not hold its flip." },
	{ "explicit-overrules", explicit_overrules, "P1,P7",
	  "A flip with IN_FENCE_FD ignores the buffer's own fences, and takes none of them away." },
	{ "writers-hold", writers_hold, "P1,P7",
	  "A flip without IN_FENCE_FD waits for all imported writers of the buffer it shows." },
};
FL_SUITE("atomic", NULL, NULL, subtests);
