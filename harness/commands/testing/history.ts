// SPDX-License-Identifier: MIT
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../../process/run.js';

/** A git repository made for a test; nothing of the user's own git has a say in it. */
export class History {
  readonly folder: string;
  #commits = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(folder: string, files: Readonly<Record<string, string>> = {}): Promise<History> {
    mkdirSync(folder, { recursive: true });
    const history = new History(folder);
    await history.git('init', '-q', '-b', 'main');
    // Enough to be taken for a kernel tree
    history.write({ Makefile: 'VERSION = 5\nPATCHLEVEL = 10\nSUBLEVEL = 1\n', Kconfig: '\n', ...files });
    return history;
  }

  /** git, as a user would type it. Throws where it fails. */
  async git(...args: string[]): Promise<string> {
    const day = String(10 + (this.#commits % 20));
    const date = `2026-01-${day}T12:00:00 +0000`;
    const done = await run('git', args, {
      cwd: this.folder,
      env: {
        ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', LC_ALL: 'C' },
        ...{ GIT_AUTHOR_NAME: 'A Developer', GIT_AUTHOR_EMAIL: 'a@example.org', GIT_AUTHOR_DATE: date },
        ...{ GIT_COMMITTER_NAME: 'C', GIT_COMMITTER_EMAIL: 'c@example.org', GIT_COMMITTER_DATE: date },
      },
    });
    if (!done.ok) throw new Error(`git ${args.join(' ')}: ${done.output}`);
    return done.stdout;
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
  }

  /** One more commit; gives its sha. */
  async commit(subject: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
    this.#commits++;
    this.write(files);
    await this.git('add', '-A');
    await this.git('commit', '-q', '--allow-empty', '-m', subject);
    return this.git('rev-parse', 'HEAD');
  }

  /** A commit for each verdict, "commit 1" first; gives their shas. */
  async verdicts(words: readonly string[]): Promise<string[]> {
    const shas: string[] = [];
    for (const word of words)
      shas.push(await this.commit(`commit ${shas.length + 1}`, { verdict: `${word} ${shas.length + 1}\n` }));
    return shas;
  }
}
