// SPDX-License-Identifier: MIT
import t from 'tap';
import { hangSplat, type KernelCode, type SeenCpu } from './hang.js';

/** Functions of 0x100 bytes from 0x1000 on. */
const NAMES = [
  ...['queued_spin_lock_slowpath', '_raw_spin_lock_irqsave', 'timeline_fence_release', 'dma_buf_poll_cb'],
  ...['default_idle', 'sync_timeline_signal', 'read_tsc', 'dma_resv_wait.part.0'],
];
const code: KernelCode = {
  nameAt: (address) => {
    const name = NAMES[Number(address >> 8n) - 0x10];
    return name === undefined ? undefined : `${name}+0x${(address & 0xffn).toString(16)}`;
  },
};
const at = (name: string): bigint => BigInt((NAMES.indexOf(name) + 0x10) << 8) + 0x1cn;
const cpu = (pc: string, ...stack: string[]): SeenCpu => ({
  cpu: 0,
  pc: at(pc),
  stack: stack.flatMap((name) => [7n, at(name), 0xffff_8880_0000_0000n]),
});

const waits = cpu(
  'queued_spin_lock_slowpath',
  '_raw_spin_lock_irqsave',
  'timeline_fence_release',
  'dma_buf_poll_cb',
);

t.test('a kernel that spins is named by who waits for the lock, and its calls are told', async (t) => {
  t.same(hangSplat([[waits]], code), {
    title: 'hang in timeline_fence_release',
    kind: 'hang',
    text: `CPU 0 runs and answers nothing; its stack as it lies there (some may be left from earlier calls):
  queued_spin_lock_slowpath+0x1c
  _raw_spin_lock_irqsave+0x1c
  timeline_fence_release+0x1c
  dma_buf_poll_cb+0x1c`,
  });
});

t.test('what most samples say counts, and a part of a function is that function', async (t) => {
  const loops = cpu('sync_timeline_signal');
  t.equal(hangSplat([[loops], [waits], [loops]], code)?.title, 'hang in sync_timeline_signal');
  t.equal(hangSplat([[cpu('dma_resv_wait.part.0')]], code)?.title, 'hang in dma_resv_wait');
  const both = [[{ ...cpu('default_idle'), cpu: 1 }, waits]];
  t.equal(hangSplat(both, code)?.title, 'hang in timeline_fence_release', 'the other processor idles');
});

t.test('nothing is said of a kernel that sleeps, of user space, and of what could not be read', async (t) => {
  t.equal(hangSplat([[cpu('default_idle', 'timeline_fence_release')]], code), undefined);
  t.equal(hangSplat([[{ cpu: 0, pc: 0x40_0000n, stack: [at('read_tsc')] }]], code), undefined);
  t.equal(hangSplat([], code), undefined);
  t.equal(hangSplat([[]], code), undefined);
});
