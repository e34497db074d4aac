// SPDX-License-Identifier: MIT
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { projectRoot } from '../../folders.js';
import { silent } from '../../progress/progress.js';
import { ourSeries } from '../patches.js';
import { FAKE_FILES, patchLineThree, patchNewFile, writeTree } from '../testing/fake-kernel.js';
import { checkSeries, type SeriesCheck } from './check.js';
import { parseExceptions, parseRemarks, weigh } from './checkpatch.js';
import { newWarnings, parseWarnings } from './kernel-doc.js';
import { readKernels } from './kernels.js';
import { formatReport, isGood } from './report.js';

t.setTimeout(180_000); // real processes, on machines that may be busy

/** Stand-ins for the tree's own scripts, with the output format of the real ones. */
const CHECKPATCH = `#!/usr/bin/perl
my $bad = 0; my $file = $ARGV[-1];
open(my $in, '<', $file) or die; while (<$in>) {
  if (/^\\+.*LONG/) { print "$file:$.: WARNING:LONG_LINE: line is too long\\n"; $bad = 1; }
}
exit $bad;
`;
const KERNEL_DOC = `#!/usr/bin/perl
open(my $in, '<', $ARGV[-1]) or die; while (<$in>) { print STDERR "$ARGV[-1]:$.: warning: $1\\n" if /UNDOCUMENTED (\\w+)/; }
`;

async function lab(test: Test, patches: Readonly<Record<string, string>>) {
  const root = test.testdir({});
  const tree = await writeTree(join(root, 'linux'), {
    ...FAKE_FILES,
    'scripts/checkpatch.pl': CHECKPATCH,
    'scripts/kernel-doc': KERNEL_DOC,
  });
  const names = Object.keys(patches).filter((name) => name.endsWith('.patch'));
  const series = await writeTree(join(root, 'series'), { ...patches, series: `${names.join('\n')}\n` });
  const check = (more: Partial<SeriesCheck> = {}) =>
    checkSeries(
      { series, kernels: [tree], profile: 'fast', jobs: 1, boot: undefined, ...more },
      { cache: join(root, 'cache'), progress: silent, signal: new AbortController().signal },
    );
  return { root, tree, series, check };
}

t.test('a good series is good, built and booted patch by patch', async (t) => {
  const { check } = await lab(t, {
    '1.patch': patchLineThree('first'),
    '2.patch': patchLineThree('second', 'first'),
  });
  const booted: string[] = [];
  const report = await check({
    boot: async (image) => {
      booted.push(image.provenance.patches.map(({ name }) => name).join('+'));
      return { ok: true, detail: '0.6 s' };
    },
  });
  t.ok(isGood(report), formatReport(report));
  t.same(booted, ['1.patch', '1.patch+2.patch']);
  t.match(formatReport(report), /^1 .*ok +ok +ok +ok +ok \(0\.6 s\) +-$/m);
});

