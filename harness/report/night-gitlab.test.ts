// SPDX-License-Identifier: MIT
import { Ajv } from 'ajv';
import t from 'tap';
import type { Night } from '../result/night.js';
import { jsonText } from './json.js';
import { type Annotation, nightAnnotations, type SourceLines } from './night-gitlab.js';
import { golden } from './testing/golden.js';
import {
  emptyNight,
  hostileNight,
  hugeNight,
  mixedNight,
  nightCell,
  nightOf,
  nightTest,
} from './testing/night-sample.js';

/** What GitLab reads of a Code Quality report. */
const holds = new Ajv({ strict: false }).compile({
  type: 'array',
  items: {
    type: 'object',
    required: ['description', 'check_name', 'fingerprint', 'severity', 'location'],
    properties: {
      description: { type: 'string', minLength: 1 },
      check_name: { type: 'string' },
      fingerprint: { type: 'string', minLength: 1 },
      severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
      location: {
        type: 'object',
        required: ['path', 'lines'],
        properties: {
          path: { type: 'string', pattern: '^[^./]' },
          lines: {
            type: 'object',
            required: ['begin'],
            properties: { begin: { type: 'integer', minimum: 1 } },
          },
        },
      },
    },
  },
});

const lines: SourceLines = {
  ofTest: (_, { name }) => ({ path: `vm-images/guest/tests/${name.split('@')[0]}.c`, line: 7 }),
  ofNight: ({ name }) => ({ path: `ci/${name}.toml`, line: 1 }),
};

const annotations = (night: Night): readonly Annotation[] => nightAnnotations(night, lines);

t.test('what is red, and nothing that is expected', async (t) => {
  golden(t, 'night.gitlab.json', jsonText(annotations(mixedNight)));
  t.same(
    annotations(mixedNight).map(({ check_name, severity }) => [check_name, severity]),
    [
      ['import@keeps-readers', 'major'],
      ['poll@epoll', 'critical'],
      ['export@snapshot', 'minor'],
      ['explore@p1-observe-t-is-lost', 'major'],
      ['cell', 'minor'],
      ['cell', 'minor'],
      ['cell', 'minor'],
    ],
  );
});

t.test('GitLab can read it, whatever the names and however many', async (t) => {
  for (const night of [mixedNight, emptyNight, hostileNight, hugeNight(100_000)]) {
    const made = annotations(night);
    t.ok(holds(JSON.parse(jsonText(made))), JSON.stringify(holds.errors));
    t.equal(new Set(made.map(({ fingerprint }) => fingerprint)).size, made.length, 'all differ');
  }
});

t.test('a fingerprint is the same in the next night, and another for another failure', async (t) => {
  const one = (name: string, why: string): string | undefined => {
    const test = nightTest({ name, outcome: 'fail', judged: 'failed', why });
    return annotations(nightOf([nightCell({ kernel: 'k', verdict: 'fails', tests: [test] })]))[0]
      ?.fingerprint;
  };
  const first = one('import@a', 'own check: import.c:120: P1: 3 against 2 at 0xffff88');
  t.equal(first, one('import@a', 'own check: import.c:124: P1: 5 against 2 at 0xffff99'));
  t.not(first, one('import@b', 'own check: import.c:120: P1: 3 against 2 at 0xffff88'));
  t.not(first, one('import@a', 'own check: import.c:120: P8: the list is empty'));
});
