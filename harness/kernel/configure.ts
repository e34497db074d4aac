// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readStamp, writeStamp, writeWhole } from '../cache/stamp.js';
import { UntestableError } from '../errors.js';
import { run, tail, whyFailed } from '../process/run.js';
import { asConfig, type Requirement } from './fragments.js';
import { explain, lookUp, parseConfig, unmet } from './kconfig.js';
import { make } from './make.js';
import { exists } from './source.js';

export interface Configuration {
  readonly tree: string;
  readonly out: string;
  readonly requirements: readonly Requirement[];
  /** Kconfig asks the compiler what it can do, so another compiler is another configuration. */
  readonly compiler: string;
  readonly log: string;
  readonly signal: AbortSignal;
}

const stampSchema = z.object({ madeFrom: z.string() });

/**
 * Give the build folder its .config: everything off, but what the requirements say. Each is verified to have taken.
 * An unchanged configuration keeps its file's time, since the kernel holds a copy of it (IKCONFIG) and would be linked
 * again.
 */
export async function configure(what: Configuration): Promise<void> {
  const stampFile = join(what.out, '.fencelab-config.json');
  const madeFrom = await inputs(what);
  const config = join(what.out, '.config');
  const stamp = await readStamp(stampFile, stampSchema);
  if (stamp?.madeFrom === madeFrom && (await exists(config))) return;

  const wanted = join(what.out, '.fencelab-allconfig');
  const fresh = `${config}.new`;
  await writeWhole(wanted, asConfig(what.requirements));
  const done = await make({
    tree: what.tree,
    out: what.out,
    jobs: 1,
    targets: ['allnoconfig'],
    variables: { KCONFIG_ALLCONFIG: wanted, KCONFIG_CONFIG: fresh },
    log: what.log,
    signal: what.signal,
  });
  if (!done.ok)
    throw new UntestableError(`The kernel could not be configured: make allnoconfig ${whyFailed(done)}.`, {
      remedy: `All of it is in ${what.log}`,
      detail: tail(done.output),
    });
  await verify(what, fresh);
  const [before, after] = await Promise.all([readFile(config).catch(() => undefined), readFile(fresh)]);
  if (before?.equals(after) === true) await rm(fresh);
  else await rename(fresh, config);
  await writeStamp(stampFile, { madeFrom });
}

/** A digest of all that the configuration depends on: the requirements, the compiler, the tree's Kconfig files. */
async function inputs(what: Configuration): Promise<string> {
  const kconfig = ['-name', 'Kconfig*', '-type', 'f', '-printf', '%P %s %T@\\n'];
  const found = await run('find', ['.', ...kconfig], { cwd: what.tree, signal: what.signal });
  what.signal.throwIfAborted();
  const files = found.stdout.split('\n').sort().join('\n'); // find's order is the disk's
  const hash = createHash('sha256');
  for (const part of [asConfig(what.requirements), what.compiler, files]) hash.update(part).update('\0');
  for (const { symbol, optional } of what.requirements) hash.update(optional ? `${symbol}?` : '');
  return hash.digest('hex');
}

/** Refuse a configuration that lacks what is required, saying what each option depends on. */
export async function verify(what: Configuration, file: string): Promise<void> {
  const config = parseConfig(await readFile(file, 'utf8'));
  const problems: string[] = [];
  for (const miss of unmet(what.requirements, config)) {
    const facts = await lookUp(what.tree, miss.requirement.symbol, what.signal);
    const absent = facts.places.length === 0;
    // A symbol that does not exist cannot be on; where it should be, that is only well if it is optional.
    if (absent && (miss.requirement.optional || miss.requirement.value === 'n')) continue;
    problems.push(explain(miss, facts, config));
  }
  if (problems.length === 0) return;
  const count = problems.length === 1 ? 'A required option' : `${problems.length} required options`;
  throw new UntestableError(`${count} did not take in this kernel's configuration.`, {
    remedy:
      'The lines named are in vm-images/config. A symbol that some kernels do not have is marked OPTIONAL there;\none that depends on another needs that one as well.',
    detail: problems.join('\n'),
  });
}
