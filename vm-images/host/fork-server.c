// SPDX-License-Identifier: MIT
/*
 * QEMU linked once, and started many times.
 *
 * QEMU has fifty libraries, and to load and relocate them takes longer than many a test program. Loaded into QEMU by
 * LD_PRELOAD, this takes the place of __libc_start_main(): it stops before anything of QEMU itself has run, its
 * constructors included, and forks a process for each start that it is asked for. The process has one thread by then, so
 * that nothing is lost by the fork.
 *
 * Asked on standard input: 32 bits (little endian) with the length of what follows, then words that each end with a NUL:
 *	start ID ERRORS STATE ARGUMENT...	standard error goes to the file ERRORS; STATE is opened as descriptor 3
 *	kill ID SIGNAL				by its number; nothing happens if it has ended
 * Said on standard output, line by line:
 *	ready
 *	ended ID exit CODE | ended ID signal NUMBER | failed ID TEXT
 * At the end of its input all processes are killed, and so they are if this one is.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define ASKED "FENCELAB_FORK_SERVER"
#define REQUEST_MOST (1u << 20)
#define WORDS_MOST 1024
#define STATE_FD 3

typedef int main_fn(int argc, char **argv, char **envp);
typedef int start_fn(main_fn *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
		     void (*rtld_fini)(void), void *stack_end);

struct child {
	struct child *next;
	pid_t pid;
	char id[];
};

static struct child *children;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "fork server: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static void say(const char *fmt, const char *id, const char *how, int number)
{
	if (dprintf(STDOUT_FILENO, fmt, id, how, number) < 0)
		_exit(1);	/* nobody listens any more */
}

/* LD_PRELOAD reaches whatever is started on the way to QEMU as well. */
static int is_qemu(void)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	const char *name;

	if (length < 0)
		return 0;
	path[length] = '\0';
	name = strrchr(path, '/');
	return name && strncmp(name, "/qemu-system-", strlen("/qemu-system-")) == 0;
}

static void kill_all(void)
{
	for (const struct child *c = children; c; c = c->next)
		kill(c->pid, SIGKILL);
}

static void reap(void)
{
	struct child **at, *c;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (at = &children; *at && (*at)->pid != pid; at = &(*at)->next)
			;
		c = *at;
		if (!c)
			continue;
		*at = c->next;
		if (WIFSIGNALED(status))
			say("ended %s %s %d\n", c->id, "signal", WTERMSIG(status));
		else
			say("ended %s %s %d\n", c->id, "exit", WEXITSTATUS(status));
		free(c);
	}
}

/* False at the end of the input. */
static int read_all(void *to, size_t bytes)
{
	while (bytes) {
		ssize_t got = read(STDIN_FILENO, to, bytes);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return 0;
		to = (char *)to + got;
		bytes -= (size_t)got;
	}
	return 1;
}

/* The words of the next request, NULL after the last; NULL at the end of the input. They stay where they are until the next. */
static char **request(void)
{
	static char *words[WORDS_MOST + 1];
	static char *text;
	uint32_t bytes;
	size_t n = 0;

	if (!read_all(&bytes, sizeof(bytes)))
		return NULL;
	free(text);
	text = bytes && bytes <= REQUEST_MOST ? malloc(bytes) : NULL;
	if (!text || !read_all(text, bytes) || text[bytes - 1])
		return NULL;
	for (char *p = text; p < text + bytes && n < WORDS_MOST; p += strlen(p) + 1)
		words[n++] = p;
	words[n] = NULL;
	return words;
}

static void put_as(const char *path, int flags, int wanted)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd < 0)
		die(path);
	if (fd == wanted)
		return;
	if (dup2(fd, wanted) < 0)
		die(path);
	close(fd);
}

/* In the new process. */
static void become(pid_t server, const sigset_t *mask, const char *errors, const char *state)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != server)
		_exit(1);
	put_as(errors, O_WRONLY | O_CREAT | O_APPEND, STDERR_FILENO);
	put_as("/dev/null", O_RDONLY, STDIN_FILENO);
	put_as("/dev/null", O_WRONLY, STDOUT_FILENO);
	put_as(state, O_RDONLY, STATE_FD);
	sigprocmask(SIG_SETMASK, mask, NULL);
}

/* True in the new process. */
static int start(char **words, const sigset_t *mask)
{
	const char *id = words[1];
	struct child *c = malloc(sizeof(*c) + strlen(id) + 1);
	pid_t server = getpid();
	pid_t pid = c ? fork() : -1;

	if (pid == 0) {
		become(server, mask, words[2], words[3]);
		return 1;
	}
	if (pid < 0) {
		say("failed %s %s (%d)\n", id, strerror(errno), errno);
		free(c);
		return 0;
	}
	strcpy(c->id, id);
	c->pid = pid;
	c->next = children;
	children = c;
	return 0;
}

static void kill_one(const char *id, int signal)
{
	for (const struct child *c = children; c; c = c->next)
		if (strcmp(c->id, id) == 0)
			kill(c->pid, signal);
}

static size_t count_of(char **words)
{
	size_t n = 0;

	while (words && words[n])
		n++;
	return n;
}

/* After those that QEMU was loaded with, by a wrapper perhaps; but the first, its name, is the new one's. */
static char **arguments(char **loaded, char **asked)
{
	size_t first = count_of(loaded + 1), more = count_of(asked);
	char **all = calloc(first + more + 1, sizeof(*all));

	if (!all)
		die("arguments");
	all[0] = asked[0];
	memcpy(all + 1, loaded + 1, first * sizeof(*all));
	memcpy(all + 1 + first, asked + 1, (more - 1) * sizeof(*all));
	return all;
}

/* Returns in each process that is forked, with its arguments. */
static char **serve(char **loaded)
{
	struct pollfd fds[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .events = POLLIN } };
	struct signalfd_siginfo info;
	sigset_t chld, old;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, &old);
	fds[1].fd = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fds[1].fd < 0)
		die("signalfd");
	say("ready%s%s\n", "", "", 0);
	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			die("poll");
		while (read(fds[1].fd, &info, sizeof(info)) > 0)
			;
		reap();
		if (fds[0].revents) {
			char **words = request();
			size_t n = count_of(words);

			if (n > 4 && strcmp(words[0], "start") == 0) {
				if (start(words, &old)) {
					if (fds[1].fd != STATE_FD)
						close(fds[1].fd);
					return arguments(loaded, words + 4);
				}
			} else if (n == 3 && strcmp(words[0], "kill") == 0) {
				kill_one(words[1], atoi(words[2]));
			} else {
				kill_all();
				_exit(words ? 1 : 0);
			}
		}
	}
}

int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack_end);

int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack_end)
{
	start_fn *real = (start_fn *)dlsym(RTLD_NEXT, "__libc_start_main");

	if (!real)
		_exit(1);
	if (getenv(ASKED) && is_qemu()) {
		unsetenv(ASKED);
		unsetenv("LD_PRELOAD");
		argv = serve(argv);
		argc = (int)count_of(argv);
	}
	return real(main, argc, argv, init, fini, rtld_fini, stack_end);
}
