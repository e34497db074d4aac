// SPDX-License-Identifier: GPL-2.0-only
#include <sys/ioctl.h>
#include <unistd.h>

#include "../trace/real.h"
#include "cells.h"
#include "leaves.h"
#include "ticks.h"

const struct cell cells[] = {
	{ "refused", 0, NO_LEAF, ALL, BAD_FLAGS, 1 },
	{ "export-read", READ, NO_LEAF, ALL, NOTHING, 1 },
	{ "export-write", WRITE, ALL, NO_LEAF, NOTHING, 1 },
	{ "export-write-both", WRITE, HALF, HALF, NOTHING, 10 },
	{ "import-read-new", READ, ALL, NO_LEAF, NEW_LEAF, 1 },
	{ "import-write-new", WRITE, NO_LEAF, ALL, NEW_LEAF, 1 },
	{ "import-read-later", READ, ALL, NO_LEAF, LATER_LEAF, 1 },
	{ "import-write-later", WRITE, NO_LEAF, ALL, LATER_LEAF, 1 },
	{ "import-read-all", READ, NO_LEAF, NO_LEAF, ALL_LEAVES, 1 },
	{ "import-write-all", WRITE, NO_LEAF, NO_LEAF, ALL_LEAVES, 1 },
	{ "import-read-again", READ, ALL, NO_LEAF, ALL_LEAVES, 1 },
	{ "import-write-again", WRITE, NO_LEAF, ALL, ALL_LEAVES, 1 },
};
const unsigned int cell_count = ARRAY_SIZE(cells);

#define MOST_LEAVES 1000
const unsigned int counts[] = { 1, 10, 100, MOST_LEAVES };
const unsigned int count_count = ARRAY_SIZE(counts);

static int vgem = -1, other = -1;	/* `other`: a timeline beside those of the leaves */
static const struct cell *cell;
static unsigned int pending;		/* n */
static struct buffer buf = { .fd = -1 };
static int whole = -1, half[2] = { -1, -1 };
static unsigned int value;		/* of the last fence on `other` */
static int given = -1;			/* what is imported next */
static struct fl_sync_file_arg arg;

void cells_setup(void)
{
	require_sw_sync();
	vgem = require_vgem();
	buf = vgem_buffer(vgem);
	require_both(buf.fd);
	leaves_open(MOST_LEAVES);
	other = try_timeline_open();
	CHECK_OK(other);
}

static void close_file(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void put(enum share share, unsigned int access, int half_file)
{
	if (share == ALL)
		import_sync_file(buf.fd, access, whole);
	if (share == HALF)
		import_sync_file(buf.fd, access, half_file);
}

static void fill(void)
{
	if (buf.fd >= 0)
		buffer_close(&buf);
	buf = vgem_buffer(vgem);
	put(cell->readers, READ, half[0]);
	put(cell->writers, WRITE, half[1]);
}

/* Such a buffer is another one after the request. */
static bool is_used_up(void)
{
	return cell->given == NEW_LEAF || (cell->given == ALL_LEAVES && !cell->readers && !cell->writers);
}

void cell_begin(const struct cell *which, unsigned int n)
{
	cell = which;
	pending = n;
	whole = leaves_file(0, n);
	if (n > 1) {
		half[0] = leaves_file(0, n / 2);
		half[1] = leaves_file(n / 2, n - n / 2);
	}
	fill();
	if (cell->given == LATER_LEAF)
		import_and_close(buf.fd, cell->access, timeline_fence(other, ++value));
}

void cell_ready(void)
{
	if (is_used_up())
		fill();
	switch (cell->given) {
	case NOTHING:
		if (arg.fd > 0)
			close(arg.fd);
		break;
	case NEW_LEAF:
		close_file(&given);
		given = timeline_fence(other, value + 1);
		break;
	case LATER_LEAF:
		close_file(&given);
		given = timeline_fence(other, ++value);
		break;
	case ALL_LEAVES:
		given = whole;
		break;
	case BAD_FLAGS:
		break;
	}
	arg = (struct fl_sync_file_arg){ .flags = cell->access, .fd = given };
}

unsigned long long cell_request(void)
{
	unsigned long request = cell->given == NOTHING || cell->given == BAD_FLAGS
					? DMA_BUF_IOCTL_EXPORT_SYNC_FILE : DMA_BUF_IOCTL_IMPORT_SYNC_FILE;
	unsigned long long began = ticks(), ended;
	int ret = __real_ioctl(buf.fd, request, &arg);

	ended = ticks();
	if (cell->given == BAD_FLAGS)
		CHECK_EQ(ret, -1);
	else
		CHECK_EQ(ret, 0);
	return ended - began;
}

static unsigned int due(void)
{
	return pending + (cell->given == NEW_LEAF || cell->given == LATER_LEAF);
}

void cell_end(void)
{
	int all = export_sync_file(buf.fd, WRITE);

	CHECK_EQ(sync_count(all), due());
	close(all);
	if (cell->given == NOTHING && arg.fd > 0)
		close(arg.fd);
	arg.fd = -1;
	if (given == whole)
		given = -1;
	close_file(&given);
	close_file(&whole);
	close_file(&half[0]);
	close_file(&half[1]);
}

void for_each_cell(void (*fn)(const struct cell *cell, unsigned int n))
{
	for (unsigned int i = 0; i < cell_count; i++)
		for (unsigned int j = 0; j < count_count; j++)
			if (counts[j] >= cells[i].least)
				fn(&cells[i], counts[j]);
}
