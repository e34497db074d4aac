/* SPDX-License-Identifier: GPL-2.0-only */
/* dma-bufs without a driver behind them: udmabuf and dma-heap. */
#ifndef FL_EXPORTERS_H
#define FL_EXPORTERS_H

#include <stddef.h>

#define EXPORTER_BYTES 8192

/* A dma-buf over the pages of a memfd; skips where there is no /dev/udmabuf. */
int require_udmabuf(void);
/* A dma-buf of the system heap; skips where there is no such heap. flags: O_RDWR and so on. */
int require_dma_heap(int flags);
int require_dma_heap_of(size_t bytes, int flags);

#endif
