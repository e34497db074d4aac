// SPDX-License-Identifier: MIT
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { Cache } from '../../cache/cache.js';
import { withLock } from '../../cache/lock.js';
import { readStamp, writeStamp } from '../../cache/stamp.js';
import { UntestableError } from '../../errors.js';
import { tail, whyFailed } from '../../process/run.js';
import { sha256OfFile } from '../digest.js';
import { extract, isExtracted } from '../extract.js';
import { KeptOriginals } from '../originals.js';
import type { Source } from '../source.js';
import type { KernelSpec } from '../spec.js';
import type { KernelContext } from '../types.js';
import { type Candidate, PrivateApt } from './apt.js';
import { findMirrors } from './mirrors.js';
import { suitesFor } from './suites.js';

type DebianSpec = Extract<KernelSpec, { kind: 'debian' }>;

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
const answerSchema = z.object({
  version: z.string(),
  sha256: z.string(),
  /** When the archive was asked; 0 is "long ago". */
  at: z.number(),
});

/**
 * Find which package `debian:VERSION` means. The archive is asked at most once a day; an exact version never changes
 * and is asked for once.
 */
export async function debianSource(spec: DebianSpec, ctx: KernelContext): Promise<Source> {
  const cache = await Cache.open(ctx.cache);
  const wanted = spec.exact ?? spec.series;
  const answerFile = cache.entry('answers', `debian-${wanted}.json`);
  const known = await readStamp(answerFile, answerSchema);
  const isFresh = (at: number): boolean => spec.exact !== undefined || Date.now() - at < DAY_MS;
  if (known !== undefined && isFresh(known.at)) return new DebianSource(spec.series, known);

  const stage = ctx.progress.stage(`Look for Debian's linux-source-${spec.series}`);
  try {
    const found = await ask(cache, spec, ctx);
    // An answer from old lists is good for an hour only.
    const at = Date.now() - (found.fresh ? 0 : DAY_MS - HOUR_MS);
    await writeStamp(answerFile, { version: found.version, sha256: found.sha256, at });
    stage.end(found.version);
    return new DebianSource(spec.series, found);
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (known !== undefined) {
      const source = new DebianSource(spec.series, known);
      if (await isExtracted(cache.entry('sources', source.slot), source.identity)) {
        stage.end(`${known.version}, from the cache`);
        ctx.progress.say(
          `Debian's archive could not be asked; going on with ${known.version} from the cache.`,
        );
        return source;
      }
    }
    stage.fail('not found');
    throw error;
  }
}

type Found = Candidate & { readonly fresh: boolean };

/** Ask the archive, or the package lists of an earlier run where it does not answer. */
async function ask(cache: Cache, spec: DebianSpec, ctx: KernelContext): Promise<Found> {
  const name = `linux-source-${spec.series}`;
  return withApt(cache, spec.series, ctx, async (apt, unreachable) => {
    const updated = await apt.update();
    const all = await apt.candidates(name);
    const found = all.find(({ version }) => spec.exact === undefined || isUpstream(version, spec.exact));
    if (found !== undefined) {
      if (!updated.ok)
        ctx.progress.say(`apt-get update ${whyFailed(updated)}; using the lists of an earlier run.`);
      return { ...found, fresh: updated.ok };
    }
    if (!updated.ok)
      throw new UntestableError(
        `Debian's package lists could not be fetched: apt-get update ${whyFailed(updated)}.`,
        {
          remedy: `Is the network there, and does the mirror in this machine's apt configuration still have the suite?
Else give a kernel tree or a tarball: --kernel PATH.`,
          detail: tail(updated.output),
        },
      );
    const has = all.map((each) => each.version).join(', ');
    const said = has === '' ? `Debian has no ${name}` : `Debian has ${name} ${has}, but not ${spec.exact}`;
    const missing = unreachable.length === 0 ? '' : ` (not looked at: ${unreachable.join(', ')})`;
    throw new UntestableError(`${said}${missing}.`, {
      remedy: 'Ask for a version it has, or give a kernel tree or a tarball: --kernel PATH.',
    });
  });
}

