// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { CAUSE, type CheckedCall, firstError } from '../rules/checks.js';
import type { File } from '../state/file.js';
import type { World } from '../state/world.js';

/** Arguments of an op: words of a record, or those of a Call. The variable that is made comes first. */
export type Words = ArrayLike<number>;
/** An op: what it gives goes to `world.answer`, what it changes to `world`. */
export type Step = (world: World, words: Words, at: number) => void;

export const word = (words: Words, at: number): number => words[at] ?? 0;
export const unsigned = (words: Words, at: number): number => (words[at] ?? 0) >>> 0;

/** A value of the argument `memory`. */
export const UNMAPPED = 1;
export const READONLY = 2;

/** Causes of a struct that is only read. */
export const readCause = (memory: number): number => (memory === UNMAPPED ? CAUSE.unreadable : 0);
/** Causes of a struct that is read first and written last. */
export const writeCause = (memory: number): number =>
  memory === UNMAPPED ? CAUSE.unreadable : memory === READONLY ? CAUSE.unwritable : 0;

/**
 * The file that an ioctl goes to, if it is of that kind. ioctl(2) looks for the file first (EBADF), and a file that
 * does not know the request says ENOTTY.
 */
export function target<K extends File['kind']>(
  world: World,
  variable: number,
  kind: K,
): (File & { kind: K }) | undefined {
  const file = world.file(variable);
  if (file?.kind === kind) return file as File & { kind: K };
  world.answer.ret = file === undefined ? -ERRNO.EBADF : notKnown(world, file);
  return undefined;
}

/** What a file says to a request that it does not know. */
export const notKnown = ({ rules }: World, { kind }: File): number =>
  kind === 'epoll' && rules.has.epoll ? -ERRNO.EINVAL : -ERRNO.ENOTTY;

/** Reports the first of `causes`. The descriptor that a call took before it failed is given back. */
export function fail(world: World, call: CheckedCall, causes: number): void {
  world.answer.ret = firstError(world.rules.checks[call], causes);
}
