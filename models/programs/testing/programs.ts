// SPDX-License-Identifier: MIT
import type { Call } from '../../ops/call.js';
import type { Rules } from '../../rules/rules.js';
import type { Path } from '../exhaustive-path.js';
import { SmallPrograms } from '../exhaustive-programs.js';

/** A small program: its ops without what is made before and closed after. */
export interface Listed {
  readonly ops: readonly Call[];
  /** Ops that change nothing, at its end. */
  readonly idle: readonly Call[];
}

/** All of them, in the order in which they are tried. */
export function listed(rules: Rules, depth: number, everyOrder: number): Listed[] {
  const programs = new SmallPrograms(rules, depth, everyOrder);
  const found: Listed[] = [];
  for (let one = programs.next(); one !== undefined; one = programs.next()) {
    const { path, idle } = one;
    found.push({ ops: opsOf(path), idle: idle.map((op) => path.eventAt(op).call) });
  }
  return found;
}

/** The ops of a program that count. */
export function opsOf(path: Path): Call[] {
  const found: Call[] = [];
  for (let at: Path | undefined = path; at?.last !== undefined; at = at.before) found.unshift(at.last.call);
  return found;
}
