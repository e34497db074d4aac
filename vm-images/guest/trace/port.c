// SPDX-License-Identifier: GPL-2.0-only
/* Frames on the trace channel: begin, records, end, entered, cover. Each is one write(2). */
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "internal.h"

#define MAGIC 0x43544c46u	/* "FLTC" */
#define HEADER FRAME_HEADER_WORDS
#define NOMEM 1u		/* flags of begin */
#define FIRST_MOST 64		/* the runtime has no descriptor beyond */

enum frame { FRAME_BEGIN = 1, FRAME_RECORDS = 2, FRAME_END = 3, FRAME_ENTERED = 4, FRAME_COVER = 5 };

static int port = -1;
static uint32_t frame[FRAME_WORDS];

void trace_to(int fd)
{
	port = fd;
	clock_make();
	memory_make();
	area_make();
	if (!area)
		port = -1;
}

bool trace_is_wanted(void)
{
	return port >= 0;
}

static void send(enum frame kind, pid_t pid, unsigned int words)
{
	frame[0] = MAGIC;
	frame[1] = kind;
	frame[2] = (uint32_t)pid;
	frame[3] = words;
	if (write(port, frame, 4 * (HEADER + words)) < 0) {
		/* The host finds that there is no end. */
	}
}

/* The port takes no more than a frame at once. Nobody else writes meanwhile: the process ends, or says so before each op. */
static void send_long(const uint32_t *words, unsigned int length)
{
	const char *bytes = (const char *)words;
	size_t left = 4 * (size_t)length;

	frame[0] = MAGIC;
	frame[1] = FRAME_RECORDS;
	frame[2] = (uint32_t)area->pid;
	frame[3] = length;
	if (write(port, frame, 4 * HEADER) < 0)
		return;
	while (left) {
		ssize_t n = write(port, bytes, left < 4 * FRAME_WORDS ? left : 4 * FRAME_WORDS);

		if (n <= 0)
			break;
		bytes += n;
		left -= (size_t)n;
	}
}

/* One by one: poll(2) of more than RLIMIT_NOFILE at once is refused, however many are open. */
static bool is_taken(unsigned int fd)
{
	return __real_fcntl((int)fd, F_GETFD, 0) >= 0;
}

/* All below the lowest free descriptor must be taken and all above free: holes are filled. */
static unsigned int first_descriptor(void)
{
	unsigned int lowest = FIRST_MOST;

	while (lowest > 0 && !is_taken(lowest - 1))
		lowest--;
	for (unsigned int fd = 0; fd < lowest; fd++)
		if (!is_taken(fd) && __real_dup(STDIN_FILENO) < 0)
			return fd;
	return lowest;
}

/* With allocations that fail on purpose, none must be left to do for a record. */
static void prefault(void)
{
	volatile char *p = (volatile char *)area;

	for (size_t at = 0; at < AREA_BYTES; at += 4096)
		p[at] = p[at];
}

void trace_prepare(void)
{
	if (trace_is_wanted())
		area_reset();
}

void trace_touch(void)
{
	if (trace_is_wanted())
		area_touch();
}

void trace_begin(bool nomem)
{
	struct rlimit limit, most;

	if (!trace_is_wanted())
		return;
	getrlimit(RLIMIT_NOFILE, &limit);
	most = (struct rlimit){ limit.rlim_max, limit.rlim_max };
	__real_setrlimit(RLIMIT_NOFILE, &most);
	area->first = first_descriptor();
	__real_setrlimit(RLIMIT_NOFILE, &limit);
	area->limit = (uint32_t)limit.rlim_cur;
	area->flags = nomem ? NOMEM : 0;
	area->pid = getpid();
	clock_begin();
	area->begun = true;
	if (nomem)
		prefault();
	process_begin();
	record_switch(true);
}

void trace_names_are_numbers(void)
{
	if (trace_is_wanted())
		area->names_are_numbers = true;
}

static void send_begin(void)
{
	if (area->begin_sent)
		return;
	area->begin_sent = true;
	frame[HEADER] = area->first;
	frame[HEADER + 1] = area->limit;
	frame[HEADER + 2] = area->flags;
	frame[HEADER + 3] = 0;
	send(FRAME_BEGIN, area->pid, 4);
}

/* A record that is stepped over is missing in the numbers of those that come after it. */
static bool step_over(void)
{
	if (area->holes == HOLES_MAX)
		return false;
	area->hole[area->holes] = area->records + area->holes;
	area->holes++;
	return true;
}

static uint32_t without_holes(uint32_t before)
{
	uint32_t missing = 0;

	while (missing < area->holes && area->hole[missing] < before)
		missing++;
	return before - missing;
}

/* Whole records only: what was being written when its process was killed is stepped over. */
static void send_records(void)
{
	unsigned int room = (AREA_BYTES - sizeof(*area)) / 4;
	unsigned int used = (uint32_t)area->used;
	unsigned int end = used < room ? used : room;
	unsigned int words = 0;

	while (area->sent < end && !area->broken) {
		uint32_t *at = &area->word[area->sent];
		unsigned int length = at[0];

		if (!length || area->sent + 1 + length > end) {
			area->broken = used <= room;
			break;
		}
		area->sent += 1 + length;
		if (!atomic_load_explicit((_Atomic uint32_t *)&at[1], memory_order_acquire)) {
			area->broken = !step_over();
			continue;
		}
		if (words && words + length > FRAME_WORDS - HEADER) {
			send(FRAME_RECORDS, area->pid, words);
			words = 0;
		}
		if (length > FRAME_WORDS - HEADER) {
			at[4] = without_holes(at[4]);
			send_long(&at[1], length);
			area->records++;
			continue;
		}
		memcpy(&frame[HEADER + words], &at[1], 4 * length);
		frame[HEADER + words + 3] = without_holes(at[4]);
		words += length;
		area->records++;
	}
	if (words)
		send(FRAME_RECORDS, area->pid, words);
}

void trace_send(pid_t pid)
{
	if (!trace_is_wanted() || !area->begun || area->pid != pid)
		return;
	trace_flush();
	if (area->broken)
		return;
	frame[HEADER] = area->records;
	frame[HEADER + 1] = area->lost;
	frame[HEADER + 2] = area->stopped;
	frame[HEADER + 3] = area->what;
	send(FRAME_END, pid, area->stopped == TRACE_BEYOND ? 4 : 3);
}

void trace_flush(void)
{
	if (!trace_is_wanted() || !area->begun)
		return;
	send_begin();
	send_records();
}

void trace_entered(unsigned int op, const int32_t *args, unsigned int nargs)
{
	if (!trace_on())
		return;
	trace_flush();
	frame[HEADER] = (2 + nargs) | op << 16 | who_am_i() << 24;
	frame[HEADER + 1] = trace_now();
	memcpy(&frame[HEADER + 2], args, 4 * nargs);
	send(FRAME_ENTERED, area->pid, 2 + nargs);
	/* Nobody else calls it: a debugger counts these to find the op that comes after (fencelab debug). */
	getppid();
}

void trace_cover(const uint32_t *pairs, unsigned int count)
{
	const unsigned int most = (FRAME_WORDS - HEADER) / 2;

	if (!trace_is_wanted() || !area->begun)
		return;
	send_begin();
	while (count) {
		unsigned int some = count < most ? count : most;

		memcpy(&frame[HEADER], pairs, 8 * some);
		send(FRAME_COVER, area->pid, 2 * some);
		pairs += 2 * some;
		count -= some;
	}
}
