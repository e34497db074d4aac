// SPDX-License-Identifier: MIT
import t from 'tap';
import { SPLAT_KINDS } from '../result/result.js';
import { parseConsole } from './console.js';
import { HARMLESS, ROWS, TELLTALE } from './patterns.js';
import { beginningOf } from './report.js';

t.test('each row is named by its own example, and no row before it takes that', async (t) => {
  for (const row of ROWS) {
    const first = ROWS.find(({ match }) => match.test(row.example));
    t.equal(first?.name, row.name, row.example);
    const beginning = beginningOf(row.example);
    t.equal(typeof beginning === 'object' ? beginning.row.name : beginning, row.name, 'and it is found');
    t.match(row.example, TELLTALE);
  }
});

t.test('row names are unique', async (t) => {
  t.same([...new Set(ROWS.map((row) => row.name))].length, ROWS.length);
});

t.test('the example alone makes a splat of its kind, with a title in one line', async (t) => {
  for (const row of ROWS) {
    const [splat, more] = parseConsole(`[    1.000000] ${row.example}\n`).splats;
    t.equal(splat?.kind, row.kind, row.name);
    t.match(splat?.title, /^[^\n]{5,140}$/, row.name);
    t.notMatch(splat?.title, /0x|\bffff|undefined/, row.name);
    t.equal(more, undefined);
  }
});

t.test('every kind a log can have is in the table', async (t) => {
  const kinds = new Set(ROWS.map((row) => row.kind));
  const notOfLogs: readonly string[] = ['lost', 'hang'];
  for (const kind of SPLAT_KINDS) if (!notOfLogs.includes(kind)) t.ok(kinds.has(kind), kind);
});

t.test('the harmless ones begin no report', async (t) => {
  for (const { example, why } of HARMLESS) {
    t.equal(beginningOf(example), 'harmless', why);
    t.same(parseConsole(`[    1.000000] ${example}\n[    1.000000] Call Trace:\n`).splats, []);
  }
});

t.test('what kernels say every day', async (t) => {
  const lines = [
    'sysrq: Trigger a crash',
    'Kernel command line: console=ttyS0 panic=-1 oops=panic',
    'kmemleak: Kernel memory leak detector initialized (mem pool available: 15729)',
    'kasan: KernelAddressSanitizer initialized',
    'rcu: Hierarchical RCU implementation.',
    'Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on, data leaks possible via Spectre v2 BHB attacks!',
    'Warning: unable to open an initial console.',
    '[drm] Initialized vgem 1.0.0 20120112 for vgem on minor 0',
    '[drm] features: -virgl +edid -resource_blob -host_visible',
    'virtio_gpu virtio0: [drm] fb0: virtio_gpudrmfb frame buffer device',
    'init[20]: segfault at 8 ip 00000000004018f7 sp 00007ffc5b9a4bc0 error 6 in init[401000+7a000]',
    'Disabling lock debugging due to kernel taint',
    'dma-buf: Running dma_fence/sanitycheck',
    'hrtimer: interrupt took 3004123 ns',
    'fencelab: note BUG: not one',
  ];
  for (const line of lines) t.same(parseConsole(`[    1.000000] ${line}\n`).splats, [], line);
});
