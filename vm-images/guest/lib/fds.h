/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptors of this process: counted, limited, and of the wrong kind. */
#ifndef FL_FDS_H
#define FL_FDS_H

#include <stdbool.h>

/* How many are open. */
unsigned int fd_count(void);
bool fd_is_cloexec(int fd);

/* Lowers RLIMIT_NOFILE so that no descriptor can be made; undone by the second. */
void fds_exhaust(void);
void fds_restore(void);

#endif
