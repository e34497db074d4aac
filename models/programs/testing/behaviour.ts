// SPDX-License-Identifier: MIT
import { resultOf } from '../../check/step.js';
import type { Call } from '../../ops/call.js';
import { variable } from '../../ops/operation.js';
import type { Rules } from '../../rules/rules.js';
import { cloneWorld } from '../../state/clone.js';
import { World } from '../../state/world.js';
import { run } from '../../step/run.js';
import { parseEvent } from '../../text/parse.js';
import { printCall, printResult } from '../../text/print.js';
import { printVariable } from '../../text/words.js';

/** What small programs do on the model, as text, with everything made before their first op. */

const SETUP = ['c0 = card', 'g0 = dumb c0', 'b0 = prime c0 g0', 'b1 = heap', 'g1 = open c0 b1'];

const callOf = (text: string): Call => parseEvent(text).call;

/** A world in which cards, buffers and three timelines are there. */
export function prepared(rules: Rules): World {
  const world = new World(rules);
  for (const text of [...SETUP, 't0 = timeline', 't1 = timeline', 't2 = timeline'])
    apply(world, callOf(text));
  return world;
}

/** Does an op, and says what it gave: descriptors, handles and ids only as `made`. */
export function apply(world: World, call: Call): string {
  run(world, call.op.code, call.args, 0);
  const result = resultOf(call, world.answer);
  const made = call.op.makes !== undefined && result.ret >= 0;
  return made ? 'made' : printResult(call.op, result);
}

/** What can be seen of a world, line by line, without changing it. */
export function look(world: World): string[] {
  const copy = cloneWorld(world);
  const lines: string[] = [];
  for (const letter of ['b', 's'] as const)
    for (let n = 0; n < 8; n++) {
      const at = variable(letter, n);
      const open = copy.file(at) !== undefined;
      if (open) lines.push(`${printVariable(at)} ${apply(copy, callOf(lookAt(printVariable(at))))}`);
    }
  for (let n = 0; n < 3; n++) if (copy.file(variable('t', n)) === undefined) lines.push(`t${n} closed`);
  return lines;
}

const lookAt = (name: string): string => (name.startsWith('b') ? `observe ${name}` : `info ${name} 16`);

const NAME = /\b([tsf])(\d+)\b/g;

/** Timelines, files and fences renamed in the order in which they first appear. */
export function renamed(text: string): string {
  const names = new Map<string, string>();
  const used = { t: 0, s: 0, f: 0 };
  return text.replace(NAME, (name, letter: 't' | 's' | 'f') => {
    const known = names.get(name) ?? `${letter}${used[letter]++}`;
    names.set(name, known);
    return known;
  });
}

/** The least of all texts that differ only in names and in the order of lines after the first. */
export function least(first: string, lines: readonly string[]): string {
  const names = [...new Set([first, ...lines].join(' ').match(NAME) ?? [])].sort();
  let best: string | undefined;
  for (const order of permutations(names)) {
    const to = new Map(names.map((name) => [name, `${name[0]}${numberIn(order, name)}`]));
    const rename = (text: string) => text.replace(NAME, (name) => to.get(name) ?? name);
    const text = [rename(first), ...lines.map((line) => sorted(rename(line))).sort()].join('\n');
    if (best === undefined || text < best) best = text;
  }
  return best ?? '';
}

/** The place of a name among those of its letter. */
const numberIn = (order: readonly string[], name: string): number =>
  order.filter((other) => other[0] === name[0]).indexOf(name);

/** Leaves of a list are in no order. */
const sorted = (line: string): string => line.split(' ').sort().join(' ');

/** Orders of names that keep letters apart. */
function permutations(names: readonly string[]): string[][] {
  const letters = [...new Set(names.map((name) => name[0]))];
  let found: string[][] = [[]];
  for (const letter of letters) {
    const own = names.filter((name) => name[0] === letter);
    found = found.flatMap((before) => orders(own).map((order) => [...before, ...order]));
  }
  return found;
}

function orders(all: readonly string[]): string[][] {
  if (all.length < 2) return [[...all]];
  return all.flatMap((one) => orders(all.filter((other) => other !== one)).map((rest) => [one, ...rest]));
}

/** Ops on one line. */
export const line = (calls: readonly Call[]): string => calls.map(printCall).join('; ');
