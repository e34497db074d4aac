// SPDX-License-Identifier: MIT
import {
  Exhaustive,
  Faults,
  Guided,
  Pressure,
  type Profile,
  Race,
  RandomLong,
  type Strategy,
} from '../../models/index.js';
import type { PlannedSearch } from './plan.js';

/** The strategy of a search, for a kernel that is judged by these rules. */
export function makeStrategy(
  { strategy, cover, pressure }: PlannedSearch,
  rules: Profile['rules'],
  { seed, depth }: { readonly seed: number; readonly depth: number },
): Strategy {
  switch (strategy) {
    case 'exhaustive':
      return new Exhaustive(rules, depth);
    case 'race':
      return new Race(seed);
    case 'faults':
      return pressure === true ? new Pressure(rules, seed) : new Faults(rules, seed);
    case 'guided':
      return new Guided(rules, seed, cover);
    case 'random':
      return new RandomLong(rules, seed);
  }
}
