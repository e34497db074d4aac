// SPDX-License-Identifier: MIT
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../cache/stamp.js';
import { run } from '../process/run.js';
import { exists } from './source.js';

const markerOf = (out: string): string => join(out, '.fencelab-building');

/** Files written so long before the end of a build that was cut short are taken to be whole. */
const UNSURE_SECONDS = 30;

/** Say that a build is under way in this folder; {@link endBuild} says that make has come to its own end. */
export async function beginBuild(out: string): Promise<void> {
  await writeWhole(markerOf(out), `process ${process.pid}\n`);
}

export async function endBuild(out: string): Promise<void> {
  await rm(markerOf(out), { force: true });
}

/**
 * After a build that was cut short (Ctrl-C, a crash, the power), delete what was written last. An object may be half
 * written, or compiled and not yet seen by objtool, and make would take it for finished by its time.
 */
export async function recoverBuild(out: string, signal: AbortSignal): Promise<boolean> {
  if (!(await exists(markerOf(out)))) return false;
  const script = `
    newest=$(find "$1" -type f -printf '%T@\\n' | sort -n | tail -n 1)
    [ -n "$newest" ] || exit 0
    since=$(( \${newest%.*} - $2 ))
    find "$1" -type f ! -name .config ! -name .fencelab-building -newermt "@$since" -delete`;
  const done = await run('bash', ['-c', script, '-', out, String(UNSURE_SECONDS)], { signal });
  signal.throwIfAborted();
  if (!done.ok) await rm(out, { recursive: true, force: true }); // then from the start
  return true;
}
