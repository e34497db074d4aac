// SPDX-License-Identifier: MIT
// Files that people write, and write wrongly: each is refused with exit status 2, its line and the reason, and nothing on the
// disk is changed by it.
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { printHeader } from '../explore/header.js';
import { projectRoot } from '../folders.js';
import { inProcess } from './testing/in-process.js';

const HEADER = printHeader({
  ...{ signature: 'P1, x', kernel: 'debian:5.10', patch: 'none', profile: 'fast', release: '5.10.262' },
  ...{ gpu: 'none', cpus: 1, mode: 'careful', strategy: 'random', count: 1 },
});
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const RECORD = {
  formatVersion: 1,
  fencelab: '0.1.0',
  target: { kernel: 'debian:5.10', patch: 'none', profile: 'fast', release: '5.10.262' },
  provenance: {},
  machine: { pvh: true, gpu: 'none', cpus: 1, memoryMiB: 512, append: [] },
  limitScale: 1,
  kmemleak: false,
  guests: 1,
  plan: [{ program: 'import', subtest: 'two', flags: [], limitSeconds: 20, promises: ['P1'], purpose: 'x' }],
  files: { kernel: 'kernel/vmlinux', guest: 'guest/fencelab-guest' },
  sha256: { 'kernel/vmlinux': sha256('k'), 'guest/fencelab-guest': sha256('g') },
};
const GOOD_RECORD = JSON.stringify(RECORD, null, 2);
const GOOD_PROGRAM = `# good\nwith limit 64\nt0 = timeline\ns0 = fence t0 1\n\nc0 = card\ng0 = dumb c0\nb0 = prime c0 g0\nimport b0 write s0\n`;
const runFolder = (record: string) => ({
  'run.json': record,
  kernel: { vmlinux: 'k' },
  guest: { 'fencelab-guest': 'g' },
});

/** Everything below a folder, as one text: names, kinds, contents. */
function disk(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const seen = names.map((name) => {
    const stat = lstatSync(join(folder, name));
    return `${name} ${stat.mode} ${stat.isFile() ? sha256(readFileSync(join(folder, name), 'utf8')) : ''}`;
  });
  return seen.join('\n');
}

function place(t: Test): string {
  const folder = t.testdir({
    'good.prog': GOOD_PROGRAM,
    'op.prog': '# x\nt0 = timeline\nt0 = tmieline\n',
    'argument.prog': 't0 = timeline\n\ns0 = fence t0 many\n',
    'asks.prog': '# x\n#! no defects\nt0 = timeline\n',
    'setting.prog': 't0 = timeline\nwith limit 3\n',
    'result.trace': 't0 = timeline -> what\n',
    'time.trace': 't0 = timeline -> 3 @soon\n',
    'thread.prog': 't0 = timeline\n99.0: inc t0 1\n',
    'fork.prog': '# two\nt0 = timeline\nfork 1\n',
    'many.prog': 't0 = timeline\n# here\n0.9: inc t0 1\n',
    'empty.prog': '# nothing\n',
    'binary.prog': 'a\nb\0c\n',
    'key.prog': `# x\n${HEADER}#: moon full\nt0 = timeline\n`,
    'value.prog': `# x\n${HEADER.replace('#: cpus 1', '#: cpus many')}t0 = timeline\n`,
    'twice.prog': `${HEADER}#: cpus 2\nt0 = timeline\n`,
    'lacks.prog': `# x\n#: signature y\nt0 = timeline\n`,
    'saved-op.prog': `${HEADER}t0 = tmieline\n`,
    'plain.prog': 't0 = timeline\n',
    folder: { 'a.txt': '' },
    'odd.prog': {},
    run: runFolder(GOOD_RECORD),
    'run-cut': runFolder(GOOD_RECORD.slice(0, 120)),
    'run-type': runFolder(GOOD_RECORD.replace('"guests": 1', '"guests": "one"')),
    'run-key': runFolder(GOOD_RECORD.replace('"limitSeconds"', '"limitSecond"')),
    'run-path': runFolder(GOOD_RECORD.replace('"kernel": "kernel/vmlinux"', '"kernel": "../../vmlinux"')),
    'run-changed': { ...runFolder(GOOD_RECORD), kernel: { vmlinux: 'other' } },
    'run-lacks': { 'run.json': GOOD_RECORD },
    'run-program': runFolder(GOOD_RECORD.replace('"program": "import"', '"program": "run"')),
    'bad.tar.gz': 'this is no archive',
    series: { series: '# ours\n\ngone.patch\n' },
    'series-empty': { series: '# none yet\n' },
    'series-none': { 'x.patch': '' },
    'series-moon': { kernels: '# ours\ndebian:moon\n' },
    'series-never': { kernels: '# not yet\n' },
    'series-words': { series: 'x.patch\n', 'x.patch': 'only words\n' },
    'series-out': {
      series: 'x.patch\n',
      'x.patch': 'From: x\n--- a/../x\n+++ b/../x\n@@ -1 +1 @@\n-a\n+b\n',
    },
    file: '',
  });
  mkdirSync(join(folder, 'locked'));
  symlinkSync('nowhere', join(folder, 'dangling.prog'));
  writeFileSync(join(folder, 'exists.tar.gz'), 'mine');
  return folder;
}

