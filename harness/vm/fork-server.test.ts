// SPDX-License-Identifier: MIT
// With the QEMU of this machine: what is forked from one that is linked is what would have been started.
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type ForkServer, startForkServer } from './fork-server.js';
import { QEMU, type QemuStarter, startQemu } from './qemu-process.js';
import { connectQmp } from './qmp.js';

const never = new AbortController().signal;
const found = (name: string): string =>
  execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();

async function server(t: Test): Promise<ForkServer> {
  const made = await startForkServer({}, never);
  if ('why' in made) throw new Error(made.why);
  t.teardown(() => made.end());
  return made;
}

/** A QEMU that waits for what `ask` says; it has no machine, so nothing runs in it. */
function waiting(t: Test, start: QemuStarter, more: readonly string[] = [], state?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-fork-test-'));
  const [socket, errors, pidFile] = ['qmp', 'errors', 'pid'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const machine = ['-nodefaults', '-no-user-config', '-machine', 'none', '-display', 'none'];
  const monitor = ['-qmp', `unix:${socket},server=on,wait=off`, '-pidfile', pidFile];
  const args = [...machine, ...monitor, ...more];
  const qemu = start({ args, environment: {}, errors, ...(state === undefined ? {} : { state }) });
  t.teardown(async () => {
    qemu.kill('SIGKILL');
    await qemu.ended;
    rmSync(folder, { recursive: true });
  });
  const ask = async (command: string): Promise<unknown> => {
    for (let tries = 0; ; tries++) {
      try {
        const qmp = await connectQmp(socket);
        try {
          return await qmp.execute(command);
        } finally {
          qmp.close();
        }
      } catch (error) {
        if (tries === 500) throw error;
        await sleep(20);
      }
    }
  };
  const pid = (): number => Number(readFileSync(pidFile, 'utf8'));
  return { qemu, ask, errors, pid };
}

/** One that has ended, and that nobody has waited for yet, does not run. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function untilGone(...pids: readonly number[]): Promise<boolean> {
  for (let i = 0; i < 250 && pids.some(runs); i++) await sleep(20);
  return !pids.some(runs);
}

const parentOf = (pid: number): number =>
  Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

t.test('what is forked is QEMU: several at once, and each ends by itself', async (t) => {
  const forks = await server(t);
  const [a, b] = [waiting(t, forks.start, ['-name', 'a']), waiting(t, forks.start, ['-name', 'b'])];
  t.same([await a.ask('query-name'), await b.ask('query-name')], [{ name: 'a' }, { name: 'b' }]);
  t.equal(parentOf(a.pid()), parentOf(b.pid()), 'both are of the same');
  await a.ask('quit');
  t.same(await a.qemu.ended, { exitCode: 0, signal: undefined, stderr: '' });
  t.same(await b.ask('query-name'), { name: 'b' }, 'the other goes on');
  t.match(
    readFileSync(`/proc/${parentOf(b.pid())}/maps`, 'utf8'),
    /fork-server/,
    'it is our library that forks',
  );
});

for (const [name, more, signal] of [
  ['an option that there is not', ['-no-such-option'], undefined],
  ['killed', [], 'SIGKILL'],
  ['asked to end', [], 'SIGTERM'],
] as const)
  t.test(`how it ends is what it is without a fork server: ${name}`, async (t) => {
    const forks = await server(t);
    const ends = [];
    for (const start of [forks.start, startQemu]) {
      const { qemu, ask, errors } = waiting(t, start, more);
      if (signal !== undefined) {
        await ask('query-status');
        qemu.kill(signal);
      }
      const end = await qemu.ended;
      t.equal(readFileSync(errors, 'utf8').trimEnd(), end.stderr.trimEnd(), 'the file has what is told');
      // Who sent a signal is named by its pid and its program
      ends.push({ ...end, stderr: end.stderr.trimEnd().replace(/from pid .*/, '') });
    }
    t.same(ends[0], ends[1]);
    t.not(ends[0]?.exitCode ?? ends[0]?.signal, undefined);
  });

t.test('it gets a file as its descriptor 3, and the rest is what it is without a fork server', async (t) => {
  const forks = await server(t);
  const file = join(t.testdir({ state: 'what was saved' }), 'state');
  const [a, b] = [waiting(t, forks.start, [], file), waiting(t, startQemu, [], file)];
  await a.ask('query-status');
  await b.ask('query-status');
  for (const one of [a, b]) t.equal(readlinkSync(`/proc/${one.pid()}/fd/3`), file);
  const others = (pid: number): string[] =>
    [0, 1, 4].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).replace(/\d+/g, 'N'));
  t.same(others(a.pid()), others(b.pid()));
});

