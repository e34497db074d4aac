// SPDX-License-Identifier: MIT
import { MAGIC } from '../frame.js';

/** Frames as the guest writes them. */
export function frame(kind: number, pid: number, payload: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.of(MAGIC, kind, pid, payload.length, ...payload).buffer);
}

export const beginFrame = (pid: number, first = 5, limit = 64, flags = 0): Uint8Array =>
  frame(1, pid, [first, limit, flags, 0]);

export const recordsFrame = (pid: number, records: readonly (readonly number[])[]): Uint8Array =>
  frame(2, pid, records.flat());

export const endFrame = (
  pid: number,
  end: { written: number; lost?: number; reason?: number; which?: number },
): Uint8Array =>
  frame(3, pid, [
    end.written,
    end.lost ?? 0,
    end.reason ?? 0,
    ...(end.which === undefined ? [] : [end.which]),
  ]);

/** Pairs of a place and the op that reached it. */
export const coverFrame = (pid: number, pairs: readonly number[]): Uint8Array => frame(5, pid, pairs);

export const enteredFrame = (pid: number, words: readonly number[]): Uint8Array => frame(4, pid, words);