/** What is typed ("%" is the folder), and what the one message has to say. */
const CASES: readonly (readonly [string, RegExp])[] = [
  // Programs and traces
  ['run %/op.prog', /op\.prog, line 3: there is no op "tmieline"/],
  ['model %/op.prog', /op\.prog, line 3: there is no op/],
  ['c %/op.prog', /op\.prog, line 3: there is no op/],
  ['debug %/op.prog', /op\.prog, line 3: there is no op/],
  ['cover %/op.prog', /op\.prog, line 3: there is no op/],
  ['run %/argument.prog', /argument\.prog, line 3: "many" is no \w+ for fence/],
  ['run %/asks.prog', /asks\.prog, line 2: nothing is known of "#! no defects"/],
  ['run %/setting.prog', /setting\.prog, line 2: a setting after the first op/],
  ['model %/result.trace', /result\.trace, line 1: /],
  ['model %/time.trace', /time\.trace, line 1: "@soon" is no time/],
  ['run %/thread.prog', /thread\.prog, line 2: "99\.0:" is no thread/],
  ['run %/fork.prog', /fork\.prog, line 3: this op cannot be run: "fork" is for traces/],
  ['debug %/fork.prog', /fork\.prog, line 3: this op cannot be run/],
  ['run %/many.prog', /many\.prog, line 3: this op cannot be run: a program has one process/],
  ['run %/empty.prog', /empty\.prog has no op/],
  ['run %/binary.prog', /binary\.prog, line 2: this is not text/],
  ['run %/gone.prog', /there is no file or folder .*gone\.prog/],
  ['run %/dangling.prog', /there is no file or folder .*dangling\.prog/],
  ['run %/folder', /there is no program in .*folder/],
  ['run /dev/null', /\/dev\/null cannot be read: it is no file/],
  ['run %/good.prog --only impotr', /no subtest is called "impotr"/],
  ['run %/good.prog --only god', /no subtest is called "god"[\s\S]*Did you mean run@good\?/],
  ['run %/good.prog --results %/file', /results cannot go to .*file: |cannot/],
  ['c %/folder', /there is no program in/],
  ['c %/good.prog -o %/gone/x.c', /cannot be written to .*there is no folder/],
  ['c %/good.prog -o %/folder', /it is a folder/],
  // Saved failures
  ['rerun %/key.prog', /key\.prog, line 12: moon: there is no such key/],
  ['rerun %/value.prog', /value\.prog, line 8: cpus: /],
  ['rerun %/twice.prog', /twice\.prog, line 11: "cpus" is there twice/],
  ['rerun %/lacks.prog', /lacks\.prog, line 2: the header lacks "kernel"/],
  ['c %/key.prog', /key\.prog, line 12: moon: there is no such key/],
  ['rerun %/saved-op.prog', /saved-op\.prog, line 11: there is no op/],
  ['rerun %/plain.prog', /plain\.prog does not say on what kernel/],
  // Runs
  ['rerun %/run-cut', /run-cut\/run\.json, line \d+: this is not JSON: /],
  ['pack %/run-cut', /run-cut\/run\.json, line \d+: this is not JSON: /],
  ['rerun %/run-type', /run-type\/run\.json, line 20: guests: /],
  ['pack %/run-type', /run-type\/run\.json, line 20: guests: /],
  ['rerun %/run-key', /run-key\/run\.json, line \d+: plan\.0\.limitSeconds: /],
  ['rerun %/run-path', /run-path\/run\.json, line \d+: files\.kernel: /],
  ['rerun %/run-changed', /kernel\/vmlinux in .*run-changed is not the file the run was made with/],
  ['rerun %/run-lacks', /run-lacks lacks kernel\/vmlinux/],
  ['rerun %/run-program', /run-program\/run\.json plans run@two, but names no program/],
  ['rerun %/folder', /folder is not the folder of a run/],
  ['rerun %/gone', /there is no file or folder/],
  ['rerun %/bad.tar.gz', /bad\.tar\.gz cannot be unpacked/],
  ['rerun %/run --only imprt', /no subtest is called "imprt"[\s\S]*Did you mean import\?/],
  ['rerun %/run --only import@tow', /Did you mean import@two\?/],
  ['pack %/run -o %/exists.tar.gz', /exists already/],
  ['pack %/run -o %/gone/x.tar.gz', /cannot be written to .*there is no folder/],
  ['pack %/run -f -o %/folder', /it is a folder/],
  // Patches and kernels
  ['check --patch %/series', /series\/series, line 3: the patch gone\.patch cannot be read: ENOENT/],
  ['check --patch %/series-empty', /series-empty\/series names no patch/],
  ['check --patch %/series-none', /has no `series` file/],
  ['check --patch %/series-words', /x\.patch is no patch: it changes no file/],
  ['check --patch %/series-out', /x\.patch, line 2: \.\.\/x is outside the kernel tree/],
  ['series check %/series-none', /series-none\/kernels cannot be read \(ENOENT\), and no --kernel/],
  ['series check %/series-moon', /series-moon\/kernels, line 2: --kernel debian:moon/],
  ['series check %/series-never', /series-never\/kernels names no kernel/],
  ['series check %/series-gone', /series-gone: there is no such folder/],
  ['check --patch %/gone.patch', /there is no such file or folder/],
  ['check --kernel %/good.prog', /a file must be a \.tar/],
  ['check --kernel debian:moon', /"moon" is not a kernel version/],
  ['check --image %/good.prog', /good\.prog/],
  ['check --image %/gone', /gone/],
  ['check --json %/gone/x.json', /cannot be written to .*there is no folder/],
  ['check --only a --cpus 0', /--cpus/],
];

