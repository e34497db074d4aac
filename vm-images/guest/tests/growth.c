// SPDX-License-Identifier: GPL-2.0-only
/*
 * P4: no loop of imports, exports, merges and signals makes a buffer's list
 * of fences grow, use up memory or become slow.
 */
#include <stdio.h>
#include <unistd.h>

#include "../fl.h"

#define ROUNDS 10000
#define FEWER_ROUNDS 2000	/* of what takes long by itself */
#define LAPS 10
#define LONG_S 30		/* with every check a kernel has it takes long */
#define SLOW_US 150000		/* for the first hundred rounds */
#define LEAK_BYTES 64		/* so much a round would be a leak */
#define NOISE_KIB 128
#define LEAK_RUNS 3		/* each of them has to leave something behind */
#define BUSY_HOST_US 300000	/* no growth, and the guest's clock may be a coarse one */

static struct rig rig;

static void setup(void)
{
	rig_open(&rig);
}

static bool has_kasan(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[256];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, " kasan_report\n") != NULL;
	if (f)
		fclose(f);
	return found;
}

/* Freed memory comes back through RCU and workers: give it a moment. */
static bool leaves_behind(long before, int rounds, long *grown)
{
	long allowed = NOISE_KIB + (long)rounds * LEAK_BYTES / 1024;

	for (int tries = 0; tries < 20; tries++) {
		*grown = slab_kib() - before;
		if (*grown < allowed)
			return false;
		fl_sleep_ms(100);
	}
	return true;
}

static void expect_count(__u32 access, unsigned int most, int round)
{
	int file = export_sync_file(rig.buf.fd, access);
	unsigned int n = sync_count(file);

	close(file);
	CHECK_MSG(n <= most, "P4: after %d rounds EXPORT(%s) holds %u fences, at most %u are due",
		  round, access_name(access), n, most);
}

/* A list that grows shows in the time before it shows in memory. */
static void run_laps(void (*one_round)(int round), unsigned int most, int rounds)
{
	long long lap_us[LAPS], early = 0, late = 0;

	for (int lap = 0; lap < LAPS; lap++) {
		lap_us[lap] = fl_now_us();
		for (int i = 0; i < rounds; i++)
			one_round(100 + lap * rounds + i);
		lap_us[lap] = fl_now_us() - lap_us[lap];
		expect_count(READ, most, (lap + 1) * rounds);
		expect_count(WRITE, most, (lap + 1) * rounds);
	}
	for (int i = 0; i < 3; i++) {
		early += lap_us[i];
		late += lap_us[LAPS - 1 - i];
	}
	if (late > 5 * early + BUSY_HOST_US)
		fl_broken("P4: %d rounds took %lld us at first and %lld us at last",
			  3 * rounds, early, late);
}

/*
 * Runs a round many times. The last ones must not take much longer than the
 * first, and memory must not grow. A cache of the kernel that fills does so
 * once; what leaks does so whenever it is run.
 */
static void grow(void (*one_round)(int round), unsigned int most, int rounds)
{
	long long started = fl_now_us();
	bool leaks = true, kasan = false;
	long grown = 0;

	/* What doubles each round must be caught before it fills the memory. */
	for (int i = 0; i < 100; i++) {
		one_round(i);
		expect_count(WRITE, most, i + 1);
	}
	if (fl_now_us() - started > SLOW_US) {
		rounds /= 5;
		fl_note("this kernel is slow: %d rounds instead of %d", rounds, 5 * rounds);
	}
	for (int time = 0; leaks && !kasan && time < LEAK_RUNS; time++) {
		long slab = slab_kib();

		run_laps(one_round, most, rounds / LAPS);
		leaks = leaves_behind(slab, rounds, &grown);
		kasan = leaks && has_kasan();
	}
	if (kasan)
		fl_note("memory was not judged: KASAN keeps what was freed (%ld KiB)", grown);
	else if (leaks)
		fl_broken("P4: %d rounds left %ld KiB of kernel memory behind, as did those before",
			  rounds, grown);
	if (fl_failed())
		fl_fail("something grows");
}

static void round_trip(int round)
{
	(void)round;
	import_and_close(rig.buf.fd, WRITE, export_sync_file(rig.buf.fd, WRITE));
}

static void export_import_write(void)
{
	rig_occupy(&rig);
	grow(round_trip, 4, ROUNDS);
	rig_drain(&rig, "AB", "AB", "AB");
}

static void round_trip_read(int round)
{
	(void)round;
	import_and_close(rig.buf.fd, READ, export_sync_file(rig.buf.fd, WRITE));
}

static void export_import_read(void)
{
	rig_occupy(&rig);
	grow(round_trip_read, 4, ROUNDS);
	rig_drain(&rig, "BA", "A", "AB");
}

/* Never signalled, one timeline: the latest stands for all. */
static void next_value(int round)
{
	rig_import(&rig, round % 2 ? READ : WRITE, "A");
}

