// SPDX-License-Identifier: MIT
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeWhole } from '../cache/stamp.js';
import { UntestableError } from '../errors.js';
import { tail, whyFailed } from '../process/run.js';
import { type Configuration, verify } from './configure.js';
import { asConfig } from './fragments.js';
import { make } from './make.js';
import type { WholeConfig } from './types.js';

/**
 * Give the build folder a configuration that somebody else has made, as `make olddefconfig` reads it: options that the
 * tree does not know are dropped, those that the file does not name get their defaults. What a guest cannot do without is
 * set in any case. The .config tells what came of it.
 */
export async function configureWhole(what: Configuration, config: WholeConfig): Promise<void> {
  const needed = what.requirements.filter(({ needed }) => needed);
  const present = join(what.out, '.config');
  const fresh = `${present}.new`;
  await mkdir(dirname(present), { recursive: true });
  // The last word on a symbol counts
  await writeWhole(fresh, `${config.text.trimEnd()}\n${asConfig(needed)}`);
  const done = await make({
    tree: what.tree,
    out: what.out,
    jobs: 1,
    targets: ['olddefconfig'],
    variables: { KCONFIG_CONFIG: fresh },
    log: what.log,
    signal: what.signal,
  });
  if (!done.ok)
    throw new UntestableError(`${config.name} is no configuration: make olddefconfig ${whyFailed(done)}.`, {
      remedy: `All of it is in ${what.log}`,
      detail: tail(done.output),
    });
  await verify({ ...what, requirements: needed }, fresh);
  await rm(`${fresh}.old`, { force: true });
  const [before, after] = await Promise.all([readFile(present).catch(() => undefined), readFile(fresh)]);
  // An unchanged one keeps its time: the kernel holds a copy of it, and would be linked again
  if (before?.equals(after) === true) await rm(fresh);
  else await rename(fresh, present);
}
