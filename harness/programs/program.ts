// SPDX-License-Identifier: MIT
import {
  DEFAULT_SETTING,
  type Event,
  linesOfOps,
  OPERATIONS,
  type Operation,
  type ProgramMode,
  type Script,
} from '../../models/index.js';
import { UsageError } from '../errors.js';

/**
 * A program as data, for the executor in the guest: little-endian 32-bit words in /programs/NAME of the initramfs.
 *
 *     0  magic   1  version   2  limit of descriptors (0: as it is)   3  flags   4  number of ops
 *     5  seed of the pauses before the ops of threads (0: none)   6… ops:
 *     length in words, this one included | code << 16 | who << 24, then the arguments as in a record
 */
const MAGIC = 0x50544c46; // "FLTP"
const VERSION = 2;
const CAREFUL = 1;
const OBSERVE = 2;
const FAULTS = 4;
const COVER = 8;
const SIGNALS = 16;
const PRESSURE = 32;
/** The first does what is before and behind the others, which do their ops side by side. */
const MAX_THREADS = 8;
/** What the executor reserves for a program. */
const MAX_OPS = 1 << 20;

const codeOf = (name: string): number =>
  (OPERATIONS as readonly Operation[]).find((op) => op.name === name)?.code ?? -1;
const FORK = codeOf('fork');
const EXIT = codeOf('exit');
const TAKE = codeOf('take');
const WAIT = codeOf('wait');
const POLLS = [codeOf('poll'), codeOf('woken')];

/** Why the executor cannot do an event, if it cannot. */
function refusal(event: Event): string | undefined {
  const { code, name } = event.call.op;
  if (code === FORK || code === EXIT || code === TAKE)
    return `"${name}" is for traces: a program is one process`;
  const thread = event.thread ?? 0;
  if (thread >= MAX_THREADS) return `a program has one process of ${MAX_THREADS} threads at most`;
  return undefined;
}

const flagsOf = ({ careful, observe, faults, cover, signals, pressure }: ProgramMode): number =>
  (careful ? CAREFUL : 0) |
  (observe ? OBSERVE : 0) |
  (faults ? FAULTS : 0) |
  (cover ? COVER : 0) |
  (signals ? SIGNALS : 0) |
  (pressure ? PRESSURE : 0);

/**
 * The file for the guest. Throws UsageError for what its executor cannot do; with the line where the text is given that the
 * script was read from.
 */
export function programBytes(name: string, script: Script, mode: ProgramMode, text?: string): Uint8Array {
  const { events, setting } = script;
  if (events.length === 0)
    throw new UsageError(`${name} has no op`, { remedy: 'A program is one op a line: t0 = timeline' });
  if (events.length > MAX_OPS)
    throw new UsageError(`${name} has ${events.length} ops`, { remedy: `At most ${MAX_OPS} fit into one.` });
  const words = [
    MAGIC,
    VERSION,
    setting.limit === DEFAULT_SETTING.limit ? 0 : setting.limit,
    flagsOf(mode),
    events.length,
    mode.pauses ?? 0,
  ];
  for (const [at, event] of events.entries()) {
    const why = refusal(event);
    if (why !== undefined)
      throw new UsageError(`${placeOf(name, at, text)} cannot be run: ${why}`, {
        remedy: 'Take it out, or see what the model says of the file: fencelab model FILE',
      });
    const { op, args } = event.call;
    words.push((1 + args.length) | (op.code << 16) | ((event.thread ?? 0) << 24), ...args);
  }
  return new Uint8Array(Int32Array.from(words, (word) => word | 0).buffer);
}

function placeOf(name: string, op: number, text: string | undefined): string {
  const line = text === undefined ? undefined : linesOfOps(text)[op];
  return line === undefined ? `op ${op} of ${name}` : `${name}, line ${line}: this op`;
}

/** Seconds a program may take: what it sleeps for, a second for each poll that waits, and ten. */
export function limitSeconds({ events }: Script): number {
  const milliseconds = events.reduce((sum, { call: { op, args } }) => {
    const last = args.at(-1) ?? 0;
    if (op.code === WAIT) return sum + last;
    return POLLS.includes(op.code) ? sum + Math.min(last >>> 0, 1000) : sum;
  }, 0);
  return Math.min(99_999, 10 + Math.ceil(milliseconds / 1000));
}
