// SPDX-License-Identifier: MIT
import { type CpioEntry, cpio } from './cpio.js';

/** One line of the guest's job: which subtests of a program, by exact name or fnmatch(3) pattern. */
export interface JobItem {
  readonly program: string;
  readonly subtest: string;
  /** A program as data: it goes into /programs under the name of the subtest. */
  readonly data?: { readonly bytes: Uint8Array; readonly limitSeconds: number };
}

/** What the guest's init is told to do. The wire format is in vm-images/guest/README.md. */
export interface Job {
  /** Every subtest's time limit is multiplied by this (debug kernels are slower). */
  readonly limitScale: number;
  /** Scan for leaks after each program, where the kernel has kmemleak. */
  readonly kmemleak: boolean;
  /** Every subtest tells which places in the kernel's code it is the first to reach; on others than kernels with KCOV all skip. */
  readonly cover?: boolean;
  readonly items: readonly JobItem[];
  /** After these the guest says that it is ready, and waits for more on its job port. */
  readonly more?: boolean;
}

/** A name that can be written on a line of a job. */
function checked(name: string): string {
  if (name === '' || /\s/.test(name))
    throw new RangeError(`"${name}" cannot be the name of a program or subtest: it is empty or has blanks`);
  return name;
}

/** The text of /job. Names with blanks or line ends cannot be written and are refused. */
export function jobText(job: Job): string {
  const lines = [`limit-scale ${job.limitScale}`, `kmemleak ${job.kmemleak ? 1 : 0}`];
  if (job.cover === true) lines.push('cover');
  for (const { program, subtest, data } of job.items) {
    for (const word of [program, subtest]) checked(word);
    lines.push(data === undefined ? `run ${program} ${subtest}` : `program ${subtest} ${data.limitSeconds}`);
  }
  if (job.more === true) lines.push('more');
  return `${lines.join('\n')}\n`;
}

const SENT_MAGIC = 0x4a544c46; // "FLTJ"
const SENT_LINES = 0;
const SENT_PROGRAM = 1;

/**
 * A job as a guest that waits for it is sent it (vm-images/guest/README.md). One program alone goes to a process that is
 * there already; else come all programs, each after a line that names it, and then the lines of the job.
 */
export function jobStream(job: Job): Buffer {
  const [one, ...others] = job.items;
  if (one?.data !== undefined && others.length === 0 && !job.kmemleak && job.cover !== true) {
    const { subtest, data } = one;
    const name = Buffer.from(checked(subtest), 'utf8');
    const header = [data.limitSeconds, job.limitScale, name.length, data.bytes.length];
    return Buffer.concat([words(SENT_MAGIC, SENT_PROGRAM, ...header), name, data.bytes]);
  }
  const files = job.items.flatMap(({ subtest, data }) =>
    data === undefined ? [] : [Buffer.from(`file ${subtest} ${data.bytes.length}\n`), data.bytes],
  );
  return Buffer.concat([
    words(SENT_MAGIC, SENT_LINES, 0, 0, 0, 0),
    ...files,
    Buffer.from(`${jobText(job)}end\n`),
  ]);
}

function words(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, at) => {
    bytes.writeUInt32LE(number, 4 * at);
  });
  return bytes;
}

/** The initramfs of a test guest: the guest binary as /init, the mount points it needs, its job and its programs. */
export function initramfs(guestBinary: Uint8Array, job: Job): Buffer {
  const programs = job.items.flatMap(({ subtest, data }) =>
    data === undefined ? [] : [{ path: `programs/${subtest}`, data: data.bytes }],
  );
  const folders = ['dev', 'proc', 'sys', 'tmp', ...(programs.length > 0 ? ['programs'] : [])];
  const entries: CpioEntry[] = [
    ...folders.map((path) => ({ kind: 'directory' as const, path })),
    // The kernel opens /dev/console for init before init can mount devtmpfs.
    { kind: 'device', path: 'dev/console', major: 5, minor: 1 },
    { kind: 'file', path: 'init', data: guestBinary, mode: 0o755 },
    { kind: 'file', path: 'job', data: Buffer.from(jobText(job), 'utf8') },
    ...programs.map((program) => ({ kind: 'file' as const, ...program })),
  ];
  return cpio(entries);
}
