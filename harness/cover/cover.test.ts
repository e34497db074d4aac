// SPDX-License-Identifier: MIT
import t from 'tap';
import { coverageOf, reachedOf } from './coverage.js';
import { coverageFile, parseCoverage } from './coverage-file.js';
import { callsTo, ElfFile } from './elf.js';
import { gapsOf, staleReasons } from './explained.js';
import { parseAddr2line, placeOf } from './lines.js';
import { parseReasons, type Reason, readReasons } from './not-reached.js';
import { Reached } from './reached.js';
import { coverageTable, gapLines } from './report.js';

t.test('calls of one function are found, at any byte, and no jumps', async (t) => {
  const bytes = new Uint8Array(64).fill(0x90);
  const put = (at: number, opcode: number, address: number, target: number): void => {
    bytes[at] = opcode;
    new DataView(bytes.buffer).setInt32(at + 1, (target - (address + at + 5)) | 0, true);
  };
  const [address, target] = [0x811f0000, 0x8109d8c0];
  put(3, 0xe8, address, target);
  put(10, 0xe9, address, target); // a jump
  put(20, 0xe8, address, target + 1); // another function
  put(59, 0xe8, address, target); // the last five bytes
  const code = [{ section: '.text', address, bytes }];
  t.same(
    callsTo(code, target).map((call) => call.address),
    [address + 3, address + 59],
  );
  t.same(callsTo([{ section: '.text', address, bytes: bytes.subarray(0, 62) }], target).length, 1);
});

t.test('what is no ELF file is refused', async (t) => {
  t.throws(() => new ElfFile(new TextEncoder().encode('no '.repeat(40))), RangeError);
  t.throws(() => new ElfFile(Uint8Array.of(0x7f, 0x45)), RangeError);
});

const TREE = '/x/tree/drivers/dma-buf';
const SAID = `0xffffffff811f0003
dma_resv_lock
/x/tree/./include/linux/dma-resv.h:120
dma_buf_export.part.0
${TREE}/dma-buf.c:735 (discriminator 3)
0xffffffff811f0010
kfree
/x/tree/mm/slub.c:4100
0xffffffff811f0020
??
??:0
`;

t.test('an address is charged to the innermost function that is of interest', async (t) => {
  const frames = parseAddr2line(SAID);
  t.same([...frames.keys()], [0x811f0003, 0x811f0010, 0x811f0020]);
  t.same(placeOf(7, frames.get(0x811f0003) ?? []), {
    place: 7,
    file: 'drivers/dma-buf/dma-buf.c',
    line: 735,
    func: 'dma_buf_export',
  });
  t.equal(placeOf(7, frames.get(0x811f0010) ?? []), undefined, 'code of another file');
  t.equal(placeOf(7, frames.get(0x811f0020) ?? []), undefined, 'nobody knows');
  const relative = parseAddr2line('0x1\nf\ndrivers/gpu/drm/vgem/vgem_fence.c:3\n').get(1) ?? [];
  t.match(placeOf(1, relative), { file: 'drivers/gpu/drm/vgem/vgem_fence.c', line: 3 });
});

const FILE = 'drivers/dma-buf/dma-resv.c';
const place = (n: number, line: number, func: string) => ({ place: n, file: FILE, line, func });
const MAP = {
  places: [
    ...[place(1, 2, 'add'), place(2, 2, 'add'), place(3, 3, 'add')],
    ...[place(4, 5, 'drop'), place(5, 6, 'drop')],
  ],
  sources: { [FILE]: 'top\n  add it\n\treturn;\n\n  drop it\n  drop more\n' },
};

t.test('a line is reached if some of its places are', async (t) => {
  const coverage = coverageOf(MAP, new Set([2, 99]));
  t.match(coverage, { stray: 1, files: [{ file: FILE, covered: 1, lines: 4 }] });
  t.same(coverage.files[0]?.functions[0]?.lines, [
    { line: 2, text: 'add it', reached: true },
    { line: 3, text: 'return;', reached: false },
  ]);
  t.same(reachedOf(MAP, new Set([2, 4, 99])), { reached: 2, of: 5 });
  t.same(coverageTable(coverage), [
    'file        lines        functions  not reached',
    'dma-resv.c    1/4  25 %        1/2  drop',
    'all           1/4  25 %',
  ]);
});

const reason = (functions: string[], lines?: string[]): Reason => ({
  file: 'dma-resv.c',
  functions,
  why: 'nobody ever calls it',
  ...(lines === undefined ? {} : { lines }),
});

