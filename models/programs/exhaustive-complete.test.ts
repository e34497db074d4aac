// SPDX-License-Identifier: MIT
import { test } from 'tap';
import type { Call } from '../ops/call.js';
import { variable } from '../ops/operation.js';
import { profileNamed } from '../profiles/profiles.js';
import type { Rules } from '../rules/rules.js';
import { cloneWorld } from '../state/clone.js';
import { leafPending } from '../state/fence.js';
import { exactFingerprint } from '../state/fingerprint.js';
import type { World } from '../state/world.js';
import { parseEvent } from '../text/parse.js';
import { printCall } from '../text/print.js';
import { Graph, type Reached } from './exhaustive-graph.js';
import { Path } from './exhaustive-path.js';
import { apply, least, line, look, prepared, renamed } from './testing/behaviour.js';
import { type Listed, listed, opsOf } from './testing/programs.js';

const rulesOf = (name: string): Rules => {
  const profile = profileNamed(name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return profile.rules;
};
const KERNELS = ['linux-5.10+series', '6.1'] as const;

const parsed = (text: string): Call => parseEvent(text).call;
const isOpen = (world: World, letter: 's' | 'b' | 't', n: number): boolean =>
  world.file(variable(letter, n)) !== undefined;

/** Every op there may be after these, with any name: nothing is left out for being the same as another. */
function anyOp(world: World, ops: readonly Call[]): Call[] {
  const texts: string[] = [];
  const text = line(ops);
  const count = (pattern: RegExp) => (text.match(pattern) ?? []).length;
  const made = `s${count(/ = (fence|export|merge)/g)}`;
  const files = [0, 1, 2].filter((n) => isOpen(world, 's', n)).map((n) => `s${n}`);
  const buffers = ['b0', 'b1'].filter((_, n) => isOpen(world, 'b', n));
  const used = [0, 1, 2].filter((n) => isOpen(world, 't', n) && new RegExp(`fence t${n} `).test(text));
  for (const n of [0, 1, 2])
    if (isOpen(world, 't', n)) {
      const by = count(new RegExp(`inc t${n} `, 'g'));
      texts.push(`${made} = fence t${n} ${by + 1}`, `${made} = fence t${n} ${by + 2}`);
    }
  for (const n of used) texts.push(`inc t${n} 1`, `close t${n}`);
  const attached = count(/attach/g);
  for (const access of ['read', 'write'])
    for (const n of [0, 1])
      if (n === 0 || isOpen(world, 'b', 1)) texts.push(`f${attached} = attach c0 g${n} ${access}`);
  for (let n = 0; n < attached; n++) if (!text.includes(`signal c0 f${n}`)) texts.push(`signal c0 f${n}`);
  for (const b of buffers) {
    texts.push(`poll ${b} in`, `poll ${b} out`, `close ${b}`);
    for (const access of ['read', 'write', 'read+write']) {
      texts.push(`${made} = export ${b} ${access}`);
      for (const s of files) texts.push(`import ${b} ${access} ${s}`);
    }
  }
  for (const s of files) {
    texts.push(`poll ${s} in`, `close ${s}`);
    for (const other of files) texts.push(`${made} = merge ${s} ${other}`);
  }
  return texts.map(parsed);
}

const VARIABLES = ['t', 's', 'b', 'c', 'g', 'f'].flatMap((letter) =>
  [0, 1, 2, 3].map((n) => variable(letter as 't', n)),
);

/** Whether the model says that the op has changed nothing. A step of a timeline without pending fences is none. */
function isIdle(before: World, after: World, call: Call): boolean {
  if (call.op.name !== 'inc')
    return exactFingerprint(before, VARIABLES) === exactFingerprint(after, VARIABLES);
  const timeline = before.file(call.args[0] ?? -1);
  if (timeline?.kind !== 'timeline') return true;
  for (const file of before.files) {
    const leaves =
      file?.kind === 'sync'
        ? [file.fence, ...file.fence.members]
        : file?.kind === 'buffer'
          ? file.resv.entries().map(({ leaf }) => leaf)
          : [];
    if (leaves.some((leaf) => leaf.context === timeline.context && leafPending(leaf))) return false;
  }
  return true;
}

/** Ops with what they give, renamed; then what can be seen. */
function behaviour(rules: Rules, ops: readonly Call[]): { world: World; text: string } {
  const world = prepared(rules);
  const steps = ops.map((call) => `${printCall(call)} -> ${apply(world, call)}`);
  return { world, text: renamed([...steps, ...look(world)].join('\n')) };
}

/** Where an op is tried and what it gives, up to renaming. Where: what can be seen now, and one step later. */
function tried(world: World, call: Call): string {
  const lines = look(world);
  for (const n of [0, 1, 2])
    if (isOpen(world, 't', n)) {
      const later = cloneWorld(world);
      apply(later, parsed(`inc t${n} 1`));
      lines.push(`after t${n} ${look(later).join()}`);
    }
  const copy = cloneWorld(world);
  return least(`${printCall(call)} -> ${apply(copy, call)}`, lines);
}

for (const kernel of KERNELS)
  test(`${kernel}: whatever a program of two ops can show is shown`, async (t) => {
    const rules = rulesOf(kernel);
    const shown = new Set<string>();
    const triedIdle = new Set<string>();
    for (const { ops, idle } of listed(rules, 2, 2)) {
      const { world, text } = behaviour(rules, ops);
      shown.add(text);
      for (const call of idle) triedIdle.add(tried(world, call));
    }
    let [leading, idle] = [0, 0];
    const missing: string[] = [];
    const visit = (ops: readonly Call[], left: number): void => {
      const { world, text } = behaviour(rules, ops);
      leading++;
      if (!shown.has(text)) missing.push(text);
      if (left === 0) return;
      for (const call of anyOp(world, ops)) {
        const after = cloneWorld(world);
        apply(after, call);
        if (!isIdle(world, after, call)) visit([...ops, call], left - 1);
        else {
          idle++;
          if (!triedIdle.has(tried(world, call))) missing.push(`${line(ops)} | ${printCall(call)}`);
        }
      }
    };
    visit([], 2);
    t.same(missing, []);
    t.ok(leading > shown.size, `${leading} programs by any name, ${shown.size} up to renaming`);
    t.ok(idle > triedIdle.size, `${idle} ops that change nothing, ${triedIdle.size} up to renaming`);
  });

for (const kernel of KERNELS)
  test(`${kernel}: no program twice, and each op is what the model says it is`, async (t) => {
    const rules = rulesOf(kernel);
    const programs = listed(rules, 3, 3);
    const texts = new Set<string>();
    let alone = 0;
    for (const { ops, idle } of programs) {
      const text = renamed(line(ops));
      // The program of an import that changes nothing is that of its state once more
      if (idle.length === 1 && texts.has(text)) alone++;
      else {
        t.notOk(texts.has(text), text);
        texts.add(text);
      }
    }
    t.equal(texts.size + alone, programs.length);
    let wrong = '';
    for (const { ops, idle } of programs) {
      const world = prepared(rules);
      for (const [at, call] of [...ops, ...idle].entries()) {
        const before = cloneWorld(world);
        apply(world, call);
        if (isIdle(before, world, call) !== at >= ops.length) wrong = `${line(ops)} | ${printCall(call)}`;
      }
    }
    t.equal(wrong, '', 'no op that counts is idle, and no idle one counts');
  });

for (const kernel of KERNELS)
  test(`${kernel}: of ops that commute one order is enough`, async (t) => {
    const rules = rulesOf(kernel);
    const all = leading(listed(rules, 3, 3));
    const kept = new Set(leading(listed(rules, 3, 0)).keys());
    t.ok(kept.size < all.size / 1.5, `${kept.size} of ${all.size}`);
    for (const text of kept) if (!all.has(text)) t.fail(`${text} is not among all`);
    // Neighbours: two ops in the other order, and every op gives the same
    const group = new Map<string, string>();
    const groupOf = (text: string): string => {
      const up = group.get(text);
      return up === undefined ? text : groupOf(up);
    };
    for (const [text, ops] of all)
      for (let at = 0; at + 1 < ops.length; at++) {
        const swapped = [...ops.slice(0, at), ops[at + 1] as Call, ops[at] as Call, ...ops.slice(at + 2)];
        const other = renamed(line(swapped));
        if (all.has(other) && sameEitherWay(rules, ops, swapped) && groupOf(text) !== groupOf(other))
          group.set(groupOf(text), groupOf(other));
      }
    const covered = new Set([...kept].map(groupOf));
    t.same(
      [...all.keys()].filter((text) => !covered.has(groupOf(text))),
      [],
    );
  });

for (const kernel of KERNELS)
  test(`${kernel}: ops that are said to commute do`, async (t) => {
    const rules = rulesOf(kernel);
    const graph = new Graph(rules);
    const wrong: string[] = [];
    let pairs = 0;
    const pairsAfter = (path: Path, reached: Reached): void => {
      for (const one of graph.open(reached).ways) {
        const after = new Path(path, one);
        for (const other of graph.open(one.target).ways) {
          if (!after.isSecondOrder(other)) continue;
          const ops = opsOf(new Path(after, other));
          const swapped = [...ops.slice(0, -2), ops.at(-1) as Call, ops.at(-2) as Call];
          pairs++;
          if (!sameEitherWay(rules, ops, swapped)) wrong.push(line(ops));
        }
      }
    };
    const seen = new Set<number>();
    const visit = (path: Path, reached: Reached): void => {
      if (!seen.has(reached.number)) {
        seen.add(reached.number);
        pairsAfter(path, reached);
      }
      if (path.length < 2) for (const way of graph.open(reached).ways) visit(new Path(path, way), way.target);
    };
    visit(new Path(), graph.start);
    t.same(wrong, []);
    t.ok(pairs > 1000, `${pairs} pairs`);
  });

const leading = (programs: readonly Listed[]): Map<string, readonly Call[]> =>
  new Map(programs.map(({ ops }) => [renamed(line(ops)), ops]));

/** Each op gives the same, and the end looks the same. */
function sameEitherWay(rules: Rules, ops: readonly Call[], swapped: readonly Call[]): boolean {
  const [one, other] = [prepared(rules), prepared(rules)];
  const gave = new Map(ops.map((call) => [call, apply(one, call)]));
  if (swapped.some((call) => apply(other, call) !== gave.get(call))) return false;
  const [seen, seenToo] = [look(one), look(other)];
  return (
    seen.length === seenToo.length && seen.every((text, at) => sortedWords(text) === sortedWords(seenToo[at]))
  );
}

const sortedWords = (text = ''): string => text.split(' ').sort().join(' ');
