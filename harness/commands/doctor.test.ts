// SPDX-License-Identifier: MIT
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Cache } from '../cache/cache.js';
import { examineCache } from '../doctor/cache-health.js';
import { mendAll } from '../doctor/finding.js';
import { clockFinding, fileClock, memoryFinding, nodeFinding, spaceFinding } from '../doctor/machine.js';
import * as lists from '../setup/packages.js';
import { missing } from '../setup/set-up.js';
import { report } from './doctor.js';
import { inProcess } from './testing/in-process.js';

const never = new AbortController().signal;

t.test('one line mends all of it', async (t) => {
  const findings = [
    { what: 'packages', state: 'bad' as const, text: 'x', packages: ['gcc', 'make'] },
    { what: 'debug', state: 'note' as const, text: 'x', packages: ['gdb', 'gcc'] },
    { what: 'cache', state: 'note' as const, text: 'x', command: 'fencelab cache clear images/a' },
  ];
  t.equal(
    mendAll(findings, false),
    'sudo apt-get update && sudo apt-get install -y --no-install-recommends gcc make gdb && fencelab cache clear images/a',
  );
  t.notMatch(mendAll(findings, true), /sudo/);
  t.equal(mendAll([{ what: 'node', state: 'good', text: '' }], false), undefined);
  const text = report(findings, 'do it');
  t.match(text, /MISS packages/);
  t.equal(text.trimEnd().split('\n').at(-1), '  do it');
});

t.test('what a machine must have', async (t) => {
  t.equal(nodeFinding('20.11.0').state, 'good');
  t.equal(nodeFinding('22.0.0').state, 'good');
  t.equal(nodeFinding('20.10.0').state, 'bad');
  t.equal(nodeFinding('18.20.1').state, 'bad');
  t.same(
    [1, 3, 8].map((gib) => memoryFinding(gib * 2 ** 30).state),
    ['bad', 'note', 'good'],
  );
  t.equal(spaceFinding('cache', '/c', 1e9, false).state, 'bad');
  t.equal(spaceFinding('cache', '/c', 1e9, true).state, 'note', 'what is built goes on working');
  t.equal(spaceFinding('cache', '/c', 9e9, false).state, 'good');
  t.equal(spaceFinding('results', '/r', 1e6, true).state, 'bad');
});

t.test('a clock that builds cannot go by', async (t) => {
  const now = Date.UTC(2026, 10, 24);
  t.equal(clockFinding(now, now + 10, now - 1000).state, 'good');
  t.match(clockFinding(now, now + 60_000, now), { state: 'bad', text: /60 s off/ });
  t.match(clockFinding(now, now, now + 3600_000), { state: 'bad', text: /files of fencelab are newer/ });
  t.match(clockFinding(0, 0, 0), { state: 'bad', text: /1970/ });
  const folder = t.testdir({});
  const read = await fileClock(join(folder, 'not', 'there'));
  t.ok(read.file > 0);
  t.same(readdirSync(folder), [], 'nothing is left');
});

t.test('a cache with damaged entries, dead locks and things half made', async (t: Test) => {
  const cache = await Cache.open(join(t.testdir({}), 'cache'));
  const put = (key: string, vmlinux: string): void => {
    const folder = cache.entry('images', key);
    mkdirSync(folder, { recursive: true });
    for (const file of ['bzImage', 'config']) writeFileSync(join(folder, file), 'x');
    writeFileSync(join(folder, 'vmlinux'), vmlinux);
    writeFileSync(
      join(folder, 'image.json'),
      JSON.stringify({ release: '5.10', profile: 'fast', headers: 'h' }),
    );
  };
  mkdirSync(cache.entry('headers', 'h'), { recursive: true });
  put('whole', 'kernel');
  put('cut', '');
  mkdirSync(cache.entry('images', 'bare'), { recursive: true });
  const old = new Date('2026-01-01');
  mkdirSync(`${cache.lockOf('sources', 'x')}.lock`, { recursive: true });
  writeFileSync(`${cache.lockOf('sources', 'x')}.owner`, 'process 1 on elsewhere');
  utimesSync(`${cache.lockOf('sources', 'x')}.lock`, old, old);
  mkdirSync(join(cache.root, 'images', '.half.1'));
  utimesSync(join(cache.root, 'images', '.half.1'), old, old);
  const { findings, kernels } = await examineCache(cache.root, never);
  t.same(
    kernels.map(({ release }) => release),
    ['5.10'],
  );
  const text = findings.map((f) => f.text).join('\n');
  t.match(text, /1 kernels; 0 entries in use/);
  t.match(text, /damaged.*: (?:bare, cut|cut, bare)/);
  t.match(text, /locks of runs that were killed.*sources-x \(process 1 on elsewhere\)/);
  t.match(text, /1 half-made entries/);
  t.match(mendAll(findings, true), /cache clear .*images\/cut.*fencelab clean --cache/);
});

t.test('a folder that is no cache, and none at all', async (t) => {
  const folder = t.testdir({ mine: { 'a.txt': '' } });
  t.match((await examineCache(join(folder, 'mine'), never)).findings, [
    { state: 'bad', text: /not a fencelab cache/ },
  ]);
  const none = join(folder, 'none');
  t.match((await examineCache(none, never)).findings, [{ state: 'good' }]);
  t.notOk(existsSync(none), 'it is not made');
});

t.test('every list of packages is one that doctor looks at', async (t) => {
  const known = lists.purposes.flatMap(({ needs }) => needs);
  for (const [name, value] of Object.entries(lists))
    if (name === 'needs' || name.endsWith('Needs'))
      t.ok(Array.isArray(value) && value.length > 0 && value.every((need) => known.includes(need)), name);
});

t.test('the command says of this machine what is so', async (t) => {
  const before = process.env['FENCELAB_CACHE'];
  const cache = join(t.testdir({}), 'none');
  process.env['FENCELAB_CACHE'] = cache;
  const said = await inProcess(['doctor', '--json']);
  if (before === undefined) delete process.env['FENCELAB_CACHE'];
  else process.env['FENCELAB_CACHE'] = before;
  const { findings, mend } = JSON.parse(said.stdout) as {
    findings: { what: string; state: string; text: string }[];
    mend: string | null;
  };
  for (const what of ['node', 'memory', 'clock', 'packages', 'cache', 'results', 'kvm', 'archive'])
    t.ok(
      findings.some((f) => f.what === what),
      what,
    );
  const lacking = await missing(lists.purposes.flatMap(({ needs }) => needs));
  for (const need of lacking)
    t.ok(mend?.includes(need.package), `${need.package} is in the line that mends it`);
  t.equal(said.exitCode, findings.some(({ state }) => state === 'bad') ? 1 : 0);
  t.notOk(existsSync(cache), 'nothing was made');
});
