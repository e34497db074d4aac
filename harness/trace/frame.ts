// SPDX-License-Identifier: MIT

/**
 * The trace channel: frames of little-endian 32-bit words, each from one write(2) of the guest. vm-images/guest/trace/ writes them.
 *
 *     0  magic   1  kind   2  pid of the subtest's own process: the trace's name   3  words of payload   4… payload
 */
export const MAGIC = 0x43544c46; // "FLTC"
export const HEADER_BYTES = 16;
/** The guest puts as many records into one as 32 KiB hold; a record that is longer has a frame of its own. */
const MAX_PAYLOAD_WORDS = 0xffff;
export const MAX_FRAME_BYTES = HEADER_BYTES + 4 * MAX_PAYLOAD_WORDS;
/** PID_MAX_LIMIT of include/linux/threads.h. */
const MAX_PID = 4 * 1024 * 1024;

/** Why the recorder ended a trace. */
export const END_REASONS = ['whole', 'buffer full', 'not expressible', 'too many processes'] as const;
export type EndReason = (typeof END_REASONS)[number];

/** What one good frame says. */
export type FrameContent =
  /** A subtest begins: lowest free descriptor, RLIMIT_NOFILE, whether memory may run out. */
  | { readonly kind: 'begin'; readonly first: number; readonly limit: number; readonly nomem: boolean }
  /** Whole records, as models/trace/record.ts has them. */
  | { readonly kind: 'records'; readonly words: Int32Array; readonly count: number }
  | {
      readonly kind: 'end';
      readonly written: number;
      readonly lost: number;
      readonly reason: EndReason;
      /** With `not expressible`: what it was, as a number of the recorder's own. */
      readonly which: number | undefined;
    }
  /** Careful mode: a record's first two words and its arguments, before the op is done. */
  | { readonly kind: 'entered'; readonly words: Int32Array }
  /** Places in the kernel's code that no program before it had reached. */
  | { readonly kind: 'cover'; readonly places: readonly Reached[] };

/** A place as the low half of its address, and the op of the program that reached it. */
export interface Reached {
  readonly place: number;
  readonly op: number;
}

/** A good frame, and where its first byte was. */
export type Frame = FrameContent & { readonly pid: number; readonly offset: number };

/** Bytes that are no frame. Records may have been lost there. */
export interface TraceDamage {
  readonly kind: 'damage';
  readonly offset: number;
  readonly bytes: number;
  readonly reason: string;
}

export type TraceItem = Frame | TraceDamage;

/** What a header says, once it is believed. */
export interface Header {
  readonly kind: FrameContent['kind'];
  readonly pid: number;
  readonly payloadBytes: number;
}

const KINDS = [undefined, 'begin', 'records', 'end', 'entered', 'cover'] as const;

/** The header in the first 16 bytes, or why there is none. */
export function readHeader(bytes: DataView): Header | string {
  const [magic, code, pid, words] = [0, 4, 8, 12].map((at) => bytes.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  if (magic !== MAGIC) return 'no frame begins there';
  const kind = KINDS[code];
  if (kind === undefined) return `no frame is of the kind ${code}`;
  if (pid === 0 || pid > MAX_PID) return `no process has the pid ${pid}`;
  if (words > MAX_PAYLOAD_WORDS) return `no frame has ${words} words`;
  return { kind, pid, payloadBytes: words * 4 };
}

/** The payload of a frame whose header is believed, or why it is none. */
export function readPayload(kind: Header['kind'], words: Int32Array): FrameContent | string {
  switch (kind) {
    case 'begin':
      return readBegin(words);
    case 'records':
      return readRecords(words);
    case 'end':
      return readEnd(words);
    case 'entered':
      return words.length >= 2 && words.length <= 18
        ? { kind, words }
        : `an op that was entered has no ${words.length} words`;
    case 'cover':
      return readCover(words);
  }
}

/** More descriptors than fs.nr_open allows anybody. */
const MAX_DESCRIPTORS = 1 << 20;

function readBegin(words: Int32Array): FrameContent | string {
  const [first = -1, limit = -1, flags = 0] = words;
  if (words.length !== 4) return `a trace does not begin with ${words.length} words`;
  if (first < 0 || first > MAX_DESCRIPTORS || limit < 0 || limit > MAX_DESCRIPTORS)
    return `descriptors from ${first} below ${limit} are no process's`;
  return { kind: 'begin', first, limit, nomem: (flags & 1) !== 0 };
}

/** A record is never split over frames: their lengths add up to the frame's. */
function readRecords(words: Int32Array): FrameContent | string {
  let count = 0;
  for (let at = 0; at < words.length; count++) {
    const length = (words[at] as number) & 0xffff;
    if (length === 0 || at + length > words.length) return 'its records do not add up';
    at += length;
  }
  return { kind: 'records', words, count };
}

function readEnd(words: Int32Array): FrameContent | string {
  const [written = -1, lost = -1, code = -1, which] = words;
  const reason = END_REASONS[code];
  if (words.length < 3 || words.length > 4) return `a trace does not end with ${words.length} words`;
  if (reason === undefined) return `no trace ends for the reason ${code}`;
  return { kind: 'end', written: written >>> 0, lost: lost >>> 0, reason, which };
}

function readCover(words: Int32Array): FrameContent | string {
  if (words.length % 2 !== 0) return 'places and ops come in pairs';
  const places = Array.from({ length: words.length / 2 }, (_, n) => ({
    place: (words[2 * n] ?? 0) >>> 0,
    op: (words[2 * n + 1] ?? 0) >>> 0,
  }));
  return { kind: 'cover', places };
}