t.test('every bad input is refused with the line and the reason, and changes nothing', async (t) => {
  const folder = place(t);
  const before = disk(folder);
  const results = join(folder, 'results-of-nobody');
  for (const [typed, message] of CASES) {
    const args = typed.split(' ').map((word) => word.replace('%', folder));
    const given = /^(?:run|rerun|check|cover) /.test(typed) && !typed.includes('--results');
    const said = await inProcess([...args, ...(given ? ['--results', results] : [])]);
    t.equal(said.exitCode, 2, `${typed}: ${said.stderr}`);
    t.match(said.stderr, message, typed);
    t.notMatch(said.stderr, /\[fencelab bug\]|\n {4}at /, typed);
    t.equal(said.stderr.match(/^fencelab: |^error: /gm)?.length, 1, `${typed}: one message`);
    t.equal(disk(folder), before, `${typed}: the disk is as it was`);
  }
});

/** A good file with some characters changed, inserted or left out, or some lines. */
const damaged = (good: string): fc.Arbitrary<string> => {
  const cut = fc.record({
    at: fc.nat(good.length),
    length: fc.nat(12),
    more: fc.string({ maxLength: 6, unit: 'grapheme' }),
  });
  const lines = good.split('\n');
  const swapped = fc.tuple(fc.nat(lines.length - 1), fc.nat(lines.length - 1)).map(([a, b]) => {
    const changed = [...lines];
    [changed[a], changed[b]] = [changed[b] ?? '', changed[a] ?? ''];
    return changed.join('\n');
  });
  const edited = fc
    .array(cut, { minLength: 1, maxLength: 4 })
    .map((cuts) =>
      cuts.reduce((text, { at, length, more }) => text.slice(0, at) + more + text.slice(at + length), good),
    );
  return fc.oneof(edited, swapped);
};

/** Commands that end without a guest whatever the file says. */
async function survives(
  t: Test,
  name: string,
  good: string,
  commands: readonly string[],
  runs: number,
): Promise<void> {
  const folder = t.testdir({ odd: {} });
  const file = join(folder, 'odd', name);
  await fc.assert(
    fc.asyncProperty(damaged(good), async (text) => {
      writeFileSync(file, text);
      for (const command of commands) {
        const said = await inProcess(command.replace('%', join(folder, 'odd')).split(' '));
        if (said.stderr.includes('[fencelab bug]') || ![0, 1, 2, 125].includes(said.exitCode))
          throw new Error(`${command}: ${said.exitCode}\n${said.stderr}`);
      }
    }),
    { numRuns: runs },
  );
  t.pass(name);
}

t.test('no program makes a command crash', (t) =>
  survives(t, 'x.prog', `${HEADER}${GOOD_PROGRAM}`, ['model %/x.prog', 'c %/x.prog'], 300),
);

t.test('no example makes it crash either', (t) => {
  const text = readFileSync(join(projectRoot, 'vm-images', 'programs', 'snapshot.prog'), 'utf8');
  return survives(t, 'x.trace', text, ['model %/x.trace', 'c %/x.trace --observe'], 150);
});

t.test('no record of a run makes a command crash', (t) =>
  survives(t, 'run.json', GOOD_RECORD, ['pack % -f -o %/never.tar.gz', 'rerun % --only moon'], 200),
);
