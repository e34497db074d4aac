// SPDX-License-Identifier: MIT
import t from 'tap';
import { parseRegisters, parseWords } from './cpu-places.js';

t.test('the registers of all processors, as QEMU prints them', async (t) => {
  const block = (cpu: number, pc: string): string => `
CPU#${cpu}
RAX=0000000000000001 RBX=ffff888003a0e000 RCX=0000000000000000 RDX=0000000000000001
RSI=0000000000000246 RDI=ffff888003a0e028 RBP=ffff888003b52b00 RSP=ffffc9000016fd6${cpu}
RIP=${pc} RFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=0
`;
  t.same(parseRegisters(block(0, 'ffffffff81094c33') + block(1, 'ffffffff81000000')), [
    { cpu: 0, pc: 0xffffffff81094c33n, sp: 0xffffc9000016fd60n },
    { cpu: 1, pc: 0xffffffff81000000n, sp: 0xffffc9000016fd61n },
  ]);
  t.same(parseRegisters(''), []);
  t.same(parseRegisters('CPU#0\nEIP=00000000 ESP=00000000'), [], 'a processor that is not in 64 bits yet');
});

t.test('words of memory, up to what cannot be read', async (t) => {
  const text = `ffffc9000016fd60: 0x0000000000000246 0xffffffff8160c9ad\r
ffffc9000016fd70: 0xffff888003a0e028 0xffffffff813f1f52\r
Cannot access memory\r
`;
  t.same(parseWords(text), [0x246n, 0xffffffff8160c9adn, 0xffff888003a0e028n, 0xffffffff813f1f52n]);
  t.same(parseWords(''), []);
});
