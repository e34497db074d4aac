// SPDX-License-Identifier: MIT
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { projectRoot } from '../../folders.js';
import { run } from '../../process/run.js';
import { sha256Text } from '../../record/folder.js';
import { History } from './history.js';

const FAKE = join(projectRoot, 'dist/harness/commands/testing/bisect-fake.js');

/** A repository and a place for searches of it. */
export async function bisectLab(t: Test, words: readonly string[] = []) {
  const root = t.testdir({});
  const history = await History.create(join(root, 'linux'));
  const shas = await history.verdicts(words);
  // git writes an empty file of packed references where there is none, whatever bisection it is
  if (words.length > 0) await history.git('pack-refs', '--all');
  const results = join(root, 'results');
  const log = join(root, 'judged.log');
  const env = { FENCELAB_CACHE: join(root, 'cache'), FAKE_LOG: log, NO_COLOR: '1' };
  const args = (options: object, behind: readonly string[] = []) => [
    FAKE,
    JSON.stringify({ results, ...options }),
    ...behind,
  ];
  const bisect = (options: object, more: Readonly<Record<string, string>> = {}, behind?: readonly string[]) =>
    run(process.execPath, args(options, behind), { env: { ...env, ...more } });
  const at = (n: number): string => shas[n - 1] ?? '';
  const range = { repo: history.folder, good: at(1), bad: shas.at(-1) ?? '' };
  const judged = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
  const folder = () => join(results, readdirSync(results).find((name) => name.startsWith('bisect-')) ?? '');
  return { root, history, shas, at, range, bisect, judged, folder, args, env };
}

/** All that a bisection must not touch: HEAD, index, references, worktrees, what is checked out, settings. */
async function untouched({ folder, git }: { folder: string; git: History['git'] }): Promise<unknown> {
  const files = readdirSync(join(folder, '.git'), { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('objects'))
    .sort();
  const bytes = (name: string): string => {
    try {
      return sha256Text(readFileSync(join(folder, '.git', name), 'latin1')).slice(0, 8);
    } catch {
      return 'a folder';
    }
  };
  const content = files.map((name) => [name, bytes(name)]);
  return { content, status: await git('status', '--porcelain'), refs: await git('for-each-ref') };
}

/** The same, of a history. */
export const seen = (history: History) =>
  untouched({ folder: history.folder, git: (...args) => history.git(...args) });
