// SPDX-License-Identifier: MIT
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { composed, differing, type Option, optionLine, overridden } from '../bisect/config-options.js';
import { isolate } from '../bisect/isolate.js';
import type { Asked } from '../bisect/state.js';
import type { Trial } from '../bisect/trial.js';
import { UntestableError, UsageError } from '../errors.js';
import { parseConfig } from '../kernel/kconfig.js';
import { sha256Text } from '../record/folder.js';
import { few } from '../report/lines.js';
import { patchDigests } from './bisect-check.js';
import type { Candidate } from './bisect-judge.js';
import { checkEnd, type Search, tryOne } from './bisect-search.js';

/** Two configurations of one kernel, of which one holds and the other does not. */
export interface Configs {
  readonly on: string;
  readonly patch: readonly string[];
  /** What is in the patches, by their sha256: the same files with another text are another search. */
  readonly patches: readonly string[];
  readonly good: { readonly name: string; readonly text: string };
  readonly bad: { readonly name: string; readonly text: string };
}

export async function readConfigs(
  files: readonly string[],
  on: string,
  patch: readonly string[],
): Promise<Configs> {
  const [good, bad, ...more] = files;
  if (good === undefined || bad === undefined || more.length > 0)
    throw new UsageError(`--config wants two files, GOOD and BAD, and got ${files.length}.`, {
      remedy: 'What is run on the kernels goes behind a "--".',
    });
  const [one, other] = await Promise.all([readConfig(good), readConfig(bad)]);
  return { on, patch, patches: await patchDigests(patch, on), good: one, bad: other };
}

async function readConfig(file: string): Promise<{ name: string; text: string }> {
  const text = await readFile(resolve(file), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(
      `--config ${file}: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.message}.`,
    );
  });
  const lines = text.split('\n');
  const strange = lines.findIndex((line) => !/^\s*(#.*)?$|^CONFIG_\w+=.*$/.test(line));
  if (strange >= 0)
    throw new UsageError(`--config ${file}, line ${strange + 1}: "${lines[strange]}" is no config line.`, {
      remedy: 'A .config is wanted: CONFIG_NAME=value, or "# CONFIG_NAME is not set".',
    });
  if (parseConfig(text).size === 0) throw new UsageError(`--config ${file} sets no option.`);
  return { name: basename(file), text };
}

export const askedOfConfigs = ({ on, patch, patches, good, bad }: Configs): Asked => ({
  ...{ mode: 'config', on, patch: [...patch], patches: [...patches] },
  ...{ good: sha256Text(good.text), bad: sha256Text(bad.text) },
});

/** What is known of the options: for the report. */
export interface OptionsFound {
  /** Nothing of it can be taken away. */
  readonly isSmall: boolean;
  /** "CONFIG_A: n -> y" and what else is to be said. */
  readonly lines: readonly string[];
  readonly shows: Trial | undefined;
}

/** Which of the options in which they differ make it fail. */
export async function searchConfigs(
  configs: Configs,
  search: Search,
  signal: AbortSignal,
): Promise<OptionsFound> {
  const end = (side: 'good' | 'bad'): Candidate =>
    candidateOf(configs, `all of ${side}`, configs[side].name, configs[side]);
  const bad = await checkEnd(search, end('bad'), { word: configs.bad.name, holds: false }, signal);
  const good = await checkEnd(search, end('good'), { word: configs.good.name, holds: true }, signal);
  const values = { good: await configOf(search, good), bad: await configOf(search, bad) };
  const options = differing(values.good, values.bad);
  search.progress.say(
    `${configs.good.name} and ${configs.bad.name} differ in ${options.length} options, once this kernel has read them`,
  );
  const tryWith = async (chosen: readonly Option[]): Promise<Trial> => {
    const known = chosen.length === 0 ? good : chosen.length === options.length ? bad : undefined;
    if (known !== undefined) return known;
    const symbols = chosen.map(({ symbol }) => symbol);
    const id = `options ${sha256Text(symbols.join(' ')).slice(0, 16)}`;
    const isNew = search.session.trial(id) === undefined;
    const title = `with ${few(symbols, 3).join(', ')} as in ${configs.bad.name}`;
    const config = { name: title, text: composed(values.good, chosen) };
    const trial = await tryOne(search, candidateOf(configs, id, title, config), undefined, signal);
    if (isNew && trial.config !== undefined)
      for (const line of overrideLines(options, chosen, await configOf(search, trial)))
        search.progress.say(line);
    return trial;
  };
  const { culprits, needed, minimal } = await isolate(
    options,
    async (chosen) => (await tryWith(chosen)).outcome,
  );
  const shows = await tryWith(options.filter((each) => culprits.includes(each) || needed.includes(each)));
  const came = shows.config === undefined ? values.bad : await configOf(search, shows);
  const drawn = differing(values.good, came).filter(
    ({ symbol }) => ![...culprits, ...needed].some((each) => each.symbol === symbol),
  );
  return {
    isSmall: minimal,
    lines: [
      ...culprits.map((option) => `  ${optionLine(option)}`),
      ...(needed.length === 0 ? [] : ['and only together with']),
      ...needed.map((option) => `  ${optionLine(option)}`),
      ...(drawn.length === 0 ? [] : ['what the configuration then changes by itself']),
      ...few(
        drawn.map((option) => `  ${optionLine(option)}`),
        8,
      ),
    ],
    shows: shows.outcome === 'fails' ? shows : bad,
  };
}

async function configOf({ session }: Search, { config, title }: Trial): Promise<ReadonlyMap<string, string>> {
  const text =
    config === undefined
      ? undefined
      : await readFile(join(session.folder, config), 'utf8').catch(() => undefined);
  if (text !== undefined) return parseConfig(text);
  throw new UntestableError(`The configuration of ${title} is not in the search's folder any more.`, {
    remedy: 'Begin the search anew: --restart',
  });
}

function overrideLines(
  all: readonly Option[],
  chosen: readonly Option[],
  effective: ReadonlyMap<string, string>,
): string[] {
  const other = overridden(all, chosen, effective);
  if (other.length === 0) return [];
  const words = other.map(({ symbol, asked, got }) => `CONFIG_${symbol} is ${got}, not ${asked}`);
  return [`   the kernel's configuration decides otherwise: ${few(words, 4).join('; ')}`];
}

function candidateOf(
  { on, patch }: Configs,
  id: string,
  title: string,
  config: { readonly name: string; readonly text: string },
): Candidate {
  return { id, title, target: { kernel: on, patch }, more: { config } };
}
