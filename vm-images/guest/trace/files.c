// SPDX-License-Identifier: GPL-2.0-only
/* Which variable a descriptor is in, for this process; a forked one has a copy of it all. */
#include "internal.h"

#define LETTERS 8
#define WORD_BITS 64

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file files[FILES_MAX];
static bool is_open[FILES_MAX];
static uint32_t ids;
static uint64_t taken[LETTERS][FL_VARIABLES_EACH / WORD_BITS];

void files_lock(void)
{
	pthread_mutex_lock(&lock);
}

void files_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

int letter_of(int variable)
{
	return variable < 0 ? -1 : variable / FL_VARIABLES_EACH * FL_VARIABLES_EACH;
}

int variable_next(int letter)
{
	const uint64_t *bits = taken[letter / FL_VARIABLES_EACH];

	for (int i = 0; i < FL_VARIABLES_EACH / WORD_BITS; i++)
		if (~bits[i])
			return letter + i * WORD_BITS + __builtin_ctzll(~bits[i]);
	trace_stop(STOP_VARIABLES);
	return TRACE_NONE;
}

int variable_take(int letter)
{
	int v = variable_next(letter);
	int n = v - letter;

	if (v >= 0)
		taken[letter / FL_VARIABLES_EACH][n / WORD_BITS] |= 1ull << n % WORD_BITS;
	return v;
}

void variable_free(int v)
{
	int n = v % FL_VARIABLES_EACH;

	if (v >= 0)
		taken[v / FL_VARIABLES_EACH][n / WORD_BITS] &= ~(1ull << n % WORD_BITS);
}

bool file_is_older(int fd)
{
	return fd >= 0 && (unsigned int)fd < area->first;
}

struct file file_at(int fd)
{
	struct file file = { .variable = TRACE_NONE };

	if (fd < 0 || fd >= FILES_MAX)
		return file;
	files_lock();
	if (is_open[fd])
		file = files[fd];
	files_unlock();
	return file;
}

int file_variable(int fd)
{
	return file_at(fd).variable;
}

int target_variable(int fd)
{
	struct file file = file_at(fd);

	return file.path_only ? TRACE_NONE : file.variable;
}

/* For those who take a descriptor out of this process. */
static void publish(int fd, int variable)
{
	area->process[who_am_i() / THREADS_MAX].variable[fd] = (uint16_t)(variable + 1);
}

void files_inherit(unsigned int process)
{
	for (int fd = 0; fd < FILES_MAX; fd++)
		area->process[process].variable[fd] =
			is_open[fd] ? (uint16_t)(files[fd].variable + 1) : 0;
}

int file_variable_of(unsigned int process, int fd)
{
	if (fd < 0 || fd >= FILES_MAX)
		return TRACE_NONE;
	return area->process[process].variable[fd] - 1;
}

static int install(int fd, unsigned int op, int letter, const struct file *like)
{
	const int32_t *args = told(op);
	int variable;

	if (fd >= FILES_MAX) {
		trace_stop(STOP_DESCRIPTOR);
		return TRACE_NONE;
	}
	files_lock();
	if (is_open[fd])
		trace_stop(STOP_RECREATED);
	variable = args ? args[0] : variable_take(letter);
	files[fd] = *like;
	files[fd].variable = (int16_t)variable;
	if (!files[fd].id)
		files[fd].id = ++ids;
	is_open[fd] = true;
	publish(fd, variable);
	files_unlock();
	return variable;
}

int file_made_on(int fd, unsigned int op, int letter, unsigned int driver)
{
	return install(fd, op, letter, &(struct file){ .driver = (uint8_t)driver });
}

int file_made(int fd, unsigned int op, int letter)
{
	return file_made_on(fd, op, letter, DRIVER_OTHER);
}

int file_copied(int fd, unsigned int op, int from)
{
	struct file like = file_at(from);

	return install(fd, op, letter_of(like.variable), &like);
}

void file_path_only(int fd)
{
	if (fd < FILES_MAX)
		files[fd].path_only = true;
}

void file_is_process(int fd, unsigned int process)
{
	if (fd < FILES_MAX)
		files[fd].process = (uint8_t)(process + 1);
}

struct file file_closing(int fd)
{
	struct file file = file_at(fd);

	if (fd >= 0 && fd < FILES_MAX) {
		files_lock();
		is_open[fd] = false;
		publish(fd, TRACE_NONE);
		files_unlock();
	}
	return file;
}

static bool has_copy(uint32_t id)
{
	for (int fd = 0; fd < FILES_MAX; fd++)
		if (is_open[fd] && files[fd].id == id)
			return true;
	return false;
}

void file_closed(struct file file)
{
	if (file.variable < 0)
		return;
	files_lock();
	variable_free(file.variable);
	if (letter_of(file.variable) == FL_VARIABLE_C && !has_copy(file.id))
		handles_gone(file.id);
	if (letter_of(file.variable) == FL_VARIABLE_E)
		watches_gone(file.id);
	files_unlock();
}
