// SPDX-License-Identifier: MIT
import type { Event, Script } from '../ops/event.js';
import { NONE, VARIABLES_EACH } from '../ops/operation.js';

/**
 * Ways to make a program smaller, the largest cuts first. What is tried is whatever is left: an op whose variable nobody
 * made any more gets EBADF, and is cut in its turn.
 */

/** The script without some of its ops; results are of another run and go. */
const withEvents = (script: Script, events: readonly Event[]): Script => ({ ...script, events });

/** Without `size` ops that stand together, from the end: what comes late matters least. */
export function* withoutChunks(script: Script, size: number): Generator<Script> {
  const { events } = script;
  for (let end = events.length; end > 0; end -= size) {
    const from = Math.max(0, end - size);
    if (end - from === events.length) continue;
    yield withEvents(script, [...events.slice(0, from), ...events.slice(end)]);
  }
}

/** Without one thread. */
export function* withoutThreads(script: Script): Generator<Script> {
  const threads = new Set(script.events.map(({ thread }) => thread ?? 0));
  threads.delete(0);
  for (const one of threads)
    yield withEvents(
      script,
      script.events.filter(({ thread }) => thread !== one),
    );
}

/** Without an op and all that needs what it makes. */
export function* withoutMade(script: Script): Generator<Script> {
  for (const [at, { call }] of script.events.entries()) {
    if (call.op.makes === undefined) continue;
    const gone = new Set([call.args[0] ?? NONE]);
    const left = script.events.filter((event, n) => {
      if (n < at) return true;
      if (n === at) return false;
      const { op, args } = event.call;
      const rest = op.makes === undefined ? args : args.slice(1);
      const uses = rest.some((arg, k) => op.args[k]?.type.kind === 'variable' && gone.has(arg));
      if (uses && op.makes !== undefined) gone.add(args[0] ?? NONE);
      return !uses;
    });
    if (left.length > 0 && left.length < script.events.length - 1) yield withEvents(script, left);
  }
}

/** With one argument of one op that is simpler: nothing out of the ordinary, a small number, the first thread. */
export function* withSimplerArguments(script: Script): Generator<Script> {
  for (const [at, event] of script.events.entries()) {
    for (const simpler of simplerEvents(event)) {
      const events = [...script.events];
      events[at] = simpler;
      yield withEvents(script, events);
    }
  }
}

function* simplerEvents(event: Event): Generator<Event> {
  const { call } = event;
  const { op, args } = call;
  const first = op.makes === undefined ? 0 : 1;
  for (const [n, { type, optional }] of op.args.entries()) {
    const at = n + first;
    const value = args[at] ?? 0;
    for (const simpler of simplerValues(type.kind, value, optional))
      yield { ...event, call: { op, args: args.with(at, simpler) } };
  }
  const { thread: who = 0, ...alone } = event;
  if (who > 0) yield alone;
  for (let lower = 1; lower < who; lower++) yield { ...event, thread: lower };
}

function simplerValues(kind: string, value: number, optional: number | undefined): number[] {
  if (kind === 'variable') return [];
  if (optional !== undefined) return value === optional ? [] : [optional];
  if (kind === 'flags') {
    // One bit fewer
    const bits = Array.from({ length: 31 }, (_, n) => 1 << n).filter((bit) => (value & bit) !== 0);
    return bits.length <= 1 ? [] : bits.map((bit) => value & ~bit);
  }
  if (kind === 'choice') return value === 0 ? [] : [0];
  return [...new Set([0, 1, value >>> 1])].filter((n) => n < value >>> 0);
}

/** With the lowest variables that do: each letter's from 0 in the order in which they first come. One candidate, or none. */
export function* withLowestVariables(script: Script): Generator<Script> {
  const names = new Map<number, number>();
  const counts = new Map<number, number>();
  const lowest = (old: number): number => {
    if (old === NONE) return NONE;
    const letter = Math.floor(old / VARIABLES_EACH);
    const known = names.get(old);
    const name = known ?? letter * VARIABLES_EACH + (counts.get(letter) ?? 0);
    if (known === undefined) {
      names.set(old, name);
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    return name;
  };
  const events = script.events.map((event) => {
    const { op, args } = event.call;
    const first = op.makes === undefined ? 0 : 1;
    const isVariable = (n: number): boolean => n < first || op.args[n - first]?.type.kind === 'variable';
    return { ...event, call: { op, args: args.map((arg, n) => (isVariable(n) ? lowest(arg) : arg)) } };
  });
  if ([...names].some(([old, name]) => old !== name)) yield withEvents(script, events);
}

/** Passes over a program, in order; each gives candidates that are smaller or simpler. */
export function passes(script: Script): (() => Generator<Script>)[] {
  const all = [() => withoutThreads(script)];
  for (let size = 1 << Math.floor(Math.log2(Math.max(1, script.events.length))); size > 1; size >>= 1)
    all.push(() => withoutChunks(script, size));
  all.push(
    () => withoutMade(script),
    () => withoutChunks(script, 1),
    () => withSimplerArguments(script),
    () => withLowestVariables(script),
  );
  return all;
}
