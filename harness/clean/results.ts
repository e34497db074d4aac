// SPDX-License-Identifier: MIT
import { lstat, readdir, readFile, readlink, rename, rm, symlink, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Holding } from './holding.js';
import { measure } from './measure.js';

/** Files that only fencelab puts into the folder of a run, a search or a night; each says what format it has. */
const MARKS = ['run.json', 'explore.json', 'night.json', 'state.json'];
const NAME = /^\d{4}-\d\d-\d\d-\d{6}-./;
/** A bisection: its folder has no date, for the same command goes on in it. */
const BISECTION = /^bisect-.+-[0-9a-f]{8}$/;
/** A folder that is being deleted: renamed first, so that no half of a run is left under its name. */
const GONE = '.fencelab-deleted-';
/** Something may be at work in a folder that was written to so lately, in ms: a guest that is scanned for leaks is silent. */
const LATELY_MS = 15 * 60_000;

/** The runs in a folder of results. What fencelab has not made is left out, and so is what a symbolic link leads to. */
export async function resultHoldings(parent: string, now: Date, signal: AbortSignal): Promise<Holding[]> {
  const found: Holding[] = [];
  for (const name of await readdir(parent).catch(() => [])) {
    const folder = join(parent, name);
    if (!(await lstat(folder)).isDirectory()) continue;
    const isLeft = name.startsWith(GONE);
    if (!isLeft && !((NAME.test(name) || BISECTION.test(name)) && (await isOurs(folder)))) continue;
    const { own, shared, newest } = await measure(folder, signal);
    const lately = now.getTime() - newest.getTime() < LATELY_MS;
    found.push({
      ...{ name: `results/${name}`, folder, own, shared },
      used: isLeft ? new Date(0) : newest,
      busy: lately && !isLeft ? 'written to in the last quarter of an hour' : undefined,
    });
  }
  return found;
}

async function isOurs(folder: string): Promise<boolean> {
  for (const mark of MARKS) {
    const file = join(folder, mark);
    const stat = await lstat(file).catch(() => undefined);
    if (stat?.isFile() !== true) continue;
    if (/"formatVersion"\s*:\s*\d/.test(await readFile(file, 'utf8'))) return true;
  }
  return false;
}

/** Delete the folder of a run; `latest` then leads to the newest that is left. */
export async function deleteResult({ folder }: Holding): Promise<void> {
  const parent = dirname(folder);
  const name = basename(folder);
  const gone = name.startsWith(GONE) ? folder : join(parent, `${GONE}${name}`);
  if (gone !== folder) await rename(folder, gone);
  await mendLatest(parent, name);
  await rm(gone, { recursive: true, force: true });
}

async function mendLatest(parent: string, gone: string): Promise<void> {
  const latest = join(parent, 'latest');
  const target = await readlink(latest).catch(() => undefined);
  if (target !== gone) return;
  await unlink(latest);
  for (const name of (await readdir(parent)).sort().reverse()) {
    const folder = join(parent, name);
    if (!NAME.test(name) || !(await lstat(folder)).isDirectory() || !(await isOurs(folder))) continue;
    await symlink(name, latest);
    return;
  }
}
