// SPDX-License-Identifier: MIT
// Whatever the executor of a guest can do becomes C that a compiler has nothing to say about.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import t, { type Test } from 'tap';
import { sourceOf } from '../harness/commands/c.js';
import { UsageError } from '../harness/errors.js';
import { projectRoot } from '../harness/folders.js';
import { type ProgramFile, readPrograms } from '../harness/programs/read.js';
import { CASES } from '../models/cases/cases.js';
import { OPERATIONS, type Operation, parseScript, TEMPLATES } from '../models/index.js';
import { printCall } from '../models/text/print.js';

const PROGRAMS = readPrograms([join(projectRoot, 'vm-images', 'programs')]);
const file = (name: string, text: string): ProgramFile => ({
  ...{ name, file: name, text, purpose: name, script: parseScript(text) },
});

/** An op of each kind with every argument given, so that each helper is there in its longest form. */
const EVERYTHING = `
with first 9 limit 64
c0 = card
c1 = card virtio-gpu
g0 = dumb c0
b0 = prime c0 g0
g1 = open c0 b0
f0 = attach c0 g0 write 1
signal c0 f0 1
b1 = heap
g2 = texture c1
transfer c1 g2
idle c1 g2 1
t0 = timeline 1
s0 = fence t0 1 readonly
inc t0 1 unmapped
s1 = export b0 read+write unmapped
import b0 read s0 readonly
s2 = merge s0 s0 1 unmapped
info s0 8 1 readonly
poll b0 in+out+0x100 20
sync b0 read+write+end readonly
name b0 20 unmapped
deadline s0 1 unmapped
unknown t0
s3 = dup s0
close s3
limit 40
wait 1
observe b0
o0 = other
e0 = epoll
watch e0 add s0 in+oneshot+edge
woken e0 20
drop c0 g0
close none
`;

const templates = TEMPLATES.map(({ name, calls }) =>
  file(
    `race-${name}`,
    `c0 = card\n${calls.map((call) => `${call.thread === undefined ? '' : `0.${call.thread}: `}${printCall(call)}`).join('\n')}\nobserve b0\n`,
  ),
);

/** The compiler's remarks on each, as many at once as there are processors. */
async function remarks(sources: ReadonlyMap<string, string>, flags: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-c-'));
  const said: string[] = [];
  const queue = [...sources];
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const [name, text] = next;
      const path = join(folder, `${name}.c`);
      writeFileSync(path, text);
      const r = await execa('gcc', [...flags, '-Wall', '-Wextra', '-Werror', '-c', path, '-o', `${path}.o`], {
        reject: false,
      });
      if (r.failed) said.push(`${name}: ${r.stderr}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  rmSync(folder, { recursive: true });
  return said;
}

/** What an executor does not do; the model knows it from traces. */
const NOT_OF_PROGRAMS = /^(?:fork|exit|take|submit|commit)$/;

t.test('every program and every case that a guest can run is C without a warning', async (t) => {
  const cases = CASES.map(({ name, trace }) => file(`case-${name}`, trace));
  const sources = new Map<string, string>();
  for (const program of [...PROGRAMS, ...cases, ...templates, file('everything', EVERYTHING)]) {
    const { script, name } = program;
    const other = script.events.some(
      ({ call, thread }) => NOT_OF_PROGRAMS.test(call.op.name) || (thread ?? 0) >= 8,
    );
    try {
      for (const observe of name.startsWith('case-') ? [false] : [false, true])
        sources.set(`${name}${observe ? '-observed' : ''}`, sourceOf(program, { observe }));
      t.notOk(other, `${name} has ops of traces`);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      t.ok(other || /no card of/.test(error.message), `${name}: ${error.message}`);
    }
  }
  t.ok(sources.size >= 149, `${sources.size} programs`);
  // The long way for some of them: what only shows when it is optimized
  t.same(await remarks(sources, ['-O0', '-fsyntax-only']), []);
  const some = [...sources].filter(([name]) => !/^case-|-observed$/.test(name));
  t.same(await remarks(new Map(some), ['-O2']), []);
});

t.test('every op of the executor is among them', async (t) => {
  const used = new Set(file('everything', EVERYTHING).script.events.map(({ call }) => call.op.name));
  for (const { name } of OPERATIONS as readonly Operation[])
    t.equal(used.has(name), !NOT_OF_PROGRAMS.test(name), name);
});

t.test('what a guest refuses is refused here, with the op and a reason', async (t) => {
  const rows: readonly (readonly [string, RegExp])[] = [
    ['fork 1', /op 0 of x cannot be done in C: fork/],
    ['c0 = card vkms\ng0 = dumb c0\nf0 = attach c0 g0 write', /op 2 .*that is no card of vgem/],
    ['c0 = card\nidle c0 none', /op 1 .*that is no card of virtio-gpu/],
    ['0.9: inc t0 1', /8 threads at most/],
    ['# nothing', /has no op/],
    ['with first 900\nt0 = timeline', /begins at descriptor 900/],
  ];
  for (const [text, reason] of rows)
    t.throws(() => sourceOf(file('x', text), { observe: false }), { message: reason }, text);
});

t.test('what a program says is of the rules that were asked for', async (t) => {
  const [program] = PROGRAMS.filter(({ name }) => name === 'merge-loses-pending');
  if (program === undefined) throw new Error('there is no such program');
  const of = (model?: string): string =>
    sourceOf(program, { observe: false, ...(model === undefined ? {} : { model }) });
  t.match(of('6.1'), /op\("poll s2 in"\);\n\tpoll_one\(s2, POLLIN\);\n\texpect\("0 ready nothing"\);/);
  t.match(of('linux-5.10'), /poll_one\(s2, POLLIN\);\n\texpect\("1 ready in"\);/);
  t.notMatch(of('6.1'), /enum memory|drm|pthread|epoll/, 'only what is used');
  t.match(of(), /^ \* loses the pending one/m, 'the whole comment of the file');
});

t.test('what people get to read', async (t) => {
  const [program] = PROGRAMS.filter(({ name }) => name === 'merge-loses-pending');
  if (program === undefined) throw new Error('there is no such program');
  const race = file(
    'two-attachments',
    'c0 = card\ng0 = dumb c0\n0.1: f0 = attach c0 g0 read\n0.2: f1 = attach c0 g0 write\n',
  );
  for (const [one, model] of [
    [program, '6.1'],
    [race, 'linux-5.10+series'],
  ] as const)
    sameAsFile(t, `${one.name}.c`, sourceOf(one, { observe: false, model }));
});

/** Compares with harness/standalone/cases; UPDATE_EXPECTED=1 writes it. Look at the difference, and know why. */
function sameAsFile(t: Pick<Test, 'equal'>, name: string, got: string): void {
  const path = join(projectRoot, 'harness', 'standalone', 'cases', name);
  if (process.env['UPDATE_EXPECTED']) writeFileSync(path, got);
  t.equal(got, readFileSync(path, 'utf8'), name);
}
