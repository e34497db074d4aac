// SPDX-License-Identifier: MIT
// The main job, on the real thing: Debian's 5.10 with our series, and upstream's own 6.1.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Parser } from 'tap-parser';
import { isRed } from '../result/result.js';
import { checked, fencelab } from './testing/cli.js';

// A kernel may have to be built first.
t.setTimeout(1_500_000);

t.test('5.10 with the series keeps every promise', async (t) => {
  const folder = t.testdir();
  const junit = join(folder, 'junit.xml');
  const html = join(folder, 'page.html');
  const { process, summary } = await checked(folder, ['--tap', '--junit', junit, '--html', html]);
  t.equal(process.exitCode, 0, 'exit status', { output: process.stderr.slice(-3000) });
  t.equal(summary.verdict, 'holds', 'verdict', { red: summary.results.filter(isRed).slice(0, 8) });
  t.ok(summary.results.length >= 100, `${summary.results.length} subtests`);
  t.same(
    Parser.parse(process.stdout).filter((e) => e[0] === 'bailout'),
    [],
  );
  t.match(process.stdout, /^TAP version 14\n/);
  let ok = false;
  const parser = new Parser((r) => {
    ok = r.ok;
  });
  parser.end(process.stdout);
  t.ok(ok, 'an independent parser agrees');
  t.match(readFileSync(junit, 'utf8'), /<testsuites[ >]/);
  t.match(readFileSync(html, 'utf8'), /^<!doctype html>[\s\S]*import[\s\S]*<\/html>\s*$/i);
});

t.test('a run can be packed and repeated without building', async (t) => {
  const folder = t.testdir();
  await checked(folder, ['--only', 'interface']);
  const run = readdirSync(folder).find((n) => /^\d{4}-/.test(n)) ?? '';
  const file = join(folder, 'run.tar.gz');
  t.equal((await fencelab(['pack', join(folder, run), '-o', file])).exitCode, 0);
  t.equal((await fencelab(['pack', join(folder, run), '-o', file])).exitCode, 2, 'it is not overwritten');
  const again = await fencelab(['rerun', file, '--results', join(folder, 'again')], {
    env: { PATH: '/usr/bin:/bin' },
  });
  t.equal(again.exitCode, 0, 'exit status', { output: again.output.slice(-3000) });
  t.match(again.output, /HOLDS/);
  const latest = await fencelab(['rerun', join(folder, 'latest'), '--results', folder]);
  t.equal(latest.exitCode, 0, 'a link that the new run moves', { output: latest.output.slice(-2000) });
});

t.test("upstream's own implementation, 6.1, passes the same programs", async (t) => {
  const { process, summary } = await checked(t.testdir(), ['--kernel', 'debian:6.1']);
  t.equal(process.exitCode, 0, 'exit status', { output: process.stderr.slice(-3000) });
  t.equal(summary.verdict, 'holds', 'verdict', { red: summary.results.filter(isRed).slice(0, 8) });
  t.equal(summary.target.patch, 'none');
  t.match(summary.target.release, /^6\.1\./);
});

t.test('with virgl the 3D submissions run', async (t) => {
  const { process, summary } = await checked(t.testdir(), ['--gpu', 'virgl', '--only', 'virgl', '--strict']);
  t.equal(process.exitCode, 0, 'exit status', { output: process.output.slice(-3000) });
  t.equal(summary.counts.skip, 0);
  t.ok(summary.counts.pass > 0);
});