static void one_timeline_never_signalled(void)
{
	grow(next_value, 2, ROUNDS);
	rig_drain(&rig, "A", "A", "A");
}

static void next_value_signalled(int round)
{
	rig_import(&rig, round % 3 ? WRITE : READ, "A");
	rig_signal(&rig, 'A');
}

static void one_timeline_signalled(void)
{
	grow(next_value_signalled, 1, ROUNDS);
	rig_expect(&rig, "all signalled", "", "");
}

/* A new timeline each round; the one of the round before is gone. */
static void fresh_timeline(int round)
{
	static int last = -1;
	int timeline = timeline_open("fresh");

	import_and_close(rig.buf.fd, round % 2 ? WRITE : READ, timeline_fence(timeline, 1));
	if (last >= 0) {
		timeline_inc(last, 1);
		close(last);
	}
	last = timeline;
}

static void fresh_timelines(void)
{
	rig_import(&rig, WRITE, "A");
	grow(fresh_timeline, 3, ROUNDS);
}

/* What a compositor and a client do to each other all day. */
static void pass_on(int round)
{
	static struct rig other;

	if (!other.timeline)
		rig_open_beside(&other, &rig);
	rig_import(&rig, WRITE, "A");
	import_and_close(other.buf.fd, READ, export_sync_file(rig.buf.fd, READ));
	rig_import(&other, WRITE, "B");
	import_and_close(rig.buf.fd, READ, export_sync_file(other.buf.fd, WRITE));
	if (round % 8 == 7) {
		rig_signal(&rig, 'A');
		rig_signal(&rig, 'B');
	}
}

static void between_two_buffers(void)
{
	grow(pass_on, 4, ROUNDS);
}

static void merge_and_import(int round)
{
	int all = merge_and_close(export_sync_file(rig.buf.fd, WRITE), rig_merged(&rig, "AB"));

	import_and_close(rig.buf.fd, round % 2 ? WRITE : READ, all);
}

static void merged_again_and_again(void)
{
	rig_import(&rig, READ, "C");
	grow(merge_and_import, 6, FEWER_ROUNDS);
	rig_drain(&rig, "BCA", "ABC", "ABC");
}

static void export_only(int round)
{
	close(export_sync_file(rig.buf.fd, round % 2 ? READ : WRITE));
}

static void exports_alone(void)
{
	rig_import(&rig, WRITE, "AB");
	rig_import(&rig, READ, "C");
	grow(export_only, 3, ROUNDS);
	rig_drain(&rig, "ABC", "AB", "ABC");
}

static void signalled_import(int round)
{
	int file = rig_fence(&rig, 'C');

	rig_signal(&rig, 'C');
	import_and_close(rig.buf.fd, round % 2 ? READ : WRITE, file);
}

static void signalled_imports(void)
{
	rig_occupy(&rig);
	grow(signalled_import, 3, ROUNDS);
	rig_drain(&rig, "AB", "A", "AB");
}

static void many_buffers(int round)
{
	struct buffer other = vgem_buffer(rig.buf.drm);

	(void)round;
	import_and_close(other.fd, WRITE, export_sync_file(rig.buf.fd, WRITE));
	buffer_close(&other);
}

static void buffers_come_and_go(void)
{
	rig_import(&rig, WRITE, "AB");
	grow(many_buffers, 2, FEWER_ROUNDS);
	rig_drain(&rig, "AB", "AB", "AB");
}

static const struct subtest subtests[] = {
	{ "export-import-write", export_import_write, "P4",
	  "Giving a buffer its own export back for writing does not make it grow.", 0, LONG_S },
	{ "export-import-read", export_import_read, "P4",
	  "Giving a buffer its own export back for reading does not make it grow.", 0, LONG_S },
	{ "one-timeline-never-signalled", one_timeline_never_signalled, "P4",
	  "Ten thousand fences of one timeline take the place of one or two.", 0, LONG_S },
	{ "one-timeline-signalled", one_timeline_signalled, "P4",
	  "Fences that are imported and signalled leave nothing behind.", 0, LONG_S },
	{ "fresh-timelines", fresh_timelines, "P4",
	  "A new timeline each round does not add up when the old ones have signalled.", 0, LONG_S },
	{ "between-two-buffers", between_two_buffers, "P4",
	  "Two buffers whose exports are imported into each other do not grow.", 0, LONG_S },
	{ "merged-again-and-again", merged_again_and_again, "P4,P5",
	  "Merging the export with new fences and importing the result does not nest.", 0, LONG_S },
	{ "exports-alone", exports_alone, "P4",
	  "Exporting ten thousand times leaves nothing behind.", 0, LONG_S },
	{ "signalled-imports", signalled_imports, "P4",
	  "Signalled files imported beside pending fences do not add up.", 0, LONG_S },
	{ "buffers-come-and-go", buffers_come_and_go, "P4",
	  "Buffers released with pending fences in them leave nothing behind.", 0, LONG_S },
};
FL_SUITE("growth", "thousands of rounds make nothing grow", setup, subtests);
