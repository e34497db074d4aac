// SPDX-License-Identifier: MIT
import { access, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../cache/stamp.js';
import { UntestableError } from '../../errors.js';
import { type Finished, run, tail, whyFailed } from '../../process/run.js';
import type { Mirrors } from './mirrors.js';
import type { Suite } from './suites.js';

const KEYRINGS = ['gpg', 'pgp'].map((kind) => `/usr/share/keyrings/debian-archive-keyring.${kind}`);

/** One version of a package that the archive has. */
export interface Candidate {
  readonly version: string;
  readonly sha256: string;
}

/**
 * apt with a state folder of its own: it verifies signatures and checksums, heeds the user's proxy and other
 * settings, and changes nothing of the user's own apt.
 */
export class PrivateApt {
  readonly #folder: string;
  readonly #signal: AbortSignal;

  private constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
  }

  /** Write the configuration into `folder`. `suites` whose mirror is not known must have been left out. */
  static async create(
    folder: string,
    suites: readonly Suite[],
    mirrors: Mirrors,
    signal: AbortSignal,
  ): Promise<PrivateApt> {
    const keyring = await firstThatExists(KEYRINGS);
    if (keyring === undefined)
      throw new UntestableError('The keys of the Debian archive are not installed on this machine.', {
        remedy: 'apt-get install debian-archive-keyring',
      });
    for (const part of ['lists/partial', 'cache/archives/partial'])
      await mkdir(join(folder, part), { recursive: true });
    const stanzas = suites.map((suite) => stanza(suite, mirrors, keyring)).join('\n');
    await writeWhole(join(folder, 'debian.sources'), stanzas);
    await writeWhole(join(folder, 'apt.conf'), configuration(folder));
    return new PrivateApt(folder, signal);
  }

  /** Fetch the package lists. */
  async update(): Promise<Finished> {
    return this.#run('apt-get', ['update', '--error-on=any']);
  }

  /** Every version of a package in the lists at hand, newest first. */
  async candidates(name: string): Promise<Candidate[]> {
    const shown = await this.#run('apt-cache', ['show', name]);
    return shown.ok ? parseCandidates(shown.stdout) : []; // an unknown name is an error to apt-cache
  }

  /** Download a package into `into`; apt has verified it when this returns. Gives the file's path. */
  async download(name: string, version: string, into: string): Promise<string> {
    await mkdir(into, { recursive: true });
    const done = await this.#run('apt-get', ['download', `${name}=${version}`], into);
    if (!done.ok)
      throw new UntestableError(`${name} ${version} could not be downloaded: apt-get ${whyFailed(done)}.`, {
        remedy: 'Is the network there? What was downloaded before is kept, so try again.',
        detail: tail(done.output),
      });
    const debs = (await readdir(into)).filter((file) => file.startsWith(`${name}_`) && file.endsWith('.deb'));
    const [file] = debs;
    if (file === undefined || debs.length > 1)
      throw new Error(`[fencelab bug] apt-get download of ${name} left ${debs.length} files in ${into}`);
    return join(into, file);
  }

  async #run(tool: string, args: readonly string[], cwd = this.#folder): Promise<Finished> {
    const done = await run(tool, ['-q', '-c', join(this.#folder, 'apt.conf'), ...args], {
      cwd,
      env: { LC_ALL: 'C' },
      signal: this.#signal,
    });
    this.#signal.throwIfAborted();
    return done;
  }
}

async function firstThatExists(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

function stanza(suite: Suite, mirrors: Mirrors, keyring: string): string {
  const uri = mirrors[suite.from];
  if (uri === undefined) throw new Error(`[fencelab bug] no mirror for ${suite.name}`);
  return [
    'Types: deb',
    `URIs: ${uri}`,
    `Suites: ${suite.name}`,
    'Components: main',
    `Signed-By: ${keyring}`,
    ...(suite.ended === true ? ['Check-Valid-Until: no'] : []),
    '',
  ].join('\n');
}

/**
 * Read after the user's own configuration, so what is not named here (proxies, timeouts, certificates) stays theirs.
 * Hooks that act on the whole machine after an update are cleared. apt's unprivileged user cannot look into a cache
 * under /root, hence Sandbox::User; it only counts when apt runs as root.
 */
function configuration(folder: string): string {
  const settings: Record<string, string> = {
    'Dir::Etc::sourcelist': join(folder, 'debian.sources'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Cache::pkgcache': 'pkgcache.bin',
    'Dir::Cache::srcpkgcache': 'srcpkgcache.bin',
    'Acquire::Languages': 'none',
    'APT::Sandbox::User': 'root',
  };
  const clears = ['APT::Update::Pre-Invoke', 'APT::Update::Post-Invoke', 'APT::Update::Post-Invoke-Success'];
  return [
    ...clears.map((name) => `#clear ${name};`),
    ...Object.entries(settings).map(([name, value]) => `${name} ${JSON.stringify(value)};`),
    '',
  ].join('\n');
}

/** Read `apt-cache show`: a record a version, the newest first. */
export function parseCandidates(text: string): Candidate[] {
  const found: Candidate[] = [];
  for (const record of text.split(/\n\n+/)) {
    const version = /^Version: (\S+)$/m.exec(record)?.[1];
    const sha256 = /^SHA256: ([0-9a-f]{64})$/m.exec(record)?.[1];
    if (version !== undefined && sha256 !== undefined) found.push({ version, sha256 });
  }
  return found;
}
