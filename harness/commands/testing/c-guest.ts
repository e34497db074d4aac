// SPDX-License-Identifier: MIT
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cache } from '../../cache/cache.js';
import { cacheFolder } from '../../folders.js';
import { provideKernel } from '../../kernel/provide.js';
import { run } from '../../process/run.js';
import type { Progress } from '../../progress/progress.js';
import { cpio } from '../../vm/cpio.js';
import { startMachine } from '../../vm/machine.js';
import { profileMachine } from '../profiles.js';

/** PID 1 for one program: mounts what it needs, runs it, says how it ended. */
const INIT = `#include <stdio.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int status;

	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	if (fork() == 0) {
		execl("/program", "program", NULL);
		_exit(126);
	}
	wait(&status);
	printf("\\nended with %d\\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	fflush(stdout);
	reboot(RB_AUTOBOOT);
	return 0;
}
`;

const PROGRESS: Progress = {
  stage: () => ({ update: () => undefined, end: () => undefined, fail: () => undefined }),
  say: () => undefined,
};

/** A kernel under test and how many processors it gets. */
export interface CKernel {
  readonly kernel: string;
  readonly patch: readonly string[];
  readonly cpus: number;
}

/**
 * A C program in a guest of its own, with nothing of ours but what mounts debugfs. What it and the kernel said, and its
 * exit status; undefined if it did not come to an end.
 */
export async function runInGuest(
  source: string,
  { kernel, patch, cpus }: CKernel,
  folder: string,
): Promise<{ said: string; exit: number | undefined }> {
  const { signal } = new AbortController();
  const cache = await Cache.open(cacheFolder());
  const image = await provideKernel(
    { kernel, patch, profile: 'fast' },
    { cache: cache.root, progress: PROGRESS, signal },
  );
  const binaries = new Map<string, Buffer>();
  for (const [name, text] of [
    ['init', INIT],
    ['program', source],
  ] as const)
    binaries.set(name, await compile(name, text, folder));
  const initramfs = join(folder, 'initramfs.cpio');
  writeFileSync(
    initramfs,
    cpio([
      ...['dev', 'proc', 'sys'].map((path) => ({ kind: 'directory' as const, path })),
      { kind: 'device', path: 'dev/console', major: 5, minor: 1 },
      ...[...binaries].map(([path, data]) => ({ kind: 'file' as const, path, data, mode: 0o755 })),
    ]),
  );
  const guest = join(folder, 'guest');
  mkdirSync(guest);
  const { pvh, memoryMiB } = profileMachine('fast');
  let said = '';
  const machine = startMachine(
    {
      ...{ kernel: pvh ? image.vmlinux : image.image, initramfs, pvh, accelerator: 'tcg' },
      ...{ gpu: 'none', cpus, memoryMiB, append: ['quiet'] },
    },
    guest,
    {
      onResults: () => undefined,
      onTrace: () => undefined,
      onConsole: (bytes) => {
        said += bytes.toString('latin1');
      },
    },
  );
  await machine.ended;
  said = said.replaceAll('\r', '');
  const ended = /^ended with (-?\d+)$/m.exec(said)?.[1];
  return { said, exit: ended === undefined ? undefined : Number(ended) };
}

async function compile(name: string, text: string, folder: string): Promise<Buffer> {
  const file = join(folder, `${name}.c`);
  writeFileSync(file, text);
  const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-static', '-pthread'];
  const r = await run('gcc', [...flags, '-o', join(folder, name), file]);
  if (!r.ok) throw new Error(r.output);
  return readFileSync(join(folder, name));
}
