// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { Finding } from './finding.js';

/** As package.json has it. */
const LEAST_NODE = [20, 11] as const;

/** Pure. */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1]);
  return isOld
    ? { what: 'node', state: 'bad', text: `${version}: ${LEAST_NODE.join('.')} or newer is needed` }
    : { what: 'node', state: 'good', text: version };
}

/** What guests take: one of profile fast has 512 MiB, of debug 2 GiB; two run side by side. */
const FOR_CHECK = 1.5 * 2 ** 30;
const FOR_DEBUG = 5 * 2 ** 30;

/** Pure. `bytes` is what may be used: less than the machine has, in a container. */
export function memoryFinding(bytes: number): Finding {
  const has = `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  if (bytes < FOR_CHECK)
    return {
      what: 'memory',
      state: 'bad',
      text: `${has}: two guests and QEMU take 1.5 GiB; with --guests 1 half of it`,
    };
  if (bytes < FOR_DEBUG)
    return {
      what: 'memory',
      state: 'note',
      text: `${has}: two guests of --profile debug take 5 GiB; give it --guests 1`,
    };
  return { what: 'memory', state: 'good', text: `${has}, ${availableParallelism()} processors` };
}

/** Memory in bytes that this process may use. */
export async function usableMemory(): Promise<number> {
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(
    await readFile('/proc/meminfo', 'utf8').catch(() => ''),
  )?.[1];
  const limit = process.constrainedMemory();
  const free = available === undefined ? totalmem() : Number(available) * 1024;
  return limit > 0 && limit < totalmem() ? Math.min(limit, free) : free;
}

/** A source tree unpacked with one build folder, and room for packages. */
const FOR_BUILD = 6e9;
/** A run with its traces, a few times. */
const FOR_RESULTS = 0.5e9;

/** Pure. */
export function spaceFinding(
  what: 'cache' | 'results',
  folder: string,
  free: number,
  hasKernels: boolean,
): Finding {
  const text = `${folder}: ${(free / 1e9).toFixed(1)} GB free`;
  const command = 'fencelab clean --older 1w';
  if (what === 'results')
    return free < FOR_RESULTS
      ? { what, state: 'bad', text: `${text}; a run takes up to 0.2 GB`, command }
      : { what, state: 'good', text };
  if (free >= FOR_BUILD) return { what, state: 'good', text };
  const more = `${text}; to unpack and build a kernel line takes ${FOR_BUILD / 1e9} GB`;
  return { what, state: hasKernels ? 'note' : 'bad', text: more, command };
}

/** Bytes that are free where a folder is, or will be. */
export async function freeBytes(folder: string): Promise<number> {
  const fs = await statfs(nearest(folder));
  return fs.bavail * fs.bsize;
}

function nearest(folder: string): string {
  let there = folder;
  while (!existsSync(there)) there = dirname(there);
  return there;
}

/** A second is what file systems round to; NFS servers that are further off make make(1) build too much or too little. */
const MOST_SKEW_MS = 2500;
const BEGIN = Date.UTC(2025, 0);

/** Pure. Times in ms: of this process, of a file written at that moment, of the newest of fencelab's own folders. */
export function clockFinding(now: number, file: number, newest: number): Finding {
  const what = 'clock';
  const when = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  if (now < BEGIN)
    return { what, state: 'bad', text: `it says ${when}: apt takes no package list for valid then` };
  if (newest > now + MOST_SKEW_MS)
    return {
      what,
      state: 'bad',
      text: `it says ${when}, but files of fencelab are newer: make builds by these times`,
    };
  const skew = Math.abs(file - now);
  return skew > MOST_SKEW_MS
    ? {
        what,
        state: 'bad',
        text: `the cache's file system is ${(skew / 1000).toFixed(0)} s off: make builds by these times`,
      }
    : { what, state: 'good', text: when };
}

/** The clock of the file system that a folder is on, in ms: the time of a file that is written and removed again. */
export async function fileClock(folder: string): Promise<{ now: number; file: number }> {
  const near = nearest(folder);
  const scratch = await mkdtemp(join(near, '.fencelab-clock-')).catch(() =>
    mkdtemp(join(tmpdir(), 'fencelab-')),
  );
  try {
    const now = Date.now();
    await writeFile(join(scratch, 'now'), '');
    return { now, file: (await stat(join(scratch, 'now'))).mtimeMs };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
