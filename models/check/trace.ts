// SPDX-License-Identifier: MIT
import { DEFAULT_SETTING, type Setting } from '../ops/event.js';
import type { Rules } from '../rules/rules.js';
import { check } from './checker.js';
import { checkConcurrent } from './concurrent.js';
import { isSequential } from './history.js';
import type { Verdict } from './verdict.js';

/**
 * A whole trace, of one thread or of many. `whole`: every op that was begun has its record. Otherwise the last ops of
 * some thread may be missing, whose effects others have seen: what only they could explain is undecided.
 */
export function checkTrace(
  rules: Rules,
  words: Int32Array,
  setting: Setting = DEFAULT_SETTING,
  whole = true,
): Verdict {
  return isSequential(words) ? check(rules, words, setting) : checkConcurrent(rules, words, setting, whole);
}
