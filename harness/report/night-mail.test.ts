// SPDX-License-Identifier: MIT
import t from 'tap';
import { MAIL_LINES, nightMail } from './night-mail.js';
import { golden } from './testing/golden.js';
import {
  emptyNight,
  HOSTILE,
  hostileNight,
  hugeNight,
  mixedNight,
  nightCell,
  nightOf,
  nightTest,
} from './testing/night-sample.js';

const mail = (night: Parameters<typeof nightMail>[0]): string[] =>
  nightMail(night, 'results/2026-11-24-nightly').trimEnd().split('\n');

t.test('what is new comes first, then what fails, the cells, and how to repeat it', async (t) => {
  const text = nightMail(mixedNight, 'results/2026-11-24-nightly');
  golden(t, 'night.mail.txt', text);
  t.match(text, /^Subject: \[fencelab\] nightly 2026-11-24: 1 new failure, 1 fixed, 2 missing$/m);
  const order = ['New since the night before:', 'Failing as before:', 'Cells:', 'Again:'].map((title) =>
    text.indexOf(title),
  );
  t.same(
    [...order].sort((a, b) => a - b),
    order,
  );
  t.ok(text.indexOf('newly failing') < text.indexOf('slower'), 'a new failure before a slower test');
  t.equal(text.split('import@keeps-readers  (').length, 2, 'what is new is not told again');
});

t.test('a documented defect that was met again is said in one line', async (t) => {
  const documented = [{ signature: 'hang in timeline_fence_release', times: 9, program: 'a.prog' }];
  const lines = mail(
    nightOf([nightCell({ kernel: 'a', documented }), nightCell({ kernel: 'b', documented })]),
  );
  t.same(
    lines.filter((line) => line.startsWith('documented')),
    ['documented defects met again: hang in timeline_fence_release'],
  );
});

t.test('under 60 lines of at most 78 plain characters, whatever the night', async (t) => {
  const thousand = hugeNight(100_000, 1000);
  const nights = { mixedNight, emptyNight, hostileNight, huge: hugeNight(100_000), thousand };
  for (const [name, night] of Object.entries(nights)) {
    for (const folder of ['results/night', HOSTILE, `/${'long/'.repeat(200)}`]) {
      const lines = nightMail(night, folder).trimEnd().split('\n');
      t.ok(lines.length < MAIL_LINES, `${name}: ${lines.length} lines`);
      t.ok(
        lines.every((line) => /^[ -~]*$/.test(line)),
        `${name}: plain characters`,
      );
      const wide = lines.filter((line) => line.length > 78);
      t.ok(
        wide.every((line) => line.startsWith('  fencelab ') && line.length < 998),
        `${name}: only commands are wide`,
      );
      t.match(lines.slice(0, 2), [/^Subject: \[fencelab\] /, /^$/], 'one header, an empty line, the text');
    }
  }
});

t.test('a command that it gives is whole, or not there', async (t) => {
  const commands = (folder: string): string[] =>
    nightMail(mixedNight, folder)
      .split('\n')
      .filter((line) => line.startsWith('  fencelab '));
  t.same(commands('results/night'), [
    '  fencelab report results/night',
    '  fencelab rerun results/night/cells/debian-5.10-fast-2d-check --only import@keeps-readers',
    '  fencelab rerun results/night/cells/debian-6.1-debug-2d-exhaustive-4/findings/p1-observe-t-is-lost/program.prog',
  ]);
  t.same(commands('it is here')[0], "  fencelab report 'it is here'");
  t.same(commands(`/${'long/'.repeat(200)}`), []);
  t.same(commands('r\u00e9sultats'), []);
});

t.test('what the kernel log has outside all tests is repeated with the whole run', async (t) => {
  const tests = [nightTest({ name: 'kernel-log@warning-x', outcome: 'fail', judged: 'failed' })];
  const cells = [nightCell({ kernel: 'debian:6.1', verdict: 'fails', tests, folder: 'cells/a' })];
  t.match(nightMail(nightOf(cells), 'n'), /^ {2}fencelab rerun n\/cells\/a$/m);
});

t.test('a night that holds says so', async (t) => {
  const cells = mixedNight.cells.filter(({ verdict }) => verdict === 'holds');
  const lines = mail(nightOf(cells));
  t.equal(lines[0], 'Subject: [fencelab] nightly 2026-11-24: holds, 1 kernel');
  t.match(lines[2], /^HOLDS: 1 test in 1 cell on 1 kernel/);
});
