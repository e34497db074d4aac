// SPDX-License-Identifier: MIT
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { cellsOf } from '../nightly/cells.js';
import { type Expectations, filesOf, misnamed, readExpectations } from '../nightly/expectations.js';
import { parseNightFile } from '../nightly/night-file.js';
import { type Beside, makePlan, type Plan } from '../nightly/plan.js';
import { GPUS } from '../vm/qemu-args.js';
import { KERNEL_PROFILES } from './profiles.js';
import { shortPath } from './short-path.js';

/** A night's file with all that belongs to it. */
export interface ReadNight {
  readonly plan: Plan;
  /** By the slug of a cell. */
  readonly expectations: ReadonlyMap<string, Expectations>;
  /** The files of expectations that belong to its cells. */
  readonly files: readonly Beside[];
  /** Paths in the file are relative to this. */
  readonly folder: string;
}

/** Reads a night's file and its files of expectations. Throws UsageError with file, line and reason. */
export function readNight(path: string): ReadNight {
  const file = resolve(path);
  const shown = shortPath(file);
  const read = parseNightFile(readText(file, shown), shown);
  const { cells, left } = cellsOf(read, { profiles: KERNEL_PROFILES, gpus: GPUS });
  const folder = dirname(file);
  const wanted = read.file.expectations;
  const place = join(folder, wanted ?? 'expectations');
  if (wanted !== undefined && !isFolder(place))
    read.refuse(['expectations'], `there is no folder ${shortPath(place)}`, 'Make it, or take the line out.');
  const names = isFolder(place) ? readdirSync(place) : [];
  const odd = misnamed(names);
  if (odd !== undefined)
    throw new UsageError(
      `${shortPath(join(place, odd))}: the name of a file of expectations ends in -fails.txt, -flakes.txt or -skips.txt`,
    );
  const slugs = [...new Set(cells.map(({ slug }) => slug))];
  const files = slugs.flatMap((slug) =>
    filesOf(slug)
      .filter(({ name }) => names.includes(name))
      .map(({ name }): Beside => ({ name, text: readFileSync(join(place, name), 'utf8') })),
  );
  const expectations = new Map(slugs.map((slug) => [slug, readExpectations(slug, files, shortPath(place))]));
  const name = basename(file).replace(/\.toml$/, '');
  const plan = makePlan(
    { name, strict: read.file.strict ?? true, retries: read.file.retries ?? 2, cells, left },
    files,
  );
  return { plan, expectations, files, folder };
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

function readText(file: string, shown: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new UsageError(`${shown} cannot be read: ${code === 'ENOENT' ? 'there is no such file' : code}`, {
      remedy: 'A night is described in a TOML file: ci/nightly.toml is one.',
      cause,
    });
  }
}