t.test('it ends with us, however we end', async (t) => {
  const script = `
    import { startForkServer } from ${JSON.stringify(new URL('./fork-server.js', import.meta.url).href)};
    const forks = await startForkServer({}, new AbortController().signal);
    const args = ['-machine', 'none', '-display', 'none', '-nodefaults', '-pidfile', process.argv[1]];
    forks.start({ args, environment: {}, errors: '/dev/null' });
    setInterval(() => undefined, 1000);
  `;
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const pidFile = join(t.testdir({}), 'pid');
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, pidFile], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    t.teardown(() => child.kill('SIGKILL'));
    let pid = 0;
    for (let i = 0; i < 500 && pid === 0; i++) {
      await sleep(20);
      try {
        pid = Number(readFileSync(pidFile, 'utf8'));
      } catch {
        // not yet
      }
    }
    const forkServer = parentOf(pid);
    t.equal(parentOf(forkServer), child.pid);
    child.kill(signal);
    t.ok(await untilGone(pid, forkServer), signal);
  }
});

t.test('the one that is linked is killed: all that it forked end, and say why', async (t) => {
  const forks = await server(t);
  const one = waiting(t, forks.start);
  await one.ask('query-status');
  const pid = one.pid();
  process.kill(parentOf(pid), 'SIGKILL');
  const end = await one.qemu.ended;
  t.same([end.exitCode, end.signal], [undefined, undefined]);
  t.match(end.stderr, /the QEMU that others are forked from has ended: signal SIGKILL/);
  t.ok(await untilGone(pid));
  t.match(
    await waiting(t, forks.start).qemu.ended,
    { stderr: /has ended: signal SIGKILL/ },
    'and no other starts',
  );
});

t.test('it is let go of while one runs: that one goes on', async (t) => {
  const made = await startForkServer({}, never);
  if ('why' in made) throw new Error(made.why);
  const one = waiting(t, made.start);
  await one.ask('query-status');
  const forkServer = parentOf(one.pid());
  made.end();
  t.match(await one.ask('query-status'), { running: true });
  await one.ask('quit');
  t.same(await one.qemu.ended, { exitCode: 0, signal: undefined, stderr: '' });
  t.ok(await untilGone(forkServer), 'and then it ends');
});

/** PATH for the rest of the test: only these programs, which are shell scripts, and those that are found there. */
function path(t: Test, scripts: Readonly<Record<string, string>>, usual: readonly string[]): void {
  const folder = t.testdir();
  const all = usual.map((name) => [name, `exec ${found(name)} "$@"`] as const);
  for (const [name, text] of [...all, ...Object.entries(scripts)]) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  set(t, 'PATH', folder);
}

/** A variable of our environment, for the rest of the test. */
function set(t: Test, name: string, value: string): void {
  const before = process.env[name];
  process.env[name] = value;
  t.teardown(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });
}

t.test('a script in the place of QEMU that starts it: with the arguments that it adds', async (t) => {
  path(t, { [QEMU]: `exec ${found(QEMU)} -name wrapped "$@"` }, ['gcc', 'setpriv', 'as', 'ld']);
  const forks = await server(t);
  t.same(await waiting(t, forks.start).ask('query-name'), { name: 'wrapped' });
});

t.test('where there can be none it is said why, and nothing stays behind', async (t) => {
  const temporary = mkdtempSync(join(tmpdir(), 'fencelab-fork-test-'));
  t.teardown(() => rmSync(temporary, { recursive: true }));
  set(t, 'TMPDIR', temporary);
  await t.test('no compiler', async (t) => {
    path(t, {}, ['setpriv', QEMU]);
    t.match(await startForkServer({}, never), { why: /does not compile: gcc/ });
    t.same(readdirSync(temporary), []);
  });
  await t.test('a QEMU that ends', async (t) => {
    path(t, { [QEMU]: 'echo no such thing >&2; exit 3' }, ['gcc', 'setpriv', 'as', 'ld']);
    t.match(await startForkServer({}, never), { why: /has ended: no such thing/ });
    t.same(readdirSync(temporary), []);
  });
  await t.test('an abort', async (t) => {
    await t.rejects(startForkServer({}, AbortSignal.abort()), { name: 'AbortError' });
    t.same(readdirSync(temporary), []);
  });
});
