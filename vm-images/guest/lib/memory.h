/* SPDX-License-Identifier: GPL-2.0-only */
/* Pages of every kind that a bad pointer can lead to. */
#ifndef FL_MEMORY_H
#define FL_MEMORY_H

#include <stddef.h>

#define PAGE 4096

/* A page that can be written, and the same after that was taken away. */
void *page_new(void);
void *page_none(void);
void page_readonly(void *page);
/* Memory of which only the first `mapped` bytes exist. */
void *half_mapped(size_t mapped);
/* An address inside the kernel. */
void *kernel_address(void);

/* Kibibytes of kernel slab that cannot be reclaimed. */
long slab_kib(void);

#endif
