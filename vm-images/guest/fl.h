/* SPDX-License-Identifier: GPL-2.0-only */
/* All that a test program needs. README.md says how to write one. */
#ifndef FL_H
#define FL_H

#include "lib/dma_buf.h"
#include "lib/drm.h"
#include "lib/fds.h"
#include "lib/later.h"
#include "lib/memory.h"
#include "lib/racer.h"
#include "lib/rig.h"
#include "lib/sw_sync.h"
#include "lib/sync_file.h"
#include "lib/vgem.h"
#include "runtime/runtime.h"

#endif