t.test('each check fails by itself, names its patch, and the others go on', async (t) => {
  const { check } = await lab(t, {
    '1.patch': patchLineThree('LONG UNDOCUMENTED thing'),
    '2.patch': patchLineThree('#error', 'LONG UNDOCUMENTED thing'),
    '3.patch': patchLineThree('fine', '#error'),
  });
  const report = await check({
    boot: async ({ provenance }) => ({
      ok: provenance.patches.length !== 3,
      detail: 'WARNING: dma_fence_release',
    }),
  });
  t.notOk(isGood(report));
  const states = report.rows.map((row) => row.cells.map(({ state }) => state));
  t.same(report.columns.slice(1), ['checkpatch', 'kernel-doc', 'builds', 'boots', 'other objects']);
  t.same(states, [
    ['ok', 'fail', 'fail', 'ok', 'ok', 'none'],
    ['ok', 'ok', 'ok', 'fail', 'none', 'none'],
    ['ok', 'ok', 'ok', 'ok', 'fail', 'none'],
  ]);
  const text = formatReport(report);
  t.match(text, /1\.patch: checkpatch\n {4}WARNING:LONG_LINE: line is too long/);
  t.match(text, /1\.patch: kernel-doc\n {4}drivers\/dma-buf\/dma-buf\.c: warning: thing/);
  t.match(text, /2\.patch: builds\n {4}The kernel does not build[\s\S]*error: #error seen/);
  t.match(text, /3\.patch: boots\n {4}WARNING: dma_fence_release/);
});

t.test('a patch that does not apply is told, with those behind it', async (t) => {
  const { check } = await lab(t, {
    '1.patch': patchLineThree('x', 'nothing like it'),
    '2.patch': patchNewFile,
  });
  const report = await check();
  t.same(
    report.rows.map((row) => row.cells[0]?.state),
    ['fail', 'fail'],
  );
  t.match(formatReport(report), /1\.patch does not apply: drivers\/dma-buf\/dma-buf\.c/);
  t.match(formatReport(report), /2\.patch: [\s\S]*an earlier patch does not apply/);
});

t.test('an exception excuses one type of one patch; one that nothing needs is a failure', async (t) => {
  const { check, series } = await lab(t, { '1.patch': patchLineThree('LONG') });
  const file = join(series, 'checkpatch-exceptions.txt');
  await writeFile(file, '# why\n1.patch LONG_LINE a table is easier to read\n');
  t.match(formatReport(await check()), /ok \(1 excused\)/);
  await writeFile(file, '1.patch LONG_LINE ok\n1.patch OTHER not needed\n9.patch LONG_LINE gone\n');
  const text = formatReport(await check());
  t.match(text, /excuses OTHER, which checkpatch does not say/);
  t.match(text, /there is no patch 9\.patch/);
  t.throws(() => parseExceptions('1.patch LONG_LINE\n', 'f'), { message: /f:1: .* a reason/ });
});

t.test('an exception for * excuses a type in every patch, as long as one of them needs it', async (t) => {
  const { check, series } = await lab(t, {
    '1.patch': patchLineThree('LONG'),
    '2.patch': patchLineThree('fine', 'LONG'),
    '3.patch': patchLineThree('LONG again', 'fine'),
  });
  const file = join(series, 'checkpatch-exceptions.txt');
  await writeFile(file, '* LONG_LINE tables are easier to read\n');
  const excused = await check();
  t.ok(isGood(excused), formatReport(excused));
  const notes = excused.rows.map((row) => row.cells[1]?.note);
  t.same(notes, ['1 excused', undefined, '1 excused']);
  await writeFile(file, '* LONG_LINE ok\n* OTHER not needed\n2.patch LONG_LINE not needed\n');
  const stale = await check();
  t.match(stale.problems, [/excuses OTHER in every patch, which checkpatch says of none/]);
  t.match(stale.rows[1]?.cells[1]?.detail, /excuses LONG_LINE, which checkpatch does not say/);
});

t.test('what no patch needs is not known where one does not apply', async (t) => {
  const { check, series } = await lab(t, { '1.patch': patchLineThree('x', 'nothing like it') });
  await writeFile(join(series, 'checkpatch-exceptions.txt'), '* LONG_LINE tables\n');
  t.same((await check()).problems, []);
});

t.test('a series says which kernels it is for', async (t) => {
  const series = t.testdir({ series: '1.patch\n' });
  const file = join(series, 'kernels');
  const kernels = async (text: string) => {
    await writeFile(file, text);
    return readKernels(series);
  };
  await t.rejects(readKernels(series), {
    message: /kernels cannot be read \(ENOENT\), and no --kernel says/,
    exitCode: 2,
  });
  await t.rejects(readKernels(join(series, 'gone')), { message: /gone: there is no such folder/ });
  t.same(await kernels('# for\ndebian:6.1 # the first is built\n\ndebian:6.12\n'), [
    'debian:6.1',
    'debian:6.12',
  ]);
  await t.rejects(kernels('# none\n'), { message: /kernels names no kernel/ });
  await t.rejects(kernels('\ndebian:moon\n'), {
    message: /kernels, line 2: .*"moon" is not a kernel version/,
  });
});

t.test('every series of this project says which kernels it is for', async (t) => {
  t.same(await readKernels(ourSeries), ['debian:5.10']);
  const upstream = join(projectRoot, 'kernel-patch', 'upstream');
  const folders = (await readdir(upstream)).filter((name) => name.startsWith('linux-'));
  for (const name of folders)
    t.same(await readKernels(join(upstream, name)), [name.replace('linux-', 'debian:')], name);
  t.same(folders.sort(), ['linux-6.1', 'linux-6.12', 'linux-7.3']);
});

t.test("checkpatch's and kernel-doc's lines are read", async (t) => {
  const said = [
    'a.patch:12: WARNING:FILE_PATH_CHANGES: added, moved or deleted file(s)',
    'a.patch:20: CHECK:SPACING: no space',
    'ERROR:MISSING_SIGN_OFF: Missing Signed-off-by: line(s)',
    'total: 1 errors',
  ].join('\n');
  const remarks = parseRemarks(said);
  t.same(
    remarks.map(({ severity, type }) => `${severity} ${type}`),
    ['WARNING FILE_PATH_CHANGES', 'CHECK SPACING', 'ERROR MISSING_SIGN_OFF'],
  );
  t.match(weigh('b.patch', remarks, [{ patch: 'a.patch', type: 'SPACING', reason: 'x' }]), {
    excused: 0,
    stale: [],
  });
  const warnings = parseWarnings('a.c:7: warning: no x\na.c:9: warning: no x\nother\n');
  t.same(warnings, ['warning: no x', 'warning: no x']);
  t.same(newWarnings(['warning: no x'], warnings), ['warning: no x'], 'one more of the same is new');
});