/** "5.10.262-1" and "7.3.4-1~bpo13+1" are Debian's of upstream's 5.10.262 and 7.3.4. */
export const isUpstream = (version: string, exact: string): boolean => version.startsWith(`${exact}-`);

async function withApt<T>(
  cache: Cache,
  series: string,
  ctx: KernelContext,
  body: (apt: PrivateApt, unreachable: readonly string[]) => Promise<T>,
): Promise<T> {
  const suites = suitesFor(series);
  const mirrors = await findMirrors(ctx.signal);
  const reachable = suites.filter((suite) => mirrors[suite.from] !== undefined);
  const unreachable = suites.filter((suite) => mirrors[suite.from] === undefined).map((suite) => suite.name);
  if (reachable.length === 0)
    throw new UntestableError(
      `This machine's apt has no Debian mirror to get ${unreachable.join(' and ')} from.`,
      {
        remedy: 'Add Debian to its sources, or give a kernel tree or a tarball: --kernel PATH.',
      },
    );
  if (unreachable.length > 0)
    ctx.progress.say(
      `This machine's apt has no mirror for ${unreachable.join(', ')}: an older kernel may be found.`,
    );
  const name = reachable.map((suite) => suite.name).join('+');
  const options = { what: "Debian's package lists", progress: ctx.progress, signal: ctx.signal };
  return withLock(cache.lockOf('apt', name), options, async (signal) =>
    body(await PrivateApt.create(cache.entry('apt', name), reachable, mirrors, signal), unreachable),
  );
}

class DebianSource implements Source {
  readonly slot: string;
  readonly identity: string;
  readonly title: string;
  readonly packageVersion: string;
  readonly sha256: string;
  readonly #series: string;

  constructor(series: string, found: Candidate) {
    this.slot = `debian-${found.version}`;
    this.identity = `deb sha256 ${found.sha256}`;
    this.title = `Debian linux-source-${series} ${found.version}`;
    this.packageVersion = found.version;
    this.sha256 = found.sha256;
    this.#series = series;
  }

  originals(slot: string): KeptOriginals {
    return new KeptOriginals(slot);
  }

  async sync(slot: string, _patched: ReadonlySet<string>, ctx: KernelContext): Promise<void> {
    if (await isExtracted(slot, this.identity)) return;
    const cache = await Cache.open(ctx.cache);
    const stage = ctx.progress.stage(`Get ${this.title}`);
    const folder = cache.entry('downloads', this.slot);
    try {
      stage.update('downloading');
      const deb = await this.#download(cache, folder, ctx);
      const archive = {
        file: deb,
        unwrap:
          'dpkg-deb --fsys-tarfile "$1" | tar -xO --wildcards "./usr/src/linux-source-*.tar.xz" | xz -dc -T0',
        identity: this.identity,
        title: this.title,
        remedy: 'Is the disk full? Else try again: it is then downloaded anew.',
      };
      await extract(slot, archive, stage, ctx.signal);
      stage.end('downloaded and unpacked');
    } catch (error) {
      stage.fail(ctx.signal.aborted ? 'interrupted' : 'failed');
      // The archive may have replaced this version since it was asked.
      await rm(cache.entry('answers', `debian-${this.#series}.json`), { force: true });
      throw error;
    } finally {
      // A download that is damaged must not be found again, and one that is unpacked is not needed again.
      if (!ctx.signal.aborted) await rm(folder, { recursive: true, force: true });
    }
  }

  /** apt resumes an interrupted download and verifies the checksum; ours is the one that provenance will state. */
  async #download(cache: Cache, folder: string, ctx: KernelContext): Promise<string> {
    const name = `linux-source-${this.#series}`;
    const deb = await withApt(cache, this.#series, ctx, async (apt) => {
      const known = await apt.candidates(name);
      if (!known.some((each) => each.version === this.packageVersion)) await apt.update();
      return apt.download(name, this.packageVersion, folder);
    });
    const got = await sha256OfFile(deb);
    if (got !== this.sha256)
      throw new UntestableError(`${deb} has sha256 ${got}, but the archive said ${this.sha256}.`, {
        remedy: 'Try again: it is then downloaded anew.',
      });
    return deb;
  }
}
