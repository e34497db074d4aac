// SPDX-License-Identifier: MIT
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import {
  answerScript,
  CRASHED,
  checkScript,
  type ProfileName,
  parseScript,
  profileNamed,
  type Script,
  withoutDefects,
} from '../../models/index.js';
import { UsageError } from '../errors.js';
import { forbidsDefects } from './no-defects.js';
import { limitSeconds, programBytes } from './program.js';
import { type ProgramFile, readPrograms } from './read.js';

const PLAIN = { careful: false, observe: false };
const words = (text: string, mode = PLAIN): number[] => [
  ...new Int32Array(programBytes('x', parseScript(text), mode).buffer),
];

t.test('a program as the guest reads it', async (t) => {
  t.same(words('t0 = timeline\ninc t0 7'), [
    ...[0x50544c46, 2, 0, 0, 2, 0],
    ...[3 | (1 << 16), 0, 0],
    ...[4 | (3 << 16), 0, 7, 0],
  ]);
  t.same(words('with limit 64\nwait 5', { careful: true, observe: true }), [
    ...[0x50544c46, 2, 64, 3, 1, 0],
    ...[2 | (22 << 16), 5],
  ]);
  const mode = { ...PLAIN, faults: true, cover: true, signals: true, pauses: 7 };
  t.same(words('wait 5', mode).slice(3, 6), [28, 1, 7]);
  t.same(words('0.3: wait 1').slice(6), [2 | (22 << 16) | (3 << 24), 1]);
  t.same(words('close none').slice(6), [2 | (20 << 16), -1]);
});

t.test('a program may forbid known defects', async (t) => {
  t.notOk(forbidsDefects('# x\nt0 = timeline\n', 'x'));
  t.ok(forbidsDefects('# x\n#! no known defects \nt0 = timeline\n', 'x'));
  t.throws(() => forbidsDefects('# x\n#! no know defects\n', 'x.prog'), {
    message: 'x.prog, line 2: nothing is known of "#! no know defects"',
    remedy: /no known defects/,
  });
});

t.test('what the executor cannot do is refused before a kernel is built', async (t) => {
  for (const [text, why] of [
    ['', /has no op/],
    ['t0 = timeline\nfork 1', /op 1 of x cannot be run: "fork"/],
    ['t0 = timeline\nt1 = take 1 t0', /op 1 of x cannot be run: "take"/],
    ['0.8: wait 1', /8 threads at most/],
    ['1.0: wait 1', /one process/],
  ] as const)
    t.throws(() => programBytes('x', parseScript(text), PLAIN), { message: why });
});

t.test('a program may take as long as it sleeps, and some more', async (t) => {
  t.equal(limitSeconds(parseScript('wait 10500\npoll s0 in 0xffffffff\npoll s0 in 200')), 22);
});

t.test('files and folders', async (t) => {
  const folder = t.testdir();
  mkdirSync(join(folder, 'deep'));
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const a = put('a@1 x.prog', '# What it shows.\nwait 1');
  put('deep/a@1 x.trace', 'wait 1 -> 0');
  put('readme.txt', 'not a program');
  t.match(readPrograms([folder, a]), [
    { name: 'a-1-x', purpose: 'What it shows.' },
    { name: 'a-1-x-2', purpose: 'the program in a@1 x.trace' },
    { name: 'a-1-x-3' },
  ]);
  const bad = put('bad.prog', 'wait 1\nfly b0\n');
  t.throws(() => readPrograms([bad]), {
    message: /bad\.prog, line 2: there is no op "fly"/,
    remedy: /^The ops are timeline, fence/,
  });
  t.throws(() => readPrograms([join(folder, 'none')]), { message: /no file or folder/, remedy: /examples/ });
  t.throws(() => readPrograms([t.testdir()]), UsageError);
});

// dist/harness/programs is three folders below the project.
const examples = readPrograms([fileURLToPath(new URL('../../../vm-images/programs', import.meta.url))]);
const answers = (script: Script, kernel: ProfileName, defects = true): Script => {
  const known = profileNamed(kernel);
  if (known === undefined) throw new Error(`no profile ${kernel}`);
  const profile = defects ? known : withoutDefects(known);
  const answered = answerScript(profile.rules, script);
  const done = answered.events.filter((event) => event.results.length > 0);
  t.equal(checkScript(profile.rules, { ...answered, events: done }).kind, 'holds');
  return answered;
};
const text = (script: Script): string => JSON.stringify(script.events.map((event) => event.results));
const crashes = (script: Script): boolean =>
  script.events.some(({ results }) => results.some(({ ret }) => ret === CRASHED));

t.test('the examples: the same on every kernel that has the requests', async (t) => {
  const written = examples.filter(({ file }) => !file.includes('5.10-'));
  t.ok(written.length >= 6);
  for (const { name, script, purpose, file, text: source } of written) {
    const defects = !forbidsDefects(source, file);
    const here = answers(script, 'linux-5.10+series');
    t.match(purpose, /\.$/);
    t.ok(
      here.events.every(({ results }) => results.length === 1),
      `${name}: nothing is left to chance`,
    );
    for (const kernel of ['6.1', '6.12'] as const)
      t.equal(text(answers(script, kernel, defects)), text(here), `${name} on ${kernel}`);
    const asks = script.events.some(({ call }) => ['import', 'export'].includes(call.op.name));
    t.equal(
      text(answers(script, 'linux-5.10')) === text(here),
      !asks,
      `${name} needs the requests if it asks`,
    );
    programBytes(name, script, PLAIN);
  }
});

t.test('what differs on 5.10, with the series or without', async (t) => {
  const written = examples.filter(({ file }) => file.includes('5.10-differs'));
  t.same(
    written.map(({ name }) => name),
    ['named-while-imported'],
  );
  for (const { name, script } of written) {
    t.equal(text(answers(script, 'linux-5.10')), text(answers(script, 'linux-5.10+series')), name);
    t.not(text(answers(script, '6.1')), text(answers(script, 'linux-5.10')), name);
  }
});

t.test('the defects of 5.10 as it is are known to its profile, and to no other', async (t) => {
  const defects = new Map(
    examples
      .filter(({ file }) => file.includes('5.10-defects'))
      .map((p): [string, ProgramFile] => [p.name, p]),
  );
  for (const [name, crash] of [
    ['closed-while-polled', true],
    ['read-closed-while-polled', true],
    ['no-requests', false],
    ['merge-loses-pending', false],
  ] as const) {
    const script = defects.get(name)?.script;
    if (script === undefined) throw new Error(`there is no ${name}.prog`);
    const there = answers(script, 'linux-5.10');
    t.equal(crashes(there), crash, name);
    for (const mended of ['linux-5.10+series', '6.1'] as const)
      t.not(text(answers(script, mended)), text(there), `${name} on ${mended}`);
    defects.delete(name);
  }
  t.equal(defects.size, 0, 'each of them is looked at');
});
