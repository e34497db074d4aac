// SPDX-License-Identifier: GPL-2.0-only
/*
 * All short sequences of imports, driver's fences and signals: after each step
 * the buffer must wait for exactly whom a model of three lines says.
 */
#include <stdio.h>
#include <unistd.h>

#include "../fl.h"

#define LONG_S 30		/* of many steps, with every check a kernel has */

static struct rig rig;

static void setup(void)
{
	rig_open(&rig);
}

/* ---- different timelines: each import brings one of its own ---- */

/* R, W: import for reading, writing. r, w: vgem attaches. o, n: signal the oldest, the newest. */
#define MAX_STEPS 5

struct walk {
	char text[MAX_STEPS + 1];
	char pending[MAX_STEPS + 1];	/* letters, oldest first */
	unsigned int reader, writer;	/* masks: whom they wait for */
	char next;			/* letter of the next import */
};

static void add(struct walk *w, char letter, bool writes)
{
	char text[2] = { letter, '\0' };

	strcat(w->pending, text);
	w->writer |= rig_mask(text);
	if (writes)
		w->reader |= rig_mask(text);
}

static void signal_at(struct walk *w, size_t i)
{
	char text[2] = { w->pending[i], '\0' };

	rig_signal(&rig, *text);
	memmove(w->pending + i, w->pending + i + 1, strlen(w->pending + i));
	w->reader &= ~rig_mask(text);
	w->writer &= ~rig_mask(text);
}

/* vgem refuses what would have to wait: an independent reader of the same state. */
static void attach(struct walk *w, bool writes)
{
	bool busy = writes ? w->writer : w->reader;
	int id = try_vgem_attach(rig.buf.drm, rig.buf.handle, writes);

	CHECK_MSG(busy == (id == -EBUSY) && (id > 0 || busy),
		  "%s: after %s, with %s pending for it, vgem attach gave %d", busy ? "P1" : "ABI",
		  w->text, rig_letters(writes ? w->writer : w->reader), id);
	if (busy)
		return;
	rig.vgem_fence = id;
	add(w, 'V', writes);
}

static bool possible(const struct walk *w, char op)
{
	if (op == 'o')
		return w->pending[0];
	if (op == 'n')
		return strlen(w->pending) > 1;
	if (op == 'r' || op == 'w')
		return !strchr(w->pending, 'V');	/* a rig knows one fence of vgem's */
	return true;
}

static void take(struct walk *w, char op)
{
	char op_text[2] = { op, '\0' };
	char letter[2] = { w->next, '\0' };

	strcat(w->text, op_text);
	switch (op) {
	case 'R':
	case 'W':
		rig_import(&rig, op == 'W' ? WRITE : READ, letter);
		add(w, w->next++, op == 'W');
		break;
	case 'r':
	case 'w':
		attach(w, op == 'w');
		break;
	case 'o':
		signal_at(w, 0);
		break;
	case 'n':
		signal_at(w, strlen(w->pending) - 1);
		break;
	}
	rig_expect_masks(&rig, w->text, w->reader, w->writer);
}

/* Replays a sequence from an idle buffer; false if a step is not possible there. */
static bool walk(const char *ops)
{
	struct walk w = { .next = 'A' };

	for (const char *op = ops; *op; op++) {
		if (!possible(&w, *op)) {
			while (w.pending[0])
				signal_at(&w, 0);
			return false;
		}
		take(&w, *op);
	}
	while (w.pending[0])
		signal_at(&w, 0);
	rig_expect_masks(&rig, ops, 0, 0);
	return true;
}

static unsigned int walk_all(const char *alphabet, int length)
{
	unsigned int n = (unsigned int)strlen(alphabet), total = 1, walked = 0;
	struct buffer kept = rig.buf;

	for (int i = 0; i < length; i++)
		total *= n;
	for (unsigned int k = 0; k < total; k++) {
		char ops[MAX_STEPS + 1] = "";
		unsigned int rest = k;

		for (int i = 0; i < length; i++, rest /= n)
			ops[i] = alphabet[rest % n];
		rig.buf = vgem_buffer(kept.drm);
		walked += walk(ops);
		buffer_close(&rig.buf);
	}
	rig.buf = kept;
	return walked;
}

static void every_four_steps(void)
{
	unsigned int walked = walk_all("RWrwon", 4);

	fl_note("%u sequences of four steps", walked);
	CHECK_GT(walked, 300);
}

static void every_five_imports(void)
{
	unsigned int walked = walk_all("RWon", 5);

	fl_note("%u sequences of five steps", walked);
	CHECK_GT(walked, 200);
}

/* ---- one timeline: values 1..3, imported in all orders for all classes ---- */

#define VALUES 3

struct values {
	char text[40];
	int reader, writer;	/* last value that gates */
	int now;
	int base;		/* value of the timeline at the start */
	int fence[VALUES + 1];
};

static void expect_values(struct values *v)
{
	rig_expect(&rig, v->text, v->now < v->reader ? "A" : "", v->now < v->writer ? "A" : "");
}

static void step_value(struct values *v)
{
	strcat(v->text, "+");
	rig_step(&rig, 'A');
	v->now++;
	expect_values(v);
}

static void import_value(struct values *v, int value, bool writes)
{
	char op[8];

	snprintf(op, sizeof(op), "%c%d", writes ? 'W' : 'R', value);
	strcat(v->text, op);
	import_sync_file(rig.buf.fd, writes ? WRITE : READ, v->fence[value]);
	if (value > v->writer)
		v->writer = value;
	if (writes && value > v->reader)
		v->reader = value;
	expect_values(v);
}

/* Operation 0..5 imports value 1..3 for reading or writing, 6 moves the timeline on. */
static void walk_values(unsigned int k)
{
	struct values v = { .text = "" };

	for (int i = 1; i <= VALUES; i++)
		v.fence[i] = rig_fence(&rig, 'A');
	for (int i = 0; i < 3; i++, k /= 7) {
		int op = (int)(k % 7);

		if (op == 6)
			step_value(&v);
		else
			import_value(&v, op / 2 + 1, op % 2);
	}
	while (v.now < VALUES)
		step_value(&v);
	for (int i = 1; i <= VALUES; i++)
		close(v.fence[i]);
}

static void every_order_of_values(void)
{
	struct buffer kept = rig.buf;

	for (unsigned int k = 0; k < 7 * 7 * 7; k++) {
		rig.buf = vgem_buffer(kept.drm);
		walk_values(k);
		buffer_close(&rig.buf);
	}
	rig.buf = kept;
}

static const struct subtest subtests[] = {
	{ "every-four-steps", every_four_steps, "P1,P3",
	  "In every sequence of four imports, driver's fences and signals nothing is lost or added.", 0, LONG_S },
	{ "every-five-imports", every_five_imports, "P1,P3",
	  "In every sequence of five imports and signals of separate timelines nothing is lost.", 0, LONG_S },
	{ "every-order-of-values", every_order_of_values, "P1",
	  "Three values of one timeline gate rightly in every order of import, class and signal.", 0, LONG_S },
};
FL_SUITE("order", "export and import together, in every order", setup, subtests);
