// SPDX-License-Identifier: MIT
// Ctrl-C, and worse: no QEMU stays behind.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { projectRoot } from '../folders.js';

// A kernel may have to be built first.
t.setTimeout(1_500_000);

/** Processes whose command line has `text`, by looking at /proc as pgrep does. */
function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false; // it ended meanwhile
      }
    })
    .map(Number);
}

async function until(condition: () => boolean, seconds: number): Promise<boolean> {
  for (let i = 0; i < seconds * 20; i++) {
    if (condition()) return true;
    await sleep(50);
  }
  return condition();
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 130],
  ['SIGKILL', null],
] as const)
  t.test(`${signal} while guests run`, async (t) => {
    const folder = t.testdir();
    const qemus = (): number[] => processesWith(join(folder, '')).filter((pid) => pid !== child.pid);
    const child = spawn(
      process.execPath,
      [join(projectRoot, 'bin/fencelab.js'), 'check', '--only', 'selftest@silent', '--results', folder],
      { stdio: 'ignore' },
    );
    const exited = new Promise<number | null>((resolve) => child.on('exit', (c) => resolve(c)));
    t.ok(await until(() => qemus().length > 0, 300), 'a guest runs');
    await sleep(500);
    child.kill(signal);
    t.equal(await exited, code);
    t.ok(await until(() => qemus().length === 0, 10), 'no QEMU is left');
  });
