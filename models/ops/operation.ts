// SPDX-License-Identifier: MIT
import type { Errno } from '../kernel/errno.js';

/**
 * A variable of a program names something that an earlier op made. Its letter says what: `t0` a sw_sync timeline, `s0`
 * a sync_file, `b0` a dma-buf, `c0` an open DRM card, `g0` a GEM handle, `f0` a fence id of vgem, `o0` a descriptor of
 * something else, `e0` an epoll instance. All but g and f are file descriptors.
 */
export const VARIABLES = [
  { letter: 't', what: 'timeline' },
  { letter: 's', what: 'sync_file' },
  { letter: 'b', what: 'dma-buf' },
  { letter: 'c', what: 'card' },
  { letter: 'g', what: 'GEM handle' },
  { letter: 'f', what: 'vgem fence' },
  { letter: 'o', what: 'other file' },
  { letter: 'e', what: 'epoll' },
] as const;
export type Letter = (typeof VARIABLES)[number]['letter'];

/** Variables of one letter. A variable is the number `letter's index * VARIABLES_EACH + n`. */
export const VARIABLES_EACH = 1024;
/** `none` in the text form: descriptor -1, handle 0, id 0. What a variable is before it is made and after it is closed. */
export const NONE = -1;

/** The letter of a variable; undefined for none, and for what is no variable. */
export const letterOf = (variable: number): Letter | undefined =>
  VARIABLES[Math.floor(variable / VARIABLES_EACH)]?.letter;

export const variable = (letter: Letter, n: number): number =>
  VARIABLES.findIndex((v) => v.letter === letter) * VARIABLES_EACH + n;

/** What an argument may be: a variable of one of the letters, or a word whose bits and values have names. */
export type ArgumentType =
  | { readonly kind: 'variable'; readonly letters: string }
  | { readonly kind: 'number' }
  | { readonly kind: 'flags'; readonly zero: string; readonly bits: Readonly<Record<string, number>> }
  | { readonly kind: 'choice'; readonly names: readonly string[] };

export interface Argument {
  readonly name: string;
  readonly type: ArgumentType;
  /** The last arguments of an op may be left out in the text form. */
  readonly optional?: number;
}

/** A word that comes back besides the return value. */
export interface Output {
  readonly name: string;
  readonly type: ArgumentType | { readonly kind: 'status' };
}

/** One step a program asks of the kernel: a syscall with typed arguments. */
export interface Operation {
  readonly name: string;
  /** In the record a guest sends; never reused. */
  readonly code: number;
  readonly doc: string;
  /** Letters of the variable that the op makes, if it makes one. */
  readonly makes?: string;
  /** It may be told to make nothing: `none`. */
  readonly makesPerhaps?: boolean;
  readonly args: readonly Argument[];
  /** Every error it may return, without ENOMEM, which is allowed where memory may run out. */
  readonly errors: readonly Errno[];
  /** Whether it allocates, so that ENOMEM is possible. */
  readonly allocates?: boolean;
  /** Errors besides ENOMEM that it gives where memory runs out. */
  readonly lacking?: readonly Errno[];
  readonly outputs?: readonly Output[];
  /** Lists of leaves that come back: of an info, or of both directions of a buffer. */
  readonly lists?: readonly string[];
  /** A leaf in its lists comes with the time at which it signalled: two words each. */
  readonly timed?: boolean;
}
