// SPDX-License-Identifier: MIT
import t from 'tap';
import { parseSymbols, symbolsIfAny, symbolsOf } from './symbols.js';

const LISTING = `0000000000000000 D __per_cpu_start
ffffffff81000000 T _stext
ffffffff81000000 T startup_64
ffffffff81000150 t verify_cpu
ffffffff81000250 T dma_fence_signal
ffffffff81e00000 R __start_rodata
ffffffff82000000 B _end
`;

t.test('an address is told by the function that it is in', async (t) => {
  const symbols = parseSymbols(LISTING);
  const cases: [bigint, string | undefined][] = [
    [0xffffffff81000000n, 'startup_64+0x0'],
    [0xffffffff81000151n, 'verify_cpu+0x1'],
    [0xffffffff8100025fn, 'dma_fence_signal+0xf'],
    [0xffffffff81e00008n, undefined],
    [0xffffffff82000000n, undefined],
    [0xffffffff90000000n, undefined],
    [0x10n, undefined],
  ];
  for (const [address, name] of cases) t.equal(symbols.nameAt(address), name);
  t.same([...symbols.names], ['_stext', 'startup_64', 'verify_cpu', 'dma_fence_signal']);
  t.equal(parseSymbols('').nameAt(5n), undefined);
});

t.test('a file without symbols is refused, or done without', async (t) => {
  const file = `${t.testdir({ bzImage: 'MZ' })}/bzImage`;
  await t.rejects(symbolsOf(file), { exitCode: 125, message: /bzImage has no symbols/ });
  t.equal(await symbolsIfAny(file), undefined);
  t.equal(await symbolsIfAny(undefined), undefined);
});

t.test('those of a real program', async (t) => {
  const { names } = await symbolsOf(process.execPath);
  t.ok(names.size > 1000);
});
