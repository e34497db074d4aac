// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import t from 'tap';
import { jsonText } from './json.js';
import { KCIDB_ORIGIN, LOG_EXCERPT_MOST } from './kcidb-schema.js';
import { nightKcidb } from './night-kcidb.js';
import { runAsNight } from './run-as-night.js';
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
import { mixed } from './testing/sample.js';

const file = new URL('../../../harness/report/testing/kcidb-5.3.schema.json', import.meta.url);
const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/);
ajv.addFormat('uri', /^[a-z][a-z0-9+.-]*:\S+$/);
ajv.addFormat('email', /^\S+@\S+$/);
const holds = ajv.compile(JSON.parse(readFileSync(file, 'utf8')));

/** As a reader gets it. */
const written = (night: Parameters<typeof nightKcidb>[0]) => {
  const report: ReturnType<typeof nightKcidb> = JSON.parse(jsonText(nightKcidb(night, 'fencelab')));
  return report;
};

t.test('it is what the schema says', async (t) => {
  golden(t, 'night.kcidb.json', jsonText(nightKcidb(mixedNight, 'fencelab')));
  for (const [name, night] of Object.entries({
    mixedNight,
    emptyNight,
    hostileNight,
    run: runAsNight(mixed),
  }))
    t.ok(holds(written(night)), `${name}: ${ajv.errorsText(holds.errors)}`);
  t.notOk(holds({ ...written(mixedNight), version: { major: 4 } }), 'and the schema can say no');
  t.notOk(
    holds({ ...written(mixedNight), tests: [{ id: 'a:b', origin: 'a', build_id: 'a:c', status: 'OK' }] }),
  );
});

t.test('everything hangs together, and no id is there twice', async (t) => {
  const twice = nightOf([
    nightCell({ kernel: 'k', tests: [nightTest({ name: 'a@b' }), nightTest({ name: 'a@b' })] }),
    nightCell({ kernel: 'k', profile: 'with/slash', tests: [nightTest({ name: 'a@b' })] }),
  ]);
  for (const night of [mixedNight, hostileNight, twice]) {
    const { checkouts, builds, tests } = written(night);
    for (const list of [checkouts, builds, tests])
      t.equal(new Set(list.map(({ id }) => id)).size, list.length);
    const known = new Set([...checkouts, ...builds].map(({ id }) => id));
    t.ok(builds.every(({ checkout_id }) => known.has(checkout_id)));
    t.ok(tests.every(({ build_id }) => known.has(build_id)));
    t.ok([...checkouts, ...builds, ...tests].every(({ id }) => id.startsWith('fencelab:')));
  }
});

t.test('the words for what became of a test', async (t) => {
  const { tests, builds } = written(mixedNight);
  const status = (path: string) => tests.find((test) => test.path === path)?.status;
  t.match(
    Object.fromEntries(
      [
        'import.merge',
        'import.keeps-readers',
        'poll.epoll',
        'export.idle',
        'virgl.out-fence',
        'coverage',
        'explore.p1-observe-t-is-lost',
      ].map((name) => [name, status(`fencelab.${name}`)]),
    ),
    {
      'import.merge': 'PASS',
      'import.keeps-readers': 'FAIL',
      'poll.epoll': 'FAIL',
      'export.idle': 'FAIL',
      'virgl.out-fence': 'SKIP',
      coverage: 'DONE',
      'explore.p1-observe-t-is-lost': 'FAIL',
    },
  );
  t.same(
    tests.filter(({ path }) => path === 'fencelab').map((test) => test.status),
    ['FAIL', 'FAIL', 'PASS', 'MISS', 'ERROR', 'MISS'],
  );
  t.same(
    builds.map((build) => build.status),
    ['PASS', 'PASS', 'PASS', 'MISS', 'ERROR'],
  );
});

t.test('a long reason is cut to what the format takes; 100 000 results are no trouble', async (t) => {
  const long = nightOf([
    nightCell({
      kernel: 'k',
      verdict: 'fails',
      tests: [nightTest({ name: 'a@b', outcome: 'crash', judged: 'failed', why: 'x'.repeat(50_000) })],
    }),
  ]);
  t.match(written(long).tests[1], { status: 'ERROR', log_excerpt: 'x'.repeat(LOG_EXCERPT_MOST) });
  const huge = written(hugeNight(100_000));
  t.equal(huge.tests.length, 100_008);
  t.ok(holds({ ...huge, tests: huge.tests.slice(0, 2000) }), ajv.errorsText(holds.errors));
});

t.test('an origin is small letters, digits and "_"', async (t) => {
  for (const good of ['fencelab', 'my_lab2']) t.match(good, KCIDB_ORIGIN);
  for (const bad of ['', 'My', 'a-b', 'a:b', 'a b', 'é', 'a\n']) t.notMatch(bad, KCIDB_ORIGIN);
});
