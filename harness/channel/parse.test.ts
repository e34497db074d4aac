// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import t from 'tap';
import type { ChannelItem } from './event.js';
import { ChannelParser } from './parse.js';
import { LINES, MAX_LINE_BYTES } from './wire.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function parseIn(chunks: readonly Uint8Array[]): ChannelItem[] {
  const parser = new ChannelParser();
  const items = chunks.flatMap((chunk) => parser.push(chunk));
  return [...items, ...parser.end()];
}
const parse = (text: string): ChannelItem[] => parseIn([bytes(text)]);

t.test('good lines', async (t) => {
  const rows = [
    { line: 'FL start\timport\told@udmabuf\t12', want: { subtest: 'old', dynamic: 'udmabuf', pid: 12 } },
    { line: 'FL start\timport\told\t12', want: { subtest: 'old', dynamic: undefined } },
    { line: 'FL device\tvirtio-gpu\t-\tabsent', want: { path: undefined, text: 'absent' } },
    { line: 'FL note\t', want: { text: '' } },
    { line: 'FL note\t¹é€\r', want: { text: '¹é€' } },
    { line: 'FL end\timport\told\ttimeout\t10000123', want: { result: 'timeout', microseconds: 10000123 } },
  ];
  for (const { line, want } of rows) t.match(parse(`${line}\n`), [{ ...want, offset: 0 }], line);
});

t.test('bad lines are damage with offset and reason', async (t) => {
  const rows = [
    { line: '', reason: 'not a result line' },
    { line: 'hello', reason: 'not a result line' },
    { line: 'FL', reason: 'not a result line' },
    { line: 'FL\tstart\ta\tb\t1', reason: 'not a result line' },
    { line: 'FL ended\tx', reason: 'unknown line' },
    { line: 'FL start\timport\told', reason: 'wrong fields' },
    { line: 'FL start\timport\told\t12\t13', reason: 'wrong fields' },
    { line: 'FL start\timport\told\t-1', reason: 'wrong fields' },
    { line: 'FL start\timport\told\t1e3', reason: 'wrong fields' },
    { line: 'FL start\timport\told@\t12', reason: 'wrong fields' },
    { line: 'FL start\timp ort\told\t12', reason: 'wrong fields' },
    { line: 'FL end\timport\told\tPASS\t12', reason: 'wrong fields' },
    { line: 'FL end\timport\told\tpass\t99999999999999999999', reason: 'wrong fields' },
    { line: `FL note\t${'x'.repeat(MAX_LINE_BYTES)}`, reason: 'too long' },
  ];
  for (const { line, reason } of rows) {
    const items = parse(`FL note\tfirst\n${line}\nFL note\tlast\n`);
    t.match(items, [{ kind: 'note' }, { kind: 'damage', reason, offset: 14 }, { kind: 'note' }], line);
  }
});

t.test('a line without its newline is cut off', async (t) => {
  t.match(parse('FL note\tx\nFL end\ta\tb\tpa'), [{}, { kind: 'damage', reason: 'cut off', offset: 10 }]);
  t.same(parse(''), []);
});

t.test('bytes that are no UTF-8 are kept out of names, and let through in text', async (t) => {
  const cut = new Uint8Array([...bytes('FL note\tcaf'), 0xc3, 10]);
  t.match(parseIn([cut]), [{ kind: 'note', text: 'caf\ufffd' }]);
  const name = new Uint8Array([...bytes('FL start\tcaf'), 0xc3, ...bytes('\tx\t1\n')]);
  t.match(parseIn([name]), [{ kind: 'damage', reason: 'wrong fields' }]);
});

t.test('the excerpt is printable and short', async (t) => {
  const [item] = parse(`\u001b[31m\u0000${'y'.repeat(3000)}\n`);
  if (item?.kind !== 'damage') throw new Error('not damage');
  t.ok(item.detail.length <= 80);
  t.notMatch(item.detail, /\p{Cc}/u);
});

/** Lines, halves of lines, and noise: more likely to go deep than bytes alone. */
const piece = fc.oneof(
  fc.constantFrom(...LINES.map((kind) => bytes(`${kind.example}\n`))),
  fc.constantFrom(...LINES.map((kind) => bytes(kind.example.slice(0, 9)))),
  fc.constantFrom(bytes('\n'), bytes('\r\n'), bytes('\t'), bytes('FL '), bytes('z'.repeat(3000))),
  fc.uint8Array({ maxLength: 40 }),
);
const stream = fc
  .array(piece, { maxLength: 30 })
  .map((parts) => Uint8Array.from(parts.flatMap((p) => [...p])));

t.test('any bytes in any chunks give the same items, and their offsets grow', async () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(200)), (whole, cuts) => {
      const chunks: Uint8Array[] = [];
      let from = 0;
      for (const cut of cuts) {
        chunks.push(whole.slice(from, from + cut));
        from += cut;
      }
      chunks.push(whole.slice(from));
      const once = parseIn([whole]);
      t.same(parseIn(chunks), once);
      for (const [i, item] of once.entries())
        if (i > 0 && item.offset <= (once[i - 1]?.offset ?? 0)) throw new Error('offsets do not grow');
      const lines = whole.filter((b) => b === 10).length + (whole.length > 0 && whole.at(-1) !== 10 ? 1 : 0);
      if (once.length !== lines) throw new Error('a line vanished');
    }),
    { numRuns: 300 },
  );
});

t.test('a chunk may be overwritten by its owner once it is pushed', async (t) => {
  const parser = new ChannelParser();
  const chunk = bytes('FL note\tkept');
  parser.push(chunk);
  chunk.fill(0);
  t.match(parser.push(bytes('\n')), [{ text: 'kept' }]);
});
