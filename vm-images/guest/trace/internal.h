/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the recorder know of each other. */
#ifndef FL_TRACE_INTERNAL_H
#define FL_TRACE_INTERNAL_H

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "real.h"
#include "stop.h"
#include "trace.h"

/* ---- area.c: what all processes of a subtest and their parent share ---- */

#define AREA_BYTES (16u << 20)
#define NAMES_MAX FL_VARIABLES_EACH
#define NAME_BYTES 16		/* a comm */
#define PROCESSES_MAX 16
#define THREADS_MAX 16
#define HOLES_MAX 64
#define FILES_MAX 16384	/* descriptors of a process that are kept */

struct area {
	_Atomic uint64_t used;		/* words of records, from word[] on; above them their number */
	atomic_uint stopped;		/* enum trace_reason, 0: goes on */
	atomic_uint what;		/* enum trace_stop */
	uint32_t sent;			/* words of records that were sent */
	uint32_t records;		/* that were sent */
	uint32_t holes;			/* that were not, as their process was killed in them */
	uint32_t hole[HOLES_MAX];	/* the number of each, from 0 */
	atomic_uint lost;
	bool begun, begin_sent, broken;
	bool names_are_numbers;
	uint32_t first, limit, flags;	/* of the begin frame */
	uint64_t began_us;
	pid_t pid;

	pthread_mutex_t lock;		/* for all below; robust */
	unsigned int names;
	char name[NAMES_MAX][NAME_BYTES];
	unsigned int processes;		/* numbers given out so far */
	struct {
		pid_t pid;
		atomic_uint end;	/* of its last op */
		atomic_uint before;	/* records, that one included */
		_Atomic uint16_t variable[FILES_MAX];	/* of each descriptor, 1 more; 0: none */
	} process[PROCESSES_MAX];
	uint32_t word[];
};

extern struct area *area;
void area_make(void);
void area_reset(void);
void area_touch(void);
void area_lock(void);
void area_unlock(void);

/* Nothing is recorded from here on: the first reason stays. */
void trace_stop(enum trace_stop what);
void trace_stop_for(enum trace_reason reason, enum trace_stop what);

/* ---- clock.c ---- */

void clock_make(void);
void clock_begin(void);
uint32_t trace_now(void);

/* ---- record.c ---- */

/* True in a subtest's process while its trace goes on. */
bool trace_on(void);
void record_switch(bool on);

/* A frame holds whole records, and is written at once; but for one long record, which has a frame of its own. */
#define FRAME_WORDS (32768 / 4)
#define FRAME_HEADER_WORDS 4
#define RECORD_WORDS_MAX 0xffffu	/* its header has no room for more */

/* Words of a record before its arguments, see models/trace/record.ts. */
#define RECORD_HEADER 4
/* Records of ops that have ended. */
uint32_t records_now(void);
/* Room for a record of that many words, its times filled in; NULL if there is none. */
uint32_t *record_room(const struct trace_span *span, unsigned int words);
/* The last word to be written: from here on the record counts. */
void record_done(uint32_t *record, unsigned int op, unsigned int words);
/* An op that gives nothing but its return value. */
#define RECORD(op, span, ret, ...) do {							\
	const int32_t args_[] = { __VA_ARGS__ };					\
	const int32_t ret_ = (ret);							\
	trace_record(op, span, args_, sizeof(args_) / sizeof(args_[0]), &ret_, 1);	\
} while (0)
void trace_record_as(unsigned int who, unsigned int op, const struct trace_span *span,
		     int32_t ret);
/* The arguments the executor told for this op, or NULL. */
const int32_t *told(unsigned int op);
/* Whose request the executor's op is, also where there is no card; DRIVER_OTHER if it is none. */
unsigned int told_driver(void);

/* ---- process.c ---- */

unsigned int who_am_i(void);	/* process * 16 + thread */
void process_begin(void);
/* Of our processes the one with that pid; PROCESSES_MAX if none has. */
unsigned int process_of(pid_t pid);
/* The stack below this is ours. */
const char *stack_end(void);

/* ---- names.c ---- */

/* The number of a name, made if it is new; NAMES_MAX if there are too many. */
unsigned int name_number(const char *name);
/* The comm of this thread. */
unsigned int my_name_number(void);

/* ---- memory.c: structs of ioctls, wherever they lie ---- */

struct user {
	const void *address;
	size_t size;
	int memory;	/* FL_MEMORY_…, as far as it is known */
	bool plain;	/* surely memory that can be written */
};

