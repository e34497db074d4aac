/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The calls that the linker sends to __wrap_NAME (see WRAPPED in the Makefile),
 * and their originals. What records, and what the runtime does beside a
 * subtest, calls the originals.
 */
#ifndef FL_REAL_H
#define FL_REAL_H

#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/types.h>

#define FL_WRAPPED(type, name, ...)		\
	type __wrap_##name(__VA_ARGS__);	\
	type __real_##name(__VA_ARGS__)

FL_WRAPPED(int, ioctl, int fd, unsigned long request, ...);
FL_WRAPPED(int, open, const char *path, int flags, ...);
FL_WRAPPED(int, close, int fd);
FL_WRAPPED(int, dup, int fd);
FL_WRAPPED(int, dup2, int fd, int to);
FL_WRAPPED(int, fcntl, int fd, int command, ...);
FL_WRAPPED(FILE *, fopen, const char *path, const char *mode);
FL_WRAPPED(int, fclose, FILE *file);
FL_WRAPPED(DIR *, opendir, const char *path);
FL_WRAPPED(int, closedir, DIR *dir);
FL_WRAPPED(int, eventfd, unsigned int value, int flags);
FL_WRAPPED(int, memfd_create, const char *name, unsigned int flags);
FL_WRAPPED(int, pipe2, int pair[2], int flags);
FL_WRAPPED(long, syscall, long number, ...);
FL_WRAPPED(int, setrlimit, __rlimit_resource_t what, const struct rlimit *limit);
FL_WRAPPED(int, poll, struct pollfd *fds, nfds_t count, int ms);
FL_WRAPPED(int, epoll_create1, int flags);
FL_WRAPPED(int, epoll_ctl, int epoll, int how, int fd, struct epoll_event *event);
FL_WRAPPED(int, epoll_wait, int epoll, struct epoll_event *events, int count, int ms);
FL_WRAPPED(pid_t, fork, void);
FL_WRAPPED(pid_t, waitpid, pid_t pid, int *status, int options);
FL_WRAPPED(int, pthread_create, pthread_t *thread, const pthread_attr_t *attr,
	   void *(*fn)(void *arg), void *arg);

#endif
