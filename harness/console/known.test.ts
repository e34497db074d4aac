// SPDX-License-Identifier: MIT
import t from 'tap';
import type { Splat } from '../result/result.js';
import { KNOWN, sortOut } from './known.js';

const [row] = KNOWN;
if (row === undefined) throw new Error('there is no known report');
const splat = (title: string): Splat => ({ title, kind: 'kasan', text: `BUG: ${title}` });

t.test('a known report does not speak against the subtest, and says why', async (t) => {
  const found = sortOut([splat(row.title)], row.program, '5.10.262');
  t.same(found.splats, []);
  t.same(found.known, [{ ...splat(row.title), why: row.why }]);
});

t.test('it does in another program, on another kernel, and where nobody knows the kernel', async (t) => {
  for (const [program, release] of [
    ['import', '5.10.262'],
    [row.program, '6.6.1'],
    [row.program, undefined],
  ] as const)
    t.same(sortOut([splat(row.title)], program, release).splats, [splat(row.title)], `${program} ${release}`);
});

t.test('another report in the same program does, also one that looks alike', async (t) => {
  const others = [
    'KASAN: use-after-free in dma_resv_add_excl_fence',
    'KASAN: out-of-bounds in drm_atomic_helper_wait_for_vblanks',
    `${row.title}_`,
  ].map(splat);
  t.same(sortOut([...others, splat(row.title)], row.program, '5.10.262').splats, others);
});

t.test('each row is a whole title, and argues', async (t) => {
  for (const { title, why, release } of KNOWN) {
    t.match(title, /^[A-Z].* in \w+$/);
    t.ok(why.length > 60, title);
    t.notOk(release.test('6.6.1'), 'it does not cover kernels nobody has looked at');
  }
});