void memory_make(void);
/* Copies a struct in without believing its address; zeroes where it cannot be read. */
struct user user_copy(void *to, const void *from, size_t size);
/* Where it lies, for an op that failed; for one that succeeded it is mapped. */
int user_memory(const struct user *user, int ret);
/* Bytes of a string up to its NUL, at most `most`; -1 if it cannot be read. */
int user_string(const char *from, unsigned int most);

/* ---- files.c: descriptors and variables of this process ---- */

struct file {
	int16_t variable;	/* TRACE_NONE: not one of ours */
	uint8_t driver;		/* of a card: FL_DRIVER_…, or DRIVER_OTHER */
	bool path_only;		/* O_PATH: open, but no request finds it */
	uint8_t process;	/* of a pidfd: 1 more than its number */
	uint32_t id;		/* of the open file; copies have the same */
};

#define DRIVER_OTHER 0xff

void files_lock(void);
void files_unlock(void);

/* The letter of a variable by its base, FL_VARIABLE_…; -1 for none. */
int letter_of(int variable);
/* The lowest free variable of a letter, not taken yet. */
int variable_next(int letter);
int variable_take(int letter);
void variable_free(int variable);

/* Below, `fd` may be any number. */
int file_variable(int fd);
/* The same as the target of an ioctl: TRACE_NONE where that finds no file. */
int target_variable(int fd);
struct file file_at(int fd);
/* True if the descriptor was there before the trace: such are not recorded. */
bool file_is_older(int fd);
/* A new descriptor with a new variable of that letter, which is returned. */
int file_made(int fd, unsigned int op, int letter);
int file_made_on(int fd, unsigned int op, int letter, unsigned int driver);
int file_copied(int fd, unsigned int op, int from);
void file_path_only(int fd);
void file_is_process(int fd, unsigned int process);
/* A forked process has what this one has; with files_lock(). */
void files_inherit(unsigned int process);
/* The variable of a descriptor of another process. */
int file_variable_of(unsigned int process, int fd);
/* Takes it out; the variable is freed by file_closed() once that is recorded. */
struct file file_closing(int fd);
void file_closed(struct file file);

/* ---- handles.c: GEM handles, fence ids and framebuffers by the open card they are of ---- */

int handle_variable(int letter, uint32_t card, uint32_t number);
/* A handle the card has now; the same variable if it has had it before. */
int handle_made(unsigned int op, int letter, uint32_t card, uint32_t number);
void handle_gone(int letter, uint32_t card, uint32_t number);
/* No descriptor of the card is left. */
void handles_gone(uint32_t card);
void framebuffer_made(uint32_t card, uint32_t id, uint32_t handle);
uint32_t framebuffer_handle(uint32_t card, uint32_t id);

/* ---- wrap_open.c ---- */

/* Whether the model has anything to say of what came of it. */
bool is_told(long ret);
/* A file that only takes a descriptor. Returns `ret`. */
long record_other(long ret, const struct trace_span *span);

/* ---- wrap_epoll.c ---- */

void watches_gone(uint32_t epoll);

/* ---- one ioctl each; -1 and errno as ioctl(2) ---- */

/* NULL: it is of that kind but does not touch fences. */
typedef int (*ioctl_fn)(int fd, unsigned long request, void *arg);

ioctl_fn sw_sync_request(unsigned long request);
ioctl_fn dma_buf_request(unsigned long request);
ioctl_fn sync_file_request(unsigned long request);
ioctl_fn drm_request(unsigned long request, unsigned int driver);
ioctl_fn virtgpu_request(unsigned long request);
int record_udmabuf(int fd, unsigned long request, void *arg);
int record_dma_heap(int fd, unsigned long request, void *arg);
int record_atomic(int fd, unsigned long request, void *arg);
/* A request of 'b' or '>' that no kernel has. */
int record_unknown(int fd, unsigned long request, void *arg);

/* The variable of an op that made a descriptor, or might have: see TIMED for `ret`. */
int32_t made_by(unsigned int op, int letter, long ret);

/* A descriptor in place of a sync_file that is none: no variable ever has it. */
#define NO_FILE (FL_VARIABLE_O + FL_VARIABLES_EACH - 1)

/* A call between two looks at the clock: its value, or -errno. */
#define TIMED(span, call) ({				\
	long value_;					\
	trace_start(span);				\
	value_ = (long)(call);				\
	trace_end(span);				\
	value_ == -1 ? -(long)errno : value_;		\
})

/* Back to what the caller of libc expects. */
static inline int answer(long ret)
{
	if (ret >= 0)
		return (int)ret;
	errno = (int)-ret;
	return -1;
}

#endif
