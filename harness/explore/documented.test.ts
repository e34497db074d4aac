// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import t from 'tap';
import { parseProgram } from '../programs/read.js';
import { DOCUMENTED, documentedAs } from './documented.js';
import { Findings } from './findings.js';
import type { Ran, Runner } from './runner.js';

const script = parseProgram('t0 = timeline\nclose t0\n', 'x.prog');
const batch = { name: 'x', script, starts: [0], mode: { careful: false, observe: false } };

function hung(title: string, text: string): Ran {
  return {
    batch,
    outcome: { batch, kind: 'died', ops: 0 },
    verdict: undefined,
    result: {
      ...{ program: 'run', subtest: 'x', dynamic: undefined, promises: [], purpose: '', milliseconds: 0 },
      ...{
        outcome: 'hang',
        failures: [],
        skipReason: undefined,
        notes: [],
        known: [],
        model: undefined,
        guest: 0,
      },
      splats: [{ title, kind: 'hang', text }],
    },
  };
}

const TITLE = 'hang in timeline_fence_release';
const STACK = '  timeline_fence_release+0x22\n  dma_buf_poll_cb+0x72\n  sw_sync_debugfs_release+0x3f';

t.test('a documented defect is known by title, stack and kernel, and by nothing less', async (t) => {
  t.match(documentedAs(hung(TITLE, STACK), '6.1.192'), { signature: TITLE });
  t.equal(documentedAs(hung(TITLE, STACK), '5.10.262'), undefined, 'the series must not have it');
  t.equal(documentedAs(hung(TITLE, STACK), '6.10.1'), undefined);
  t.equal(documentedAs(hung('hang in sync_timeline_signal', STACK), '6.1.192'), undefined);
  t.equal(
    documentedAs(hung(TITLE, STACK.replace('dma_buf_poll_cb', 'dma_buf_poll_cb_other')), '6.1.192'),
    undefined,
  );
});

t.test('every row has its program, which can be read', async (t) => {
  const root = new URL('../../../', import.meta.url); // from dist/harness/explore
  for (const { program } of DOCUMENTED) t.ok(existsSync(new URL(program, root)), program);
});

const AS = {
  ...{
    kernel: 'debian:6.1',
    patch: 'none',
    profile: 'fast',
    release: '6.1.192',
    gpu: '2d' as const,
    cpus: 1,
  },
  ...{ strategy: 'random', seed: 1 },
};

t.test('a search counts it and does not shrink it; anything else is a finding', async (t) => {
  const runner: Runner = { run: async (batches) => batches.map((b) => ({ ...hung('other', ''), batch: b })) };
  const findings = new Findings({ folder: t.testdir(), shrinkMs: 1000, say: () => undefined });
  const { signal } = new AbortController();
  const unasked = async (): Promise<Runner> => {
    t.fail('nothing is tried of what is known');
    return runner;
  };
  t.same(await findings.add(hung(TITLE, STACK), unasked, AS, signal), {
    ...{ program: undefined, goOn: true, documented: true },
  });
  await findings.add(hung(TITLE, STACK), unasked, AS, signal);
  t.same([...findings.documented.values()], [2]);
  t.same(findings.all, []);
  await findings.add(hung('other', ''), async () => runner, AS, signal);
  t.match(findings.all, [{ signature: 'other' }]);
});

t.test("with patches of one's own it is a finding: one of them may be meant to mend it", async (t) => {
  const runner: Runner = {
    run: async (batches) => batches.map((b) => ({ ...hung(TITLE, STACK), batch: b })),
  };
  const patches = [{ name: 'mend.patch', text: 'x' }];
  const findings = new Findings({ folder: t.testdir(), shrinkMs: 1000, patches, say: () => undefined });
  await findings.add(hung(TITLE, STACK), async () => runner, AS, new AbortController().signal);
  t.match(findings.all, [{ signature: TITLE }]);
  t.equal(findings.documented.size, 0);
});
