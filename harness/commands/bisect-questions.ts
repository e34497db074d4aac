// SPDX-License-Identifier: MIT
import { basename, resolve } from 'node:path';
import type { Asked } from '../bisect/state.js';
import { UsageError } from '../errors.js';
import { fit } from '../progress/words.js';
import { few, plural } from '../report/lines.js';
import { type Check, patchDigests } from './bisect-check.js';
import { askedOfConfigs, readConfigs, searchConfigs } from './bisect-config.js';
import { describeCommit, gitSays } from './bisect-git.js';
import type { BisectOptions } from './bisect-options.js';
import { askedOf, rangeOf, searchRepo } from './bisect-repo.js';
import type { Search } from './bisect-search.js';
import { askedOfSeries, patchRange, prefixId, searchSeries, subjectOf } from './bisect-series.js';

/** What a search is to find out, and how. */
export interface Question {
  readonly check: Check;
  readonly asked: Asked;
  /** Part of its folder's name. */
  readonly name: string;
  readonly title: string;
  search(search: Search, signal: AbortSignal): Promise<Answer>;
}

export interface Answer {
  /** It is one. */
  readonly isFound: boolean;
  /** What it is, for people. */
  readonly found: readonly string[];
  /** The trial of what was found, and of the bad end. */
  readonly shows: string | undefined;
  readonly failing: string;
}

const CANDIDATES_SHOWN = 20;

export async function repoQuestion(
  options: BisectOptions,
  check: Check,
  signal: AbortSignal,
): Promise<Question> {
  const { good, bad } = options;
  if (good === undefined || bad === undefined)
    throw new UsageError(
      `--${good === undefined ? 'good' : 'bad'} is missing: a commit that ${good === undefined ? 'holds' : 'fails'}.`,
      {
        remedy: 'fencelab bisect --repo ~/linux --good v6.1 --bad HEAD -- --only import',
      },
    );
  const range = await rangeOf({ ...options, repo: options.repo ?? '.', good, bad }, signal);
  const steps = Math.ceil(Math.log2(range.commits + 1));
  const seeks = range.new.holds
    ? `the commit that mended it (${range.terms.new})`
    : `the first ${range.terms.new} commit`;
  const failing = range.new.holds ? range.old.sha : range.new.sha;
  return {
    check,
    asked: { ...askedOf(range), patches: await patchDigests(check.options.patch, range.repo.path) },
    name: range.repo.name,
    title: `${range.repo.name}: ${seeks}, of ${plural(range.commits, 'commit')} from ${range.old.word} to ${range.new.word}; about ${steps} steps besides both ends`,
    search: async (search, signal) => {
      const { candidates } = await searchRepo(range, search, signal);
      const where = range.repo.path;
      const commits = await Promise.all(
        candidates.slice(0, CANDIDATES_SHOWN).map((sha) => describeCommit(where, sha, signal)),
      );
      const [first] = commits;
      if (first === undefined || candidates.length > 1)
        return {
          isFound: false,
          found: [
            `One of these ${candidates.length} is the first ${range.terms.new} commit; those between could not be tested:`,
            ...commits.map(({ sha, subject }) => `  ${sha} ${fit(subject, 90)}`),
            ...(candidates.length > CANDIDATES_SHOWN
              ? [`  and ${candidates.length - CANDIDATES_SHOWN} more`]
              : []),
          ],
          shows: undefined,
          failing,
        };
      const touched = await gitSays(
        where,
        ['show', '--format=', '--stat=100', '--stat-count=6', first.sha],
        signal,
      );
      const found = [
        `${first.sha} is the first ${range.terms.new} commit`,
        `  ${fit(first.subject, 200)}`,
        `  ${fit(first.author, 120)}, ${first.date}`,
        ...touched
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => ` ${fit(line, 110)}`),
      ];
      return { isFound: true, found, shows: first.sha, failing };
    },
  };
}

/** What --on is, where nobody says. */
const USUAL_KERNEL = 'debian:5.10';

export async function seriesQuestion(options: BisectOptions, check: Check): Promise<Question> {
  const { series = '', on = USUAL_KERNEL, broke = false, fixed = false } = options;
  if (broke === fixed)
    throw new UsageError(
      `--series needs ${broke ? 'only one of --broke and --fixed' : '--broke or --fixed'}.`,
      {
        remedy: '--broke: it fails with the whole series and not without; --fixed: the other way round.',
      },
    );
  const range = await patchRange({ ...options, series, on, seeks: broke ? 'broke' : 'fixed' });
  const verb = broke ? 'broke' : 'mended';
  const line = (n: number): string => {
    const patch = range.patches[n - 1];
    return patch === undefined ? '' : `${n}. ${patch.name}: ${fit(subjectOf(patch), 100)}`;
  };
  return {
    check,
    asked: askedOfSeries(range),
    name: basename(resolve(series)),
    title: `${basename(resolve(series))} on ${range.on}: the patch that ${verb} it, of patches ${range.from + 1} to ${range.to}`,
    search: async (search, signal) => {
      const numbers = (await searchSeries(range, search, signal)).candidates.map(Number);
      const [first = 0] = numbers;
      const isFound = numbers.length === 1;
      const text = range.patches[first - 1]?.text ?? '';
      const author = /^From: (.+)$/m.exec(text)?.[1];
      const date = /^Date: (.+)$/m.exec(text)?.[1];
      const found = isFound
        ? [
            `this patch ${verb} it: ${line(first)}`,
            ...(author === undefined ? [] : [`  ${author}${date === undefined ? '' : `, ${date}`}`]),
          ]
        : [
            `One of these ${numbers.length} ${verb} it; those between could not be tested:`,
            ...few(
              numbers.map((n) => `  ${line(n)}`),
              CANDIDATES_SHOWN,
            ),
          ];
      return {
        isFound,
        found,
        shows: prefixId(first),
        failing: prefixId(broke ? range.to : range.from),
      };
    },
  };
}

export async function configQuestion(options: BisectOptions, check: Check): Promise<Question> {
  const configs = await readConfigs(options.config ?? [], options.on ?? USUAL_KERNEL, check.options.patch);
  return {
    check,
    asked: askedOfConfigs(configs),
    name: `config-${configs.bad.name}`,
    title: `${configs.good.name} and ${configs.bad.name} on ${configs.on}: the options that make it fail`,
    search: async (search, signal) => {
      const { lines, shows, isSmall } = await searchConfigs(configs, search, signal);
      const heading = isSmall
        ? 'it fails with'
        : 'it fails with these, which could not be told apart: what lies between could not be tested';
      return { isFound: isSmall, found: [heading, ...lines], shows: shows?.id, failing: 'all of bad' };
    },
  };
}
