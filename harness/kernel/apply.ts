// SPDX-License-Identifier: MIT
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UntestableError } from '../errors.js';
import { type Finished, run, tail } from '../process/run.js';
import type { Patch } from './patches.js';
import { exists, type Originals } from './source.js';

/** What patches make of a tree: for each path they name, the patched file in a scratch folder, or undefined: no such file. */
export interface Patched {
  readonly scratch: string;
  readonly files: ReadonlyMap<string, string | undefined>;
}

/**
 * Apply patches to copies of the files they name, in a scratch folder that the caller removes. The tree itself is not
 * written to, so a patch that does not apply changes nothing.
 */
export async function applyPatches(
  patches: readonly Patch[],
  originals: Originals,
  scratchParent: string,
  signal: AbortSignal,
): Promise<Patched> {
  await mkdir(scratchParent, { recursive: true });
  const scratch = await mkdtemp(join(scratchParent, 'patching-'));
  try {
    const paths = new Set(patches.flatMap((patch) => patch.paths));
    for (const path of paths) {
      const original = await originals.find(path);
      if (original === undefined) continue;
      await mkdir(dirname(join(scratch, path)), { recursive: true });
      await copyFile(original, join(scratch, path));
    }
    for (const patch of patches) await applyOne(patch, scratch, signal);
    const files = new Map<string, string | undefined>();
    for (const path of paths) {
      const file = join(scratch, path);
      files.set(path, (await exists(file)) ? file : undefined);
    }
    return { scratch, files };
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    throw error;
  }
}

async function applyOne(patch: Patch, scratch: string, signal: AbortSignal): Promise<void> {
  const diff = await decode(patch, scratch, signal);
  // git apply takes a hunk only where all of its context is, though some lines up or down: no fuzz.
  const done = await git(['apply', '--whitespace=nowarn', '-'], scratch, signal, diff);
  if (done.ok) return;
  const undone = await git(
    ['apply', '--check', '--reverse', '--whitespace=nowarn', '-'],
    scratch,
    signal,
    diff,
  );
  const detail = tail(done.output.replaceAll(/^error: /gm, ''));
  if (undone.ok)
    throw new UntestableError(`${patch.name} is in this tree already.`, {
      remedy: 'Leave it out: --patch none.',
    });
  if (await hasIoctls(scratch))
    throw new UntestableError(`${patch.name} does not apply: this tree has the sync file ioctls already.`, {
      remedy: 'Test it as it is: --patch none.',
      detail,
    });
  throw new UntestableError(`${patch.name} does not apply${whereFrom(done.output)}.`, {
    remedy: `Bring it up to date with this tree: in a checkout of it, \`git am --3way ${patch.path}\`.
Is it meant for another kernel, or does it need an earlier patch (--patch FIRST --patch SECOND)?`,
    detail,
  });
}

/** ": drivers/dma-buf/dma-buf.c, the hunk at line 120" */
export function whereFrom(output: string): string {
  const hunk = /patch failed: (.+):(\d+)$/m.exec(output);
  if (hunk !== null) return `: ${hunk[1]}, the hunk at line ${hunk[2]}`;
  const absent = /error: (.+): No such file or directory$/m.exec(output);
  if (absent !== null) return `: ${absent[1]} is not in this tree`;
  const present = /error: (.+): already exists in working directory$/m.exec(output);
  if (present !== null) return `: ${present[1]} is in this tree already`;
  const corrupt = /corrupt patch at line (\d+)/.exec(output);
  return corrupt === null ? '' : `: it is damaged at line ${corrupt[1]}`;
}

async function hasIoctls(scratch: string): Promise<boolean> {
  const header = join(scratch, 'include/uapi/linux/dma-buf.h');
  return (await run('grep', ['-q', 'DMA_BUF_IOCTL_EXPORT_SYNC_FILE', header])).ok;
}

/** A mail whose body is encoded (base64, quoted-printable) is decoded by git's own mail tools; a diff is one already. */
async function decode(patch: Patch, scratch: string, signal: AbortSignal): Promise<string> {
  if (!/^content-transfer-encoding: *(base64|quoted-printable)/im.test(patch.text)) return patch.text;
  const mails = join(scratch, '.mails');
  await mkdir(mails, { recursive: true });
  const input = join(mails, 'mbox');
  await writeFile(input, patch.text);
  const split = await git(['mailsplit', `-o${mails}`, input], scratch, signal);
  const count = split.ok ? Number(split.stdout.trim()) : 0;
  let diff = '';
  for (let number = 1; number <= count; number++) {
    const mail = join(mails, String(number).padStart(4, '0'));
    const body = join(mails, `${number}.diff`);
    const info = await run(
      'sh',
      ['-c', 'git mailinfo /dev/null "$2" < "$1" >/dev/null && cat "$2"', '-', mail, body],
      {
        signal,
      },
    );
    if (!info.ok)
      throw new UntestableError(`${patch.name} is a mail that git cannot read.`, {
        detail: tail(info.output),
      });
    diff += `${info.stdout}\n`;
  }
  await rm(mails, { recursive: true, force: true });
  return diff;
}

/** git in a folder that is no repository, whatever folder it lies in and whatever the caller's environment says. */
async function git(
  args: readonly string[],
  cwd: string,
  signal: AbortSignal,
  input?: string,
): Promise<Finished> {
  const unset = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX'].flatMap((name) => ['-u', name]);
  const done = await run('env', [...unset, 'git', ...args], {
    cwd,
    env: { LC_ALL: 'C', GIT_CEILING_DIRECTORIES: dirname(cwd), GIT_CONFIG_GLOBAL: '/dev/null' },
    signal,
    ...(input === undefined ? {} : { input }),
  });
  signal.throwIfAborted();
  return done;
}
