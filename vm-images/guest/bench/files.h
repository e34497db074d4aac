/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of /proc and tracefs, as text. */
#ifndef FL_BENCH_FILES_H
#define FL_BENCH_FILES_H

#include <stddef.h>

#define TRACING "/sys/kernel/tracing/"

/* Mounts tracefs; skips where the kernel has none. */
void require_tracing(void);
/* Skips where there is no such file, and says what the kernel lacks. */
void require_file(const char *path, const char *option);
void put_text(const char *path, const char *text);
/* All of a file; the text stays valid until the next call. */
const char *get_text(const char *path);

#endif
