// SPDX-License-Identifier: MIT
// What one program and one subtest reach, on a kernel that tells.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { fencelab } from './testing/cli.js';

// A kernel may have to be built first.
t.setTimeout(1_500_000);

const functionsReached = (json: string): ReadonlySet<string> => {
  const { files } = JSON.parse(readFileSync(json, 'utf8')) as {
    files: { functions: { name: string; reached: boolean }[] }[];
  };
  return new Set(files.flatMap(({ functions }) => functions.filter((f) => f.reached).map((f) => f.name)));
};

t.test('a program reaches the code of its own calls, and no other', async (t) => {
  const folder = t.testdir({
    'small.prog': 't0 = timeline\ns0 = fence t0 1\ninc t0 1\ns1 = merge s0 s0\n',
  });
  const json = join(folder, 'cover.json');
  const args = ['cover', join(folder, 'small.prog'), '--results', folder, '--json', json];
  const { exitCode, stdout, output } = await fencelab(args, { env: { CI: '' } });
  t.equal(exitCode, 0, 'exit status', { output: output.slice(-2000) });
  t.match(stdout, /^sw_sync\.c +\d+\/\d+/m);
  const reached = functionsReached(json);
  for (const name of ['sw_sync_ioctl_create_fence', 'sync_timeline_signal', 'sync_file_merge'])
    t.ok(reached.has(name), name);
  for (const name of ['dma_buf_export', 'dma_buf_import_sync_file', 'vgem_fence_attach_ioctl'])
    t.notOk(reached.has(name), name);
});

t.test('so does a test program in C', async (t) => {
  const folder = t.testdir();
  const json = join(folder, 'cover.json');
  const args = ['cover', '--only', 'import@read-gates-writers', '--results', folder, '--json', json];
  const { exitCode, output } = await fencelab(args, { env: { CI: '' } });
  t.equal(exitCode, 0, 'exit status', { output: output.slice(-2000) });
  const reached = functionsReached(json);
  for (const name of ['dma_buf_import_sync_file', 'dma_resv_add_shared_fence', 'dma_buf_poll'])
    t.ok(reached.has(name), name);
  t.notOk(reached.has('vgem_fence_attach_ioctl'));
});

t.test('other profiles and images that are built are refused', async (t) => {
  for (const args of [
    ['--profile', 'fast'],
    ['--image', 'x'],
  ])
    t.equal((await fencelab(['cover', ...args])).exitCode, 2, args.join(' '));
});
