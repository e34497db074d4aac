// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import t from 'tap';
import { UsageError } from '../errors.js';
import { type FindingHeader, parseHeader, printHeader } from './header.js';

const HEADER: FindingHeader = {
  signature: 'P1, observe: t is lost',
  kernel: 'debian:5.10',
  patch: 'auto',
  profile: 'race',
  release: '5.10.262',
  gpu: 'none',
  cpus: 1,
  icount: '6 seed 42',
  mode: 'careful observe',
  pauses: 7,
  strategy: 'race, icount',
  seed: 42,
  count: 17,
};

t.test('what is printed is what is read', async (t) => {
  t.same(parseHeader(`# title\n${printHeader(HEADER)}t0 = timeline\n`, 'x'), HEADER);
  t.equal(parseHeader('# no header\nt0 = timeline\n', 'x'), undefined);
});

t.test('what makes no sense is refused with the line and the reason', async (t) => {
  const text = printHeader(HEADER);
  const refused = (changed: string, message: RegExp) => {
    t.throws(() => parseHeader(changed, 'a.prog'), { message }, changed);
  };
  refused(text.replace('#: cpus 1', '#: cpus many'), /a\.prog, line 7: cpus: /);
  refused(text.replace('#: gpu none', '#: gpu fast'), /line 6: gpu: /);
  refused(text.replace('#: cpus 1', '#: cups 1'), /a\.prog, line 7: cups: there is no such key|lacks "cpus"/);
  refused(`${text}#: cpus 2\n`, /line 14: "cpus" is there twice/);
  refused('#: signature x\n', /line 1: the header lacks "kernel"/);
});

t.test('no text makes it crash', async () => {
  const line = fc.constantFrom(
    '#: kernel x',
    '#: cpus 1',
    '#:',
    '#: ',
    '#: mode plain',
    't0 = timeline',
    '#: count -1',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(line, fc.string())), (lines) => {
      try {
        parseHeader(lines.join('\n'), 'x');
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
      }
    }),
  );
});
