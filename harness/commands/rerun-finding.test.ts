// SPDX-License-Identifier: MIT
import { join, resolve } from 'node:path';
import t from 'tap';
import type { FindingHeader } from '../explore/header.js';
import { digestOf, savePatches } from '../explore/saved-patches.js';
import { projectRoot } from '../folders.js';
import { elsewhere, hasOwnPatches, placeOf, targetOf } from './finding-target.js';
import { modeOf } from './rerun-finding.js';
import { Tries } from './show-tries.js';
import { fencelab } from './testing/cli.js';

const HEADER: FindingHeader = {
  ...{
    signature: 'P1, observe: t is lost',
    kernel: 'debian:5.10',
    patch: 'kernel-patch/linux-5.10 /tmp/x.patch',
  },
  ...{ profile: 'race', release: '5.10.262', gpu: 'none', cpus: 1, icount: '7 seed 42' },
  ...{ mode: 'careful observe', pauses: 7, strategy: 'race', seed: 1, count: 17 },
};

t.test('a saved failure says in what kernel and machine it is run again', async (t) => {
  const target = targetOf(HEADER, 'x.prog');
  t.match(target, {
    kernel: 'debian:5.10',
    profile: 'race',
    gpu: 'none',
    cpus: 1,
    icount: { shift: 7, seed: 42 },
  });
  t.equal(target.patch.length, 2);
  t.same(modeOf(HEADER), {
    careful: true,
    observe: true,
    faults: false,
    cover: false,
    pressure: false,
    signals: false,
    pauses: 7,
  });
  t.same(elsewhere(target, {}), target);
});

t.test('what is given on the command line is tried instead', async (t) => {
  const target = targetOf(HEADER, 'x.prog');
  t.same(elsewhere(target, { cpus: 2 }), { ...target, cpus: 2 }, 'the patches are still for it');
  t.same(elsewhere(target, { kernel: 'debian:6.1' }), { ...target, kernel: 'debian:6.1', patch: [] });
  const plain = targetOf({ ...HEADER, patch: 'none' }, 'x.prog');
  t.same(elsewhere(plain, { kernel: 'debian:5.10.223' }).patch, ['none']);
  const built = targetOf({ ...HEADER, patch: 'none', image: '/k/bzImage' }, 'x.prog');
  t.match(elsewhere(built, { kernel: 'debian:7.3' }), { kernel: 'debian:7.3', image: undefined });
  t.match(elsewhere(target, { image: 'bzImage' }), { image: 'bzImage', patch: [] });
});

t.test('a kernel is named so that it is found from any folder', async (t) => {
  const place = { profile: 'fast', gpu: 'none' as const };
  t.same(placeOf({ ...place, kernel: 'debian:6.1', patch: [] }), { kernel: 'debian:6.1', patch: 'auto' });
  t.same(placeOf({ ...place, kernel: '../linux', patch: ['none'], image: 'bz' }), {
    kernel: resolve('../linux'),
    patch: 'none',
    image: resolve('bz'),
  });
  const series = join(projectRoot, 'kernel-patch', 'linux-5.10');
  const named = placeOf({ ...place, kernel: 'debian:5.10', patch: [series, 'my.patch'] });
  t.equal(named.patch, `kernel-patch/linux-5.10 ${resolve('my.patch')}`);
  t.ok(hasOwnPatches([series]));
  t.notOk(hasOwnPatches(['auto']) || hasOwnPatches([]));
});

t.test('patches that are saved beside a finding are the ones it is run again with', async (t) => {
  const folder = t.testdir();
  const file = join(folder, 'program.prog');
  const texts = ['--- a/x\n+++ b/x\n'];
  savePatches(folder, [{ name: 'x.patch', text: texts[0] ?? '' }]);
  const saved = { ...HEADER, patch: '/gone/x.patch', patches: digestOf(texts) };
  t.same(targetOf(saved, file).patch, [join(folder, 'patches')]);
  t.same(targetOf(saved, '/elsewhere/program.prog').patch, ['/gone/x.patch'], 'only the program is there');
  t.throws(() => targetOf({ ...saved, patches: digestOf(['other']) }, file), {
    exitCode: 2,
    message: /are not the patches/,
  });
});

t.test('a search refuses the machine that it chooses itself', async (t) => {
  for (const option of [
    ['--cpus', '2'],
    ['--icount', '7'],
  ]) {
    const refused = await fencelab(['explore', ...option]);
    t.equal(refused.exitCode, 2);
    t.match(refused.output, /A search chooses its machines itself/);
  }
  const help = await fencelab(['explore', '--help']);
  t.notMatch(help.output, /--icount|--cpus/);
});

t.test('how often it fails, and how', async (t) => {
  const of = (...failures: (string | undefined)[]): string[] => {
    const tries = new Tries('P1, x', failures.length);
    for (const one of failures) tries.add(one);
    t.ok(tries.areAll);
    return tries.lines();
  };
  t.same(of('P1, x'), ['fails as it was found in 1 of 1 run: P1, x']);
  t.same(of(undefined, 'P1, x', 'P1, x'), ['fails as it was found in 2 of 3 runs: P1, x']);
  t.same(of(undefined, undefined), ['does not fail any more, in 2 runs: P1, x']);
  t.same(of(undefined, 'BUG: y'), ['fails in another way in 1 of 2 runs: BUG: y']);
  t.same(of('P1, x', 'BUG: y').length, 2);
  t.notOk(new Tries('x', 2).areAll);
});

t.test('a program that nobody saved, and a run that is to have another kernel, are refused', async (t) => {
  const folder = t.testdir({
    'x.prog': 't0 = timeline\n',
    'bad.prog': '#: kernel debian:5.10\n#: moon full\nt0 = timeline\n',
  });
  const plain = await fencelab(['rerun', `${folder}/x.prog`]);
  t.equal(plain.exitCode, 2);
  t.match(plain.output, /does not say on what kernel[\s\S]*fencelab run/);
  const bad = await fencelab(['rerun', `${folder}/bad.prog`]);
  t.equal(bad.exitCode, 2);
  t.match(bad.output, /bad\.prog/);
  const run = await fencelab(['rerun', folder, '--kernel', 'debian:6.1']);
  t.equal(run.exitCode, 2);
  t.match(run.output, /--kernel is not for/);
});
