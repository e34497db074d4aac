// SPDX-License-Identifier: MIT
import type { Given } from './calls.js';

/** What the pieces of a program are to be fit for. */
export interface Shape {
  readonly given: Given;
  /** Ops side by side: what they share is atomic, what is theirs is theirs. */
  readonly threads: boolean;
  /** Ops for which ENOTTY is never right: a kernel that gives it lacks the request. */
  readonly needs: ReadonlySet<string>;
  /** A number that is not known is allowed somewhere. */
  readonly anyNumber: boolean;
  /** How many results are kept, to be compared with each other. */
  readonly kept: number;
  /** The lowest free descriptor at the first op. */
  readonly first: number;
}

/** A part of a C program, used only where something needs it. */
export interface Piece {
  readonly includes?: readonly string[];
  /** Pieces that come before it. */
  readonly after?: readonly string[];
  text(shape: Shape): string;
}

/** The memory of an op's struct: a parameter where any op of the program wants another than ordinary memory. */
export function memoryOf({ given }: Shape, op: string): { parameter: string; pointer(data: string): string } {
  const placed = given.has(op, 'memory');
  return {
    parameter: placed ? ', enum memory memory' : '',
    pointer: (data) => (placed ? `place(memory, &${data}, sizeof(${data}))` : `&${data}`),
  };
}

/** A parameter for an argument of an op, if any op of the program gives it. */
export const parameter = ({ given }: Shape, op: string, name: string): string =>
  given.has(op, name) ? `, __u32 ${name}` : '';

/** The same as a member of a struct. */
export const member = ({ given }: Shape, op: string, name: string): string =>
  given.has(op, name) ? `, .${name} = ${name}` : '';
