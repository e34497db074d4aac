// SPDX-License-Identifier: MIT
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.js';
import { projectRoot } from '../folders.js';

/** One line of a config fragment: a symbol that must have this value. */
export interface Requirement {
  /** Without CONFIG_. */
  readonly symbol: string;
  /** As .config spells it: `y`, `n`, `8`, `"text"`. */
  readonly value: string;
  /** Where a kernel does not know the symbol, it may do without. */
  readonly optional: boolean;
  /** The guest cannot boot, or the tests not run, without it (`--image` refuses a kernel that lacks it). */
  readonly needed: boolean;
  /** "base.config:12" */
  readonly from: string;
}

const SET = /^CONFIG_(\w+)=(".*?"|\S+)((?:\s+[A-Z]+)*)\s*$/;
const UNSET = /^# CONFIG_(\w+) is not set((?:\s+[A-Z]+)*)\s*$/;

/** Parse a fragment. Anything that is neither a requirement nor a comment is refused. */
export function parseFragment(text: string, name: string): Requirement[] {
  const found: Requirement[] = [];
  text.split('\n').forEach((line, index) => {
    const from = `${name}:${index + 1}`;
    const set = SET.exec(line);
    const unset = set === null ? UNSET.exec(line) : null;
    const [symbol, value, marks] =
      set !== null ? [set[1], set[2], set[3]] : unset !== null ? [unset[1], 'n', unset[2]] : [];
    if (symbol === undefined || value === undefined) {
      if (line.trim() === '' || (line.startsWith('#') && !line.startsWith('# CONFIG_'))) return;
      throw new UsageError(`${from}: "${line}" is no config line.`, {
        remedy: 'Write CONFIG_NAME=value, or "# CONFIG_NAME is not set"; OPTIONAL and NEEDED may follow.',
      });
    }
    const words = (marks ?? '').split(/\s+/).filter((word) => word !== '');
    const strange = words.find((word) => word !== 'OPTIONAL' && word !== 'NEEDED');
    if (strange !== undefined)
      throw new UsageError(`${from}: "${strange}" is no mark.`, { remedy: 'OPTIONAL and NEEDED are.' });
    found.push({
      symbol,
      value,
      optional: words.includes('OPTIONAL'),
      needed: words.includes('NEEDED'),
      from,
    });
  });
  return found;
}

/** Put fragments together: the last word on a symbol counts. */
export function merge(fragments: readonly (readonly Requirement[])[]): Requirement[] {
  const bySymbol = new Map<string, Requirement>();
  for (const requirement of fragments.flat()) {
    bySymbol.delete(requirement.symbol);
    bySymbol.set(requirement.symbol, requirement);
  }
  return [...bySymbol.values()];
}

/** As Kconfig reads it (KCONFIG_ALLCONFIG). */
export const asConfig = (requirements: readonly Requirement[]): string =>
  requirements
    .map(({ symbol, value }) =>
      value === 'n' ? `# CONFIG_${symbol} is not set\n` : `CONFIG_${symbol}=${value}\n`,
    )
    .join('');

const FOLDER = join(projectRoot, 'vm-images', 'config');

/** What a profile requires: base.config, then its own fragment, then more files if asked. */
export async function profileRequirements(
  profile: string,
  more: readonly string[] = [],
): Promise<Requirement[]> {
  const profiles = (await readdir(FOLDER))
    .filter((file) => file.endsWith('.config') && file !== 'base.config')
    .map((file) => file.slice(0, -'.config'.length));
  if (!profiles.includes(profile))
    throw new UsageError(`--profile ${profile}: there is no such profile.`, {
      remedy: `There are: ${profiles.sort().join(', ')} (vm-images/config).`,
    });
  const files = [join(FOLDER, 'base.config'), join(FOLDER, `${profile}.config`), ...more];
  const read = files.map(async (file) =>
    parseFragment(await readFile(file, 'utf8'), file.replace(/^.*\//, '')),
  );
  return merge(await Promise.all(read));
}
