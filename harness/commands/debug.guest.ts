// SPDX-License-Identifier: MIT
// gdb in a replay: it stops in the kernel's function of the op that is asked for, of the op that kills the kernel, and says
// which arguments that call has.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { projectRoot } from '../folders.js';
import { run } from '../process/run.js';
import { fencelab } from './testing/cli.js';

// A kernel may have to be built first.
t.setTimeout(1_500_000);

const noGdb = (await run('gdb', ['--version'])).ok
  ? {}
  : { skip: 'gdb is not installed (apt-get install gdb)' };

/** Two imports that differ in their flags; ops 5 and 6. */
const PROGRAM = `c0 = card
g0 = dumb c0
b0 = prime c0 g0
t0 = timeline
s0 = fence t0 1
import b0 read s0
import b0 write s0
info s0 1
`;

function program(t: Test): string {
  const file = join(t.testdir(), 'two-imports.prog');
  writeFileSync(file, PROGRAM);
  return file;
}

t.test('it stops in the call of the op that is asked for', noGdb, async (t) => {
  const file = program(t);
  const at = async (op: number, ...more: string[]) =>
    (await fencelab(['debug', file, '--no-observe', '--op', `${op}`, '--batch', ...more])).output;
  // struct dma_buf_import_sync_file begins with its flags, DMA_BUF_SYNC_READ 1 or WRITE 2
  for (const [op, flags] of [
    [5, 1],
    [6, 2],
  ] as const) {
    const output = await at(op, '--ex', 'x/1wx (int *)($pc == &dma_buf_ioctl ? $rdx : $rsi)');
    t.match(output, /^#0 .* in dma_buf_(?:ioctl|import_sync_file) \(\)/m, `op ${op}`);
    t.match(output, new RegExp(`^0x[0-9a-f]+:\\s+0x0000000${flags}$`, 'm'), `flags of op ${op}`);
  }
  t.match(await at(7), /^#0 .* in sync_file_ioctl \(\)/m);
});

t.test('without being asked it stops where the kernel dies', noGdb, async (t) => {
  const file = join(projectRoot, 'vm-images', 'programs', '5.10-defects', 'closed-while-polled.prog');
  const { output, exitCode } = await fencelab(['debug', file, '--patch', 'none', '--batch']);
  t.equal(exitCode, 0, 'exit status', { output });
  t.match(output, /^op \d+: drop c0 g0, in drm_gem_close_ioctl$/m);
  t.match(output, /^#0 .* in drm_gem_close_ioctl \(\)/m);
});

t.test('a program that does nothing wrong needs an op to stop in', async (t) => {
  const { output, exitCode } = await fencelab(['debug', program(t), '--batch']);
  t.equal(exitCode, 2);
  t.match(output, /does nothing wrong on this kernel.*\nChoose one with --op, from 0 to \d+;/);
});

t.test('it waits for a debugger until it is ended, and leaves nothing', async (t) => {
  const stop = new AbortController();
  const { output } = await fencelab(['debug', program(t), '--op', '6'], {
    signal: stop.signal,
    onLine: (line) => {
      if (line.startsWith('Ctrl-C')) stop.abort();
    },
  });
  t.match(output, /gdb -q -nx \S+vmlinux \\\n/);
  t.match(output, /-ex 'target remote (\S+)' \\\n/);
  const socket = /target remote (\S+)'/.exec(output)?.[1] ?? '';
  const { ok } = await run('test', ['-e', socket]);
  t.equal(ok, false, 'its socket is gone');
});
