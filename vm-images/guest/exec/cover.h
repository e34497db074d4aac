/* SPDX-License-Identifier: GPL-2.0-only */
/* Which places in the kernel's code are reached, on a kernel of the profile "cover". */
#ifndef FL_COVER_H
#define FL_COVER_H

#include <stdbool.h>
#include <stdint.h>

/* Of every subtest from now on, also of those in C. */
void cover_all(void);
bool cover_is_for_all(void);

/* In the parent, before the subtest's process: what is remembered for as long as the kernel runs. */
void cover_make(void);
/* In that process: skips on a kernel without KCOV. Before anything is recorded; for this thread. */
void cover_prepare(void);
/* In a process that this one has forked, before its first call. */
void cover_forked(void);

/* The executor, around an op. */
void cover_start(void);
void cover_stop(uint32_t number);
/* Programs in C, after a call that was recorded, and at the end of a process. */
void cover_call(void);

/* In the parent: sends the places that were reached for the first time, and forgets which those were. */
void cover_send(void);

#endif
