/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of as many leaves as anyone likes: fences of sw_sync, each of another timeline. */
#ifndef FL_BENCH_LEAVES_H
#define FL_BENCH_LEAVES_H

/* Opens that many timelines; more descriptors are allowed for it. */
void leaves_open(unsigned int count);
/* A file with the fences of the timelines from `first` on, merged by halves. */
int leaves_file(unsigned int first, unsigned int count);
/* All fences signal. */
void leaves_signal(void);
/* Closes all timelines. */
void leaves_close(void);

#endif
