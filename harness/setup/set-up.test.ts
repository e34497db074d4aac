// SPDX-License-Identifier: MIT
// What the machine lacks, and that nothing is installed but what it was found to lack. dpkg-query is the real one where it
// can be; one that is killed, and an apt-get that must not be called, cannot be had on demand: those are scripts.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { FencelabError } from '../errors.js';
import type { Progress } from '../progress/progress.js';
import { needs } from './packages.js';
import { ensure, missing } from './set-up.js';

const quiet: Progress = {
  stage: () => ({ update: () => undefined, end: () => undefined, fail: () => undefined }),
  say: () => undefined,
};
const [gcc] = needs;
if (gcc === undefined) throw new Error('nothing is needed');
const nowhere = {
  package: 'fencelab-no-such-package',
  why: 'a test',
  shownBy: { program: 'no-such-program' },
};

/** Puts scripts ahead of the machine's own programs until the test is over; returns the file apt-get is noted in. */
function before(t: Test, scripts: Readonly<Record<string, string>>): string {
  const folder = t.testdir({});
  const called = join(folder, 'apt-get-was-called');
  for (const [name, body] of Object.entries({ 'apt-get': `echo "$@" >>'${called}'`, ...scripts })) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const path = process.env['PATH'];
  process.env['PATH'] = `${folder}:${path}`;
  t.teardown(() => {
    process.env['PATH'] = path;
  });
  return called;
}

t.test('what dpkg has is not missing, and what it does not know is', async (t) => {
  t.same(await missing([{ ...gcc, package: 'dpkg' }, nowhere]), [nowhere]);
});

t.test('a dpkg-query that is killed says nothing about the packages: nothing is installed', async (t) => {
  const called = before(t, { 'dpkg-query': 'kill -TERM $$' });
  await t.rejects(ensure(needs, quiet), {
    exitCode: 125,
    message: 'which packages this machine has is not known: dpkg-query was killed by SIGTERM',
  });
  t.notOk(existsSync(called));
});

t.test('a dpkg-query that was killed once is asked again', async (t) => {
  before(t, {
    'dpkg-query': '[ -e "$0.killed" ] || { : >"$0.killed"; kill -TERM $$; }; echo "gcc installed"',
  });
  t.same(await missing([gcc]), []);
});

t.test('a dpkg-query that fails is told with what it said', async (t) => {
  before(t, { 'dpkg-query': 'echo "dpkg-query: error: no database" >&2; exit 2' });
  await t.rejects(missing(needs), { detail: /no database/, message: /exited with code 2$/ });
});

t.test('nothing is installed for a command that was ended', async (t) => {
  const called = before(t, { 'dpkg-query': 'exit 1' });
  await t.rejects(ensure(needs, quiet, AbortSignal.abort()), { name: 'AbortError' });
  t.notOk(existsSync(called));
});

t.test('what is ended while packages are downloaded unpacks none', async (t) => {
  const end = new AbortController();
  const called = before(t, {
    'dpkg-query': 'exit 1',
    'apt-get': `echo "$@" >>"$(dirname "$0")/apt-get-was-called"; case "$*" in *download-only*) exec sleep 60 ;; esac`,
  });
  const calls = (): string => (existsSync(called) ? readFileSync(called, 'utf8') : '');
  const timer = setInterval(() => {
    if (calls().includes('download-only')) end.abort();
  }, 50);
  t.teardown(() => clearInterval(timer));
  await t.rejects(ensure([nowhere], quiet, end.signal), { name: 'AbortError' });
  t.match(calls(), /^update -qq\ninstall .* --download-only fencelab-no-such-package\n$/);
});

t.test('what apt-get cannot install is told by name', async (t) => {
  before(t, { 'dpkg-query': 'exit 1', 'apt-get': 'echo "E: no such package" >&2; exit 100' });
  const error = await ensure([nowhere], quiet).catch((e: unknown) => e);
  t.ok(error instanceof FencelabError);
  t.match(error, {
    exitCode: 125,
    message: 'this machine lacks fencelab-no-such-package, and apt-get could not install them',
    detail: /no such package/,
    remedy: /apt-get install fencelab-no-such-package/,
  });
});