t.test('what was not reached is listed with its source, or with its reason', async (t) => {
  const coverage = coverageOf(MAP, new Set([2]));
  const none = gapLines(gapsOf(coverage, []), []);
  t.same(none, [
    '',
    'not reached, and nobody has said why:',
    '  dma-resv.c: add',
    '        3  return;',
    '  dma-resv.c: drop, all of it',
    '        5  drop it',
    '        6  drop more',
  ]);
  const gaps = gapsOf(coverage, [reason(['drop', 'other']), reason(['add'], ['return;'])]);
  t.same(gapLines(gaps, []), [
    '',
    'not reached, and why:',
    '  dma-resv.c: add (3), drop: nobody ever calls it',
  ]);
  t.equal(gapsOf(coverage, [{ ...reason(['drop']), file: 'other.c' }]).at(-1)?.why, undefined);
  t.same(
    gapsOf(coverage, [reason(['drop'], ['drop it'])]).map(({ lines, why }) => [
      lines.length,
      why !== undefined,
    ]),
    [
      [1, false],
      [1, true],
      [1, false],
    ],
  );
});

t.test(
  'a reason that speaks of what was reached is told of, and of what does not exist is not',
  async (t) => {
    const coverage = coverageOf(MAP, new Set([2, 4]));
    const stale = staleReasons(coverage, [
      ...[reason(['drop']), reason(['drop'], ['drop it', 'drop more', 'gone'])],
      ...[reason(['gone']), reason(['add'], ['return;'])],
    ]);
    t.same(
      stale.map(({ func, line }) => [func, line]),
      [
        ['drop', undefined],
        ['drop', 'drop it'],
      ],
    );
    t.match(gapLines([], stale).join('\n'), /says that it cannot be:\n {2}drop \("nobody/);
  },
);

t.test('a place counts once in a run, for whoever was first', async (t) => {
  const reached = new Reached();
  const at = (place: number, op: number) => ({ place, op });
  t.same(reached.add([at(10, 4), at(11, 2), at(12, 4)]), [
    { op: 2, places: 1 },
    { op: 4, places: 2 },
  ]);
  t.same(reached.add([at(10, 1), at(13, 0)]), [{ op: 0, places: 1 }]);
  t.same(reached.add([]), []);
  t.equal(reached.size, 4);
});

t.test('the reasons are well formed, and what is not is refused with its place', async (t) => {
  const reasons = readReasons();
  t.ok(reasons.length > 20);
  for (const { functions } of reasons) t.same(functions, [...new Set(functions)]);
  const entry = { file: 'a.c', functions: ['f'], why: 'because it is so' };
  const text = (change: object): string =>
    JSON.stringify({ formatVersion: 1, reasons: [{ ...entry, ...change }] });
  t.same(parseReasons(text({}), 'x'), [entry]);
  for (const [change, words] of [
    [{ why: 'no' }, /x, line 1: reasons\.0\.why/],
    [{ functions: [] }, /reasons\.0\.functions/],
    [{ file: 'a/b.c' }, /reasons\.0\.file/],
    [{ more: 1 }, /reasons\.0/],
  ] as const)
    t.throws(() => parseReasons(text(change), 'x'), { message: words, exitCode: 2 });
  t.throws(() => parseReasons('{', 'x'), { message: /x, line 1: this is not JSON: it breaks off/ });
});

t.test(
  'what is kept in the folder of a run has the source around each line, and why it is not reached',
  async (t) => {
    const file = 'drivers/dma-buf/dma-resv.c';
    const text = Array.from({ length: 60 }, (_, n) => `line ${n + 1}`).join('\n');
    const places = [10, 12, 40].map((line) => ({ place: line, file, line, func: line < 20 ? 'f' : 'g' }));
    const map = { places, sources: { [file]: text } };
    const coverage = coverageOf(map, new Set([10]));
    const reasons = [{ file: 'dma-resv.c', functions: ['g'], why: 'memory runs out' }];
    const target = { kernel: 'debian:5.10', release: '5.10.262', patch: 'none', profile: 'cover' };
    const kept = coverageFile(target, map, coverage, gapsOf(coverage, reasons));
    t.same(
      kept.files[0]?.functions.flatMap(({ lines }) => lines),
      [
        { line: 10, reached: true },
        { line: 12, reached: false },
        { line: 40, reached: false, why: 'memory runs out' },
      ],
    );
    t.same(
      kept.files[0]?.source.map(({ first, text: lines }) => [first, lines.length, lines[0]]),
      [
        [4, 15, 'line 4'],
        [34, 13, 'line 34'],
      ],
    );
    t.same(parseCoverage(JSON.stringify(kept), 'coverage.json'), kept);
    t.throws(() => parseCoverage('{', 'coverage.json'), /coverage\.json, line 1: this is not JSON/);
    t.throws(
      () => parseCoverage('{"formatVersion":2}', 'coverage.json'),
      /coverage\.json, line 1: formatVersion/,
    );
    t.same(coverageFile(target, { sources: {} }, coverage, []).files[0]?.source, []);
  },
);
