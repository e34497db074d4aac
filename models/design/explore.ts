// SPDX-License-Identifier: MIT
import { actions } from './actions.js';
import type { Design } from './designs.js';
import { keyOf } from './key.js';
import type { Policy } from './policies.js';
import { broken, type DesignPromise } from './promises.js';
import { START, type State } from './state.js';

export const DESIGN_PROMISES: readonly DesignPromise[] = ['P1', 'P3', 'P4', 'P5', 'P7', 'P8'];

export interface Analysis {
  readonly design: Design;
  readonly policy: Policy;
  readonly states: number;
  readonly steps: number;
  /** No history is longer than this many steps; `complete` if none would lead to anything new. */
  readonly depth: number;
  readonly complete: boolean;
  /** The shortest history that breaks a promise; none for one that holds. */
  readonly histories: ReadonlyMap<DesignPromise, readonly string[]>;
}

interface Visit {
  readonly state: State;
  readonly words: string;
  readonly before: Visit | null;
}

function history(visit: Visit, last: string): string[] {
  const words = [last];
  for (let at: Visit | null = visit; at?.before; at = at.before) words.unshift(at.words);
  return words;
}

/**
 * Every order of submit, move, import, export and signal up to `depth` steps, breadth first, so that the first history
 * that breaks a promise is a shortest one. Histories go on after a broken promise, as others may be broken later.
 */
export function analyse(design: Design, policy: Policy, depth: number): Analysis {
  const histories = new Map<DesignPromise, readonly string[]>();
  const seen = new Set<string>([keyOf(START)]);
  let layer: Visit[] = [{ state: START, words: '', before: null }];
  let steps = 0;
  let level = 0;
  for (; level < depth && layer.length > 0; level++) {
    const next: Visit[] = [];
    for (const visit of layer)
      for (const { words, next: state, breaks } of actions(visit.state, design, policy)) {
        steps++;
        const key = keyOf(state);
        const known = seen.has(key);
        const wrong = known ? breaks : [...breaks, ...broken(state)];
        for (const promise of wrong)
          if (!histories.has(promise)) histories.set(promise, history(visit, words));
        if (known) continue;
        seen.add(key);
        next.push({ state, words, before: visit });
      }
    layer = next;
  }
  return { design, policy, states: seen.size, steps, depth: level, complete: layer.length === 0, histories };
}
