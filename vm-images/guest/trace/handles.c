// SPDX-License-Identifier: GPL-2.0-only
/* What a card numbers itself: GEM handles, vgem's fences, framebuffers. */
#include "internal.h"

#define HANDLES_MAX 2048

static struct handle {
	uint32_t card;		/* id of the open file; 0: a free place */
	uint32_t number;
	int16_t variable;
} handles[HANDLES_MAX];

static struct framebuffer {
	uint32_t card, id, handle;
} framebuffers[64];

static unsigned int places;	/* all handles are below */

static struct handle *find(int letter, uint32_t card, uint32_t number)
{
	for (struct handle *h = handles; h < handles + places; h++)
		if (h->card == card && h->number == number && letter_of(h->variable) == letter)
			return h;
	return NULL;
}

int handle_variable(int letter, uint32_t card, uint32_t number)
{
	const struct handle *h;
	int variable = TRACE_NONE;

	files_lock();
	h = find(letter, card, number);
	if (h)
		variable = h->variable;
	files_unlock();
	return variable;
}

static struct handle *free_place(void)
{
	for (struct handle *h = handles; h < handles + HANDLES_MAX; h++)
		if (!h->card) {
			if (h >= handles + places)
				places = (unsigned int)(h - handles) + 1;
			return h;
		}
	trace_stop(STOP_HANDLES);
	return NULL;
}

int handle_made(unsigned int op, int letter, uint32_t card, uint32_t number)
{
	const int32_t *args = told(op);
	struct handle *h;
	int variable = TRACE_NONE;

	if (args)
		return args[0];
	files_lock();
	h = find(letter, card, number);
	if (!h && (h = free_place()))
		*h = (struct handle){ card, number, (int16_t)variable_take(letter) };
	if (h)
		variable = h->variable;
	files_unlock();
	return variable;
}

static void forget(struct handle *h)
{
	variable_free(h->variable);
	h->card = 0;
	while (places && !handles[places - 1].card)
		places--;
}

void handle_gone(int letter, uint32_t card, uint32_t number)
{
	struct handle *h;

	files_lock();
	h = find(letter, card, number);
	if (h)
		forget(h);
	files_unlock();
}

/* Called with the files locked. */
void handles_gone(uint32_t card)
{
	for (unsigned int i = 0; i < places; i++)
		if (handles[i].card == card)
			forget(&handles[i]);
	for (size_t i = 0; i < sizeof(framebuffers) / sizeof(framebuffers[0]); i++)
		if (framebuffers[i].card == card)
			framebuffers[i].card = 0;
}

void framebuffer_made(uint32_t card, uint32_t id, uint32_t handle)
{
	for (size_t i = 0; i < sizeof(framebuffers) / sizeof(framebuffers[0]); i++)
		if (!framebuffers[i].card) {
			framebuffers[i] = (struct framebuffer){ card, id, handle };
			return;
		}
	trace_stop(STOP_HANDLES);
}

uint32_t framebuffer_handle(uint32_t card, uint32_t id)
{
	for (size_t i = 0; i < sizeof(framebuffers) / sizeof(framebuffers[0]); i++)
		if (framebuffers[i].card == card && framebuffers[i].id == id)
			return framebuffers[i].handle;
	return 0;
}
