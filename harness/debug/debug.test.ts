// SPDX-License-Identifier: MIT
import t from 'tap';
import { parseScript } from '../../models/index.js';
import { beginFrame } from '../trace/testing/frames.js';
import { gdbCommand } from './gdb.js';
import { announced, announcedBefore } from './ops.js';
import { markerFunction, stopFunction } from './place.js';

const symbols = new Set([
  ...['__x64_sys_getppid', '__x64_sys_ioctl', '__x64_sys_poll', '__x64_sys_close'],
  ...['dma_buf_ioctl', 'dma_buf_poll', 'dma_buf_import_sync_file', 'sync_file_ioctl', 'sw_sync_ioctl'],
]);

t.test('an op is looked for where the kernel does it', async (t) => {
  const rows = [
    ['import b0 write s0 -> 0', 'dma_buf_import_sync_file'],
    ['s1 = export b0 read -> 5', 'dma_buf_ioctl'], // has no symbol: inlined
    ['import s0 write s0 -> ENOTTY', 'sync_file_ioctl'],
    ['import none write s0 -> EBADF', '__x64_sys_ioctl'],
    ['s1 = fence t0 1 -> 5', 'sw_sync_ioctl'],
    ['poll b0 in -> 0 ready nothing', 'dma_buf_poll'],
    ['poll s0 in -> 0 ready nothing', '__x64_sys_poll'],
    ['close b0 -> 0', '__x64_sys_close'],
  ] as const;
  for (const [line, name] of rows) {
    const [event] = parseScript(line).events;
    if (event === undefined) throw new Error(line);
    t.equal(stopFunction(event.call, event.results[0]?.ret ?? 0, symbols), name, line);
  }
  t.equal(markerFunction(symbols), '__x64_sys_getppid');
  t.throws(() => markerFunction(new Set()), { message: /no symbol for getppid/ });
});

t.test('announcements are counted by thread', async (t) => {
  const { events } = parseScript('inc t0 1 -> 0\ninc t1 1 -> 0\ninc t2 1 -> 0\n');
  const threads = events.map((event, n) => ({ ...event, thread: n === 1 ? 1 : 0 }));
  // Thread 1 was announced last and ended between the two ops of thread 0
  t.same(
    [0, 1, 2, 3].map((op) => announcedBefore(threads, op, [0, 0, 1])),
    [0, 2, 1, undefined],
  );
  t.same(announced(beginFrame(7)), []);
});

t.test('the command can be pasted', async (t) => {
  const stop = { vmlinux: '/a b/vmlinux', socket: '/tmp/x/gdb', marker: 'm', before: 3, stop: 'f' };
  t.equal(
    gdbCommand(stop),
    `gdb -q -nx '/a b/vmlinux' \\
    -ex 'set pagination off' \\
    -ex 'target remote /tmp/x/gdb' \\
    -ex 'hbreak *m' \\
    -ex 'ignore 1 3' \\
    -ex continue \\
    -ex 'hbreak *f' \\
    -ex continue`,
  );
});
