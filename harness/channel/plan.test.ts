// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import t from 'tap';
import { UntestableError } from '../errors.js';
import { PLAN_EXAMPLE, parsePlan } from './plan.js';

t.test('a plan', async (t) => {
  t.same(parsePlan(`${PLAN_EXAMPLE}\nimport\tidle\t-\t10\t-\tSays what it is for.\n`), [
    {
      program: 'export',
      subtest: 'snapshot',
      flags: ['slow', 'fatal'],
      limitSeconds: 20,
      promises: ['P1', 'P8'],
      purpose: 'A fence attached after the export must not delay it.',
    },
    {
      program: 'import',
      subtest: 'idle',
      flags: [],
      limitSeconds: 10,
      promises: [],
      purpose: 'Says what it is for.',
    },
  ]);
});

t.test('a plan that cannot be used is refused with line and reason', async (t) => {
  const rows = [
    { plan: '', says: /no subtest/ },
    { plan: 'export\tsnapshot', says: /line 1.*2 fields/ },
    { plan: `${PLAN_EXAMPLE}\n${PLAN_EXAMPLE}`, says: /line 2.*twice/ },
    { plan: 'ex port\ts\t-\t1\tP1\tx', says: /"ex port".*program/ },
    { plan: 'export\ts@x\t-\t1\tP1\tx', says: /"s@x".*subtest/ },
    { plan: 'export\ts\tquick\t1\tP1\tx', says: /"quick".*slow/ },
    { plan: 'export\ts\t-\t0\tP1\tx', says: /"0".*seconds/ },
    { plan: 'export\ts\t-\t1\tp1\tx', says: /"p1".*promise/ },
    { plan: 'export\ts\t-\t1\tP1\t ', says: /what the subtest is for/ },
  ];
  for (const { plan, says } of rows) t.throws(() => parsePlan(plan), { message: says }, plan);
});

t.test('any text is a plan or a clear refusal', async () => {
  const field = fc.oneof(fc.constantFrom(...PLAN_EXAMPLE.split('\t'), '-', ''), fc.string());
  const plan = fc.array(fc.array(field, { maxLength: 7 }).map((f) => f.join('\t'))).map((l) => l.join('\n'));
  fc.assert(
    fc.property(plan, (text) => {
      try {
        parsePlan(text);
      } catch (e) {
        if (!(e instanceof UntestableError)) throw e;
      }
    }),
  );
});
