// SPDX-License-Identifier: MIT
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's own root: the folder that holds package.json, kernel-patch and vm-images. */
export const projectRoot: string = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * Where sources, built kernels and remembered answers live between runs:
 * $FENCELAB_CACHE, else $XDG_CACHE_HOME/fencelab, else ~/.cache/fencelab.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const own = env['FENCELAB_CACHE'];
  if (own) return resolve(own);
  const xdg = env['XDG_CACHE_HOME'];
  return xdg ? join(resolve(xdg), 'fencelab') : join(homedir(), '.cache', 'fencelab');
}

/**
 * What cannot be had again and is not a run's own: the history of nights.
 * $FENCELAB_STATE, else $XDG_STATE_HOME/fencelab, else ~/.local/state/fencelab.
 */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  const own = env['FENCELAB_STATE'];
  if (own) return resolve(own);
  const xdg = env['XDG_STATE_HOME'];
  return xdg ? join(resolve(xdg), 'fencelab') : join(homedir(), '.local', 'state', 'fencelab');
}
