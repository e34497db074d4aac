// SPDX-License-Identifier: MIT
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cache } from '../cache/cache.js';

/**
 * An include folder for when there is no kernel source to install headers from (`--image`, `list`). The machine's own
 * linux-libc-dev has linux/ but, on Debian, not drm/: these come from libdrm-dev, under another name.
 */
export async function hostHeaders(cache: Cache): Promise<string> {
  const folder = cache.entry('guests', 'host-headers');
  await mkdir(folder, { recursive: true });
  await symlink('/usr/include/libdrm', join(folder, 'drm')).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  return folder;
}
