// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../harness/folders.js';
import { type Finished, run, whyFailed } from '../../harness/process/run.js';

/** A clone of this project as it is now, with what is not committed yet, as a service of CI would check it out. */
export interface Clone {
  readonly folder: string;
  /** A folder beside it, for what is not to be in the clone. */
  readonly aside: string;
  /** A program in the clone. Throws if it fails. */
  must(program: string, args: readonly string[]): Promise<Finished>;
  remove(): void;
}

export async function makeClone(): Promise<Clone> {
  const aside = mkdtempSync(join(tmpdir(), 'fl-ci-'));
  const folder = join(aside, 'clone');
  const must = async (cwd: string, program: string, args: readonly string[]): Promise<Finished> => {
    const done = await run(program, args, { cwd });
    if (!done.ok) throw new Error(`${program} ${args.join(' ')} ${whyFailed(done)}: ${done.output}`);
    return done;
  };
  try {
    await must(projectRoot, 'git', ['clone', '-q', '--local', projectRoot, folder]);
    const patch = join(aside, 'not-committed.patch');
    await must(projectRoot, 'git', ['diff', '--binary', `--output=${patch}`, 'HEAD']);
    await must(folder, 'git', ['apply', '--allow-empty', patch]);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw error;
  }
  return {
    folder,
    aside,
    must: (program, args) => must(folder, program, args),
    remove: () => rmSync(aside, { recursive: true, force: true }),
  };
}
