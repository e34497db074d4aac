// SPDX-License-Identifier: MIT
import t from 'tap';
import { type Job, type JobItem, jobStream, jobText } from './initramfs.js';

const DATA: JobItem = {
  program: 'run',
  subtest: 'a.b',
  data: { bytes: Uint8Array.of(1, 2, 3, 4), limitSeconds: 7 },
};
const PLAIN: JobItem = { program: 'import', subtest: 'read-*' };
const job = (more: Partial<Job>): Job => ({ limitScale: 2, kmemleak: false, items: [DATA], ...more });
const header = (bytes: Buffer): number[] =>
  Array.from({ length: 6 }, (_, word) => bytes.readUInt32LE(4 * word));
const MAGIC = 0x4a544c46;

t.test('one program alone is sent to the process that is there', async (t) => {
  const bytes = jobStream(job({}));
  t.same(header(bytes), [MAGIC, 1, 7, 2, 3, 4]);
  t.equal(bytes.subarray(24).toString('latin1'), 'a.b\x01\x02\x03\x04');
});

t.test('all else is sent as lines', async (t) => {
  for (const [name, more] of [
    ['two programs', { items: [DATA, { ...DATA, subtest: 'c' }] }],
    ['a subtest of the guest', { items: [PLAIN] }],
    ['a scan for leaks after it', { kmemleak: true }],
    ['coverage of all', { cover: true }],
    ['nothing', { items: [] }],
  ] as const) {
    const bytes = jobStream(job(more));
    t.same(header(bytes), [MAGIC, 0, 0, 0, 0, 0], name);
    t.equal(bytes.subarray(-4).toString(), 'end\n', name);
    t.ok(bytes.includes(jobText(job(more))), name);
  }
  t.ok(jobStream(job({ kmemleak: true })).includes('file a.b 4\n\x01\x02\x03\x04limit-scale 2\n'));
});

t.test('a name that cannot be written is refused, in either form', async (t) => {
  for (const subtest of ['', 'a b', 'a\nb']) {
    t.throws(() => jobStream(job({ items: [{ ...DATA, subtest }] })), { message: /cannot be the name/ });
    t.throws(() => jobText(job({ items: [{ ...PLAIN, subtest }] })), { message: /cannot be the name/ });
  }
});
