/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a trace ends before its subtest does: the last two words of its end frame. */
#ifndef FL_STOP_H
#define FL_STOP_H

enum trace_reason {
	TRACE_WHOLE = 0,
	TRACE_FULL = 1,		/* the buffer is: see the number of records lost */
	TRACE_BEYOND = 2,	/* the program did something that no record can say */
	TRACE_CROWD = 3,	/* more processes or threads than have numbers */
};

/* What a program did, where the reason is TRACE_BEYOND. */
enum trace_stop {
	STOP_NOTHING = 0,
	STOP_FORK_FAILED = 1,	/* its record is written before */
	STOP_DUP_TO = 2,	/* dup2(2), F_DUPFD with a minimum: a descriptor of its own choice */
	STOP_DUP_EPOLL = 3,	/* dup(2) of an epoll */
	STOP_TAKE = 4,		/* pidfd_getfd(2) of a card or an epoll, or of a process that is not ours */
	STOP_SYSCALL = 5,	/* syscall(2) of a number that might make a descriptor */
	STOP_PIPE_FAILED = 6,	/* pipe2(2): how many descriptors were free? */
	STOP_VARIABLES = 7,	/* more than 1024 of one letter */
	STOP_NAMES = 8,		/* timelines of more than 1024 names */
	STOP_DESCRIPTOR = 9,	/* a descriptor greater than the recorder keeps */
	STOP_WATCH = 10,	/* epoll on something that is neither sync_file nor dma-buf */
	STOP_WOKEN = 11,	/* epoll_wait(2) that gave several events */
	STOP_WATCHES = 12,	/* more watches than the recorder keeps */
	STOP_HANDLES = 13,	/* more handles and ids than the recorder keeps */
	STOP_LEAVES = 14,	/* a list of leaves that is longer than a frame */
	STOP_UNKNOWN_CLOSE = 15,	/* close(2) of a descriptor nobody has seen opened */
	STOP_RECREATED = 16,	/* a new descriptor has the number of one that is open */
};

#endif
