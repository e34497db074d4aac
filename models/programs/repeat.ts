// SPDX-License-Identifier: MIT
import type { Event, Script } from '../ops/event.js';
import { makeCall } from '../ops/make-call.js';
import { letterOf, tidy } from './tidy.js';

/**
 * A program so many times, all that it opens closed behind each: threads meet elsewhere each time, as a pause follows from
 * the number of the op it stands before.
 */
export function repeated(script: Script, times: number): Script {
  const calls = script.events.map(({ call }) => call);
  const cards = new Set(
    calls.flatMap(({ op, args: [made = -1] }) =>
      op.makes !== undefined && letterOf(made) === 'c' ? [made] : [],
    ),
  );
  const closing = [...tidy(calls), ...[...cards].map((card) => makeCall('close', card))];
  const once: Event[] = [...script.events, ...closing.map((call) => ({ call, results: [] }))];
  return { ...script, events: Array.from({ length: times }, () => once).flat() };
}
