// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Cache } from '../cache/cache.js';
import { withLock } from '../cache/lock.js';
import { UntestableError, UsageError } from '../errors.js';
import { run } from '../process/run.js';
import { buildKernel } from './build.js';
import { compose } from './compose.js';
import { debianSource } from './debian/source.js';
import { asConfig, profileRequirements, type Requirement } from './fragments.js';
import { findImage, keepImage } from './images.js';
import { instrumentationKey } from './instrumented.js';
import { type Patch, readPatches } from './patches.js';
import { isInPath, kernelVersion, requireTools, type Source, treeOf } from './source.js';
import { type KernelSpec, parseKernelSpec } from './spec.js';
import { tarballSource } from './tarball.js';
import { treeSource } from './tree/source.js';
import type { Content, KernelContext, KernelImage, KernelRequest, Provenance, WholeConfig } from './types.js';

/** Raised when a kernel made from the same ingredients would come out different: older images are then not used. */
const FORMAT = 1;

/** What the build needs of the machine, with the Debian package of each. */
const TOOLS = {
  gcc: 'gcc',
  ld: 'binutils',
  make: 'make',
  flex: 'flex',
  bison: 'bison',
  bc: 'bc',
  perl: 'perl',
  rsync: 'rsync',
  git: 'git',
  tar: 'tar',
  xz: 'xz-utils',
  setpriv: 'util-linux',
};

/** Everything that decides what an image is, known before any of it is fetched or built. */
interface Recipe {
  readonly source: Source;
  readonly patches: readonly Patch[];
  readonly requirements: readonly Requirement[];
  readonly compiler: string;
  readonly profile: string;
  readonly config: WholeConfig | undefined;
  readonly ccache: boolean;
  readonly key: string;
}

/**
 * The kernel that a request asks for: from the cache when nothing it is made of has changed, else built, and of an
 * earlier build only what changed.
 */
export async function provideKernel(request: KernelRequest, ctx: KernelContext): Promise<KernelImage> {
  const cache = await Cache.open(ctx.cache);
  refuseOddPlaces(cache.root);
  const recipe = await findRecipe(request, ctx);
  const ready = await findImage(cache, recipe.key);
  if (ready !== undefined) {
    ctx.progress.stage(`Linux ${ready.release}, ${request.profile}`).end('built before, nothing has changed');
    return ready;
  }
  await requireTools(TOOLS);
  const lock = { what: recipe.source.title, progress: ctx.progress, signal: ctx.signal };
  return withLock(cache.lockOf('sources', recipe.source.slot), lock, async (signal) => {
    // Another run may have built it while this one waited.
    const done = await findImage(cache, recipe.key);
    return done ?? (await build(cache, recipe, request.jobs ?? availableParallelism(), { ...ctx, signal }));
  });
}

async function findRecipe(request: KernelRequest, ctx: KernelContext): Promise<Recipe> {
  const spec = await parseKernelSpec(request.kernel);
  const [patches, requirements, compiler] = await Promise.all([
    readPatches(request.patch, spec),
    profileRequirements(request.profile),
    compilerVersion(ctx.signal),
  ]);
  const source = await identify(spec, request.kernel, ctx, request.content);
  const hash = createHash('sha256');
  const marks = requirements.map(({ optional }) => (optional ? '?' : '.')).join('');
  for (const part of [
    String(FORMAT),
    source.identity,
    compiler,
    request.profile,
    asConfig(requirements),
    marks,
  ])
    hash.update(part).update('\0');
  hash.update(instrumentationKey(requirements));
  for (const patch of patches) hash.update(patch.sha256);
  if (request.config !== undefined) hash.update(`\0config\0${request.config.text}`);
  return {
    source,
    patches,
    requirements,
    compiler,
    profile: request.profile,
    config: request.config,
    ccache: request.ccache === true && (await isInPath('ccache')),
    key: hash.digest('hex').slice(0, 20),
  };
}

export async function identify(
  spec: KernelSpec,
  asked: string,
  ctx: KernelContext,
  content?: Content,
): Promise<Source> {
  switch (spec.kind) {
    case 'debian':
      return debianSource(spec, ctx);
    case 'tree':
      return treeSource(spec.path, asked, ctx, content);
    case 'tarball':
      return tarballSource(spec.path, ctx);
  }
}

async function build(cache: Cache, recipe: Recipe, jobs: number, ctx: KernelContext): Promise<KernelImage> {
  const { source, patches, profile } = recipe;
  const slot = cache.entry('sources', source.slot);
  await compose(slot, source, patches, ctx);
  await cache.touch('sources', source.slot);
  const version = (await kernelVersion(treeOf(slot))) ?? 'of unknown version';
  const stage = ctx.progress.stage(`Build Linux ${version}, ${profile}`);
  const began = performance.now();
  const folder = `build-${recipe.config === undefined ? profile : 'config'}`;
  try {
    const built = await buildKernel({
      tree: treeOf(slot),
      out: join(slot, folder),
      log: join(slot, `${folder}.log`),
      requirements: recipe.requirements,
      compiler: recipe.compiler,
      config: recipe.config,
      ccache: recipe.ccache,
      jobs,
      stage,
      signal: ctx.signal,
    });
    const configSha256 = createHash('sha256')
      .update(await readFile(built.config))
      .digest('hex');
    const title = (await source.describe?.(ctx.signal)) ?? source.title;
    const image = await keepImage(cache, recipe.key, built, profile, provenance(recipe, title, configSha256));
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    stage.end(`${built.steps} commands, ${seconds} s`);
    return image;
  } catch (error) {
    stage.fail(ctx.signal.aborted ? 'interrupted' : 'failed');
    throw error;
  }
}

function provenance({ source, patches, compiler }: Recipe, title: string, configSha256: string): Provenance {
  return {
    source: title,
    ...(source.packageVersion === undefined ? {} : { packageVersion: source.packageVersion }),
    ...(source.sha256 === undefined ? {} : { sourceSha256: source.sha256 }),
    patches: patches.map(({ name, sha256 }) => ({ name, sha256 })),
    compiler,
    configSha256,
  };
}

/** "gcc (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40" */
export async function compilerVersion(signal: AbortSignal): Promise<string> {
  const firstLine = async (tool: string) => {
    const said = await run(tool, ['--version'], { signal, env: { LC_ALL: 'C' } });
    return said.ok ? (said.stdout.split('\n')[0] ?? '') : `no ${tool}`;
  };
  const versions = await Promise.all([firstLine('gcc'), firstLine('ld')]);
  signal.throwIfAborted();
  return versions.join(', ');
}

function refuseOddPlaces(root: string): void {
  if (process.arch !== 'x64')
    throw new UntestableError(`fencelab builds kernels for x86-64, and this machine is ${process.arch}.`, {
      remedy: 'Run it on an x86-64 machine: nothing here knows how to cross-compile.',
    });
  if (/[\s:]/.test(root))
    throw new UsageError(`The cache folder "${root}" has a space or a colon in its name.`, {
      remedy: "The kernel's build does not work in such a folder. Set FENCELAB_CACHE to another one.",
    });
}
