// SPDX-License-Identifier: MIT
import type { Event, Script } from '../ops/event.js';
import { letterOf } from '../ops/operation.js';
import { closing, leftOpen, tidy } from './tidy.js';

/**
 * A program so many times, all that it opens closed behind each: threads meet elsewhere each time, as a pause follows from
 * the number of the op it stands before.
 */
export function repeated(script: Script, times: number): Script {
  const calls = script.events.map(({ call }) => call);
  const cards = [...leftOpen(calls).keys()].filter((one) => letterOf(one) === 'c');
  const ends = [...tidy(calls), ...cards.map((card) => closing(card))];
  const once: Event[] = [...script.events, ...ends.map((call) => ({ call, results: [] }))];
  return { ...script, events: Array.from({ length: times }, () => once).flat() };
}
