// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { blame, ConsoleReader, parseConsole, summarise } from './console.js';
import { MARKER_EXAMPLES, readMarker } from './markers.js';
import { HARMLESS, ROWS } from './patterns.js';
import { readLog } from './read-log.js';
import { type LocatedSplat, MAX_TEXT_LINES } from './report.js';
import { culprit, functionName } from './stack.js';

const cases = new URL('../../../harness/console/cases/', import.meta.url);
const log = (name: string): string => readFileSync(new URL(`${name}/console.log`, cases), 'utf8');
const kernel = (...lines: string[]): string => lines.map((line) => `[    1.000000] ${line}\n`).join('');

t.test('titles hold no offset, address or suffix of the compiler', async (t) => {
  t.equal(functionName('dma_buf_release.cold+0x12/0x34'), 'dma_buf_release');
  t.equal(functionName('check.isra.0.part.3'), 'check');
  t.equal(culprit(['Call Trace:', ' dump_stack+0x1/0x2', ' ? guess+0x1/0x2', ' real+0x1/0x2']), 'real');
  t.equal(culprit(['nothing']), undefined);
  t.equal(culprit(['RIP: 0010:refcount_warn_saturate+0xbc/0x110', 'Call Trace:', ' f+0x1/0x2']), 'f');
});

t.test('markers', async (t) => {
  for (const example of MARKER_EXAMPLES) t.not(readMarker(example)?.kind, 'other', example);
  t.equal(readMarker('fencelab: start nothing')?.kind, 'other');
  t.equal(readMarker('not fencelab: done'), undefined);
});

t.test('a panic is told at once, a splat when it is complete', async (t) => {
  const reader = new ConsoleReader();
  t.same(reader.push(kernel('fencelab: start a@b')).length, 1);
  const items = reader.push(kernel('Kernel panic - not syncing: sysrq triggered crash', 'Call Trace:'));
  t.match(items, [{ kind: 'panic', during: 'a@b', title: 'Kernel panic: sysrq triggered crash' }]);
  t.match(reader.end(), [{ kind: 'splat', splat: { kind: 'panic', during: 'a@b' } }]);
  t.equal(reader.running(), 'a@b');
});

t.test('a leak is charged by its pid, and anything else by the markers', async (t) => {
  const splat = (kind: 'leak' | 'bug', pid: number): LocatedSplat => ({
    ...{ kind, pid, during: 'now@running', title: '', text: '', line: 1, pattern: '' },
  });
  const names = new Map([[131, 'import@a']]);
  t.equal(blame(splat('leak', 131), names), 'import@a');
  t.equal(blame(splat('leak', 7), names), undefined);
  t.equal(blame(splat('bug', 131), names), 'now@running');
});

t.test('a log is told apart by subtest', async (t) => {
  const { bySubtest, outside } = readLog(log('leaks'), new Map([[131, 'import@a']]));
  t.same(
    bySubtest.get('import@a')?.map((s) => s.title),
    ['memory leak of 64 bytes in dma_fence_array_create', 'memory leak of 192 bytes in sw_sync_ioctl'],
  );
  t.match(outside, [
    { kind: 'leak', title: 'memory leak of 2048 bytes in virtio_gpu_queue_fenced_ctrl_buffer' },
  ]);
});

t.test('the same bug again and again is told once', async (t) => {
  const hung = readLog(log('hung-task'), new Map());
  t.equal(hung.bySubtest.get('provoke@HUNG_TASK')?.length, 1);
  t.match(hung.bySubtest.get('provoke@HUNG_TASK')?.[0]?.text, /\(and 1 more with this title\)$/);
  t.match(hung.outside, [{ title: 'hung task in lkdtm_HUNG_TASK', text: /and 2 more/ }]);
});

t.test('what is missing in a log makes it red', async (t) => {
  t.match(readLog(log('records-lost-and-reboot'), new Map()).outside, [
    { kind: 'lost', title: 'kernel log records were lost', text: /419/ },
  ]);
  t.match(
    readLog(
      kernel('fencelab: start a@b'),
      new Map([
        [1, 'a@b'],
        [2, 'a@c'],
      ]),
    ).outside,
    [{ kind: 'lost', title: /markers/, text: /^1 subtests.*a@c\n.*printk\.devkmsg=on/ }],
  );
  t.same(readLog(kernel('fencelab: start a@b'), new Map([[1, 'a@b']])).outside, []);
});

t.test('a report without end does not grow for ever', async (t) => {
  const endless = kernel('------------[ cut here ]------------', ...Array.from({ length: 2000 }, () => 'x'));
  const [splat] = parseConsole(endless).splats;
  t.equal(splat?.text.split('\n').length, MAX_TEXT_LINES);
});

t.test('a long log is read in a moment', async (t) => {
  const long = kernel(...Array.from({ length: 20_000 }, (_, i) => `[drm] line ${i} of a talkative driver`));
  const start = performance.now();
  parseConsole(long);
  t.ok(performance.now() - start < 2000);
});

const lines = [
  ...ROWS.map((row) => row.example),
  ...HARMLESS.map((h) => h.example),
  ...MARKER_EXAMPLES,
  '------------[ cut here ]------------',
  '---[ end trace 0000000000000000 ]---',
  '==================================================================',
  'Call Trace:',
  ' <TASK>',
  ' dma_buf_poll+0x1/0x2',
  'Linux version 5.10',
  '',
];
const stamp = fc.constantFrom(
  '',
  '[    1.000000] ',
  '[    1.000000][   T12] ',
  '[    1.000000][    C0] ',
  '[',
);
const piece = fc.oneof(
  fc
    .tuple(stamp, fc.constantFrom(...lines), fc.constantFrom('\n', '\r\n', ''))
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const text = fc.array(piece, { maxLength: 60 }).map((parts) => parts.join(''));

t.test('any text, in any pieces, gives the same and never throws', async (t) => {
  fc.assert(
    fc.property(text, fc.array(fc.nat(100)), (whole, cuts) => {
      const reader = new ConsoleReader();
      const items = [];
      let from = 0;
      for (const cut of cuts) {
        items.push(...reader.push(whole.slice(from, from + cut)));
        from += cut;
      }
      items.push(...reader.push(whole.slice(from)), ...reader.end());
      const [got, want] = [summarise(items, reader.running()), parseConsole(whole)];
      if (JSON.stringify(got) !== JSON.stringify(want)) t.same(got, want);
    }),
    { numRuns: 300 },
  );
});

t.test('a log cut anywhere is still read, and no splat turns up that the whole log lacks', async (t) => {
  const names = readdirSync(cases);
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.double({ min: 0, max: 1, noNaN: true }), (name, share) => {
      const whole = log(name);
      const lines = new Set(parseConsole(whole).splats.map((s) => s.line));
      const cut = parseConsole(whole.slice(0, Math.floor(whole.length * share)));
      const odd = cut.splats.filter((s) => !lines.has(s.line) && s.pattern !== 'leak-count');
      if (odd.length > 0) t.fail(`${name} cut at ${share}: ${odd[0]?.title}`);
    }),
    { numRuns: 200 },
  );
});
