// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { projectRoot } from '../folders.js';
import type { KernelSpec } from './spec.js';

/** A patch file that has been read. */
export interface Patch {
  /** "0003-dma-buf-….patch" */
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly text: string;
  /** Every path it names, old and new, without the a/ and b/. */
  readonly paths: readonly string[];
}

/** The series that `--patch auto` applies to 5.10. */
export const ourSeries: string = join(projectRoot, 'kernel-patch', 'linux-5.10');

/** Turn `--patch` into patches in the order in which they are applied. */
export async function readPatches(wanted: readonly string[], kernel: KernelSpec): Promise<Patch[]> {
  const places: string[] = [];
  for (const word of wanted) {
    if (word === 'none' || word === 'auto') {
      if (wanted.length > 1)
        throw new UsageError(`--patch ${word} cannot be combined with other patches.`, {
          remedy: `Name the series itself: --patch ${ourSeries}`,
        });
      if (word === 'auto' && kernel.kind === 'debian' && kernel.series === '5.10') places.push(ourSeries);
    } else {
      places.push(resolve(word));
    }
  }
  const files: string[] = [];
  for (const place of places) files.push(...(await patchFiles(place)));
  return Promise.all(files.map(readPatch));
}

/** The files of one `--patch`: a patch itself, or what a folder's `series` file lists. */
async function patchFiles(place: string): Promise<string[]> {
  const found = await stat(place).catch(() => undefined);
  if (found === undefined)
    throw new UsageError(`--patch ${place}: there is no such file or folder.`, {
      remedy: 'Give a .patch or .mbox file, or a folder with a `series` file; or auto, or none.',
    });
  if (!found.isDirectory()) return [place];
  const series = await readFile(join(place, 'series'), 'utf8').catch(() => undefined);
  if (series === undefined) {
    const near = (await readdir(place)).filter((name) => name.endsWith('.patch')).length;
    throw new UsageError(`--patch ${place}: the folder has no \`series\` file (and ${near} patches).`, {
      remedy: 'Write their names into a file called `series`, one a line, in the order in which they apply.',
    });
  }
  const names = parseSeries(series);
  if (names.length === 0)
    throw new UsageError(`${join(place, 'series')} names no patch.`, {
      remedy: 'A kernel without patches is asked for with: --patch none',
    });
  for (const { name, line } of names) {
    const there = await stat(join(place, name)).catch((error: NodeJS.ErrnoException) => error);
    if (there instanceof Error || !there.isFile())
      throw new UsageError(
        `${join(place, 'series')}, line ${line}: the patch ${name} cannot be read: ${there instanceof Error ? there.code : 'it is no file'}`,
        { remedy: 'A `series` file has the name of a patch beside it on each line; "#" begins a comment.' },
      );
  }
  return names.map(({ name }) => join(place, name));
}

/** A quilt-like `series` file: a name a line; `#` begins a comment. With the line of each, from 1. */
export function parseSeries(text: string): { name: string; line: number }[] {
  return text
    .split('\n')
    .map((line, at) => ({ name: line.replace(/(^|\s)#.*$/, '').trim(), line: at + 1 }))
    .filter(({ name }) => name !== '');
}

async function readPatch(path: string): Promise<Patch> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`The patch ${path} cannot be read: ${cause.code ?? cause.message}`, {
      remedy: 'Is it listed in a `series` file, but not there?',
      cause,
    });
  });
  const text = bytes.toString('utf8');
  const paths = pathsOf(text);
  const name = basename(path);
  if (paths.length === 0)
    throw new UsageError(`${path} is no patch: it changes no file.`, {
      remedy: 'A unified diff is wanted, as `git format-patch` and `git diff` write it.',
    });
  const outside = paths.find((each) => each.startsWith('/') || each.split('/').includes('..'));
  if (outside !== undefined)
    throw new UsageError(
      `${path}, line ${lineOfPath(text, outside)}: ${outside} is outside the kernel tree.`,
      {
        remedy: 'Make the patch at the top of the tree, with a/ and b/ before the paths.',
      },
    );
  return { name, path, sha256: createHash('sha256').update(bytes).digest('hex'), text, paths };
}

/** Every path that a diff's headers name. A line of a hunk that looks like a header only costs a file looked at. */
export function pathsOf(diff: string): string[] {
  const paths = new Set<string>();
  const patterns = [
    /^(?:---|\+\+\+) "?[ab]\/([^\t\n"]+)"?(?:\t.*)?$/gm,
    /^(?:rename|copy) (?:from|to) "?([^\n"]+)"?$/gm,
    /^diff --git "?a\/([^\n"]+?)"? "?b\/\1"?$/gm,
  ];
  for (const pattern of patterns)
    for (const match of diff.matchAll(pattern)) if (match[1] !== undefined) paths.add(match[1].trimEnd());
  return [...paths];
}

/** The line of a diff, from 1, that names a path. */
const lineOfPath = (diff: string, path: string): number =>
  diff
    .split('\n')
    .findIndex((line) => /^(?:---|\+\+\+|rename|copy|diff) /.test(line) && line.includes(path)) + 1;
