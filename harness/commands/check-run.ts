// SPDX-License-Identifier: MIT
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Cache } from '../cache/cache.js';
import { parsePlan } from '../channel/plan.js';
import { select } from '../drive/select.js';
import { UsageError } from '../errors.js';
import { cacheFolder, projectRoot } from '../folders.js';
import { hostHeaders } from '../guest/host-headers.js';
import { provideGuest } from '../guest/provide.js';
import { checkImage } from '../kernel/check-image.js';
import { provideKernel } from '../kernel/provide.js';
import { run, whyFailed } from '../process/run.js';
import type { Progress } from '../progress/progress.js';
import { keep, makeRunFolder, sha256Of } from '../record/folder.js';
import { RECORD_FILE, type RunRecord } from '../record/run-record.js';
import { needs, virglNeeds } from '../setup/packages.js';
import { ensure } from '../setup/set-up.js';
import type { Gpu } from '../vm/qemu-args.js';
import { INTERRUPTED, interruptible } from './interrupt.js';
import { judge } from './judge.js';
import { profileAppend, profileMachine } from './profiles.js';
import { withReports } from './reports.js';
import type { RunOptions } from './run-options.js';

/** The options of `fencelab check`, as commander hands them over. */
export interface CheckOptions extends RunOptions {
  readonly kernel: string;
  readonly image?: string;
  readonly patch: readonly string[];
  readonly profile: string;
  readonly gpu: Gpu;
  readonly guests?: number;
  readonly cpus: number;
  readonly jobs?: number;
}

/** A kernel and the test programs for it, ready to be put into a run's folder. */
interface Ingredients {
  readonly kernelFile: string;
  readonly pvh: boolean;
  readonly configFile: string | undefined;
  readonly guestFile: string;
  readonly target: RunRecord['target'];
  readonly provenance: Record<string, unknown>;
}

/** Everything from the target to the verdict. Returns the exit status. */
export async function check(options: CheckOptions): Promise<number> {
  if (options.image !== undefined && options.patch.some((p) => p !== 'none'))
    throw new UsageError('--image and --patch exclude each other: a kernel that is built cannot be patched');
  return interruptible((signal) =>
    withReports(options, async (reports) => {
      const { progress } = reports;
      await ensure(options.gpu === 'virgl' ? [...needs, ...virglNeeds] : needs, progress);
      const cache = await Cache.open(cacheFolder());
      const ingredients = await provide(options, cache, progress, signal);
      const { folder, record } = await prepareRun(options, ingredients);
      reports.onBegin(record.plan, folder);
      const summary = await judge(
        { record, folder, accelerator: options.accel, strict: options.strict, cache: cache.root },
        progress,
        reports.listener,
        signal,
      );
      return reports.onEnd(summary);
    }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
      return INTERRUPTED;
    }),
  );
}

async function provide(
  options: CheckOptions,
  cache: Cache,
  progress: Progress,
  signal: AbortSignal,
): Promise<Ingredients> {
  const jobs = options.jobs ?? availableParallelism();
  if (options.image !== undefined) {
    const file = resolve(options.image);
    const found = await checkImage(file, options.profile);
    for (const line of found.remarks) progress.say(line);
    const guestFile = await provideGuest(await hostHeaders(cache), 'host', jobs, { cache, progress, signal });
    return {
      kernelFile: file,
      pvh: found.pvh,
      configFile: undefined,
      guestFile,
      target: {
        kernel: `image ${options.image}`,
        patch: 'none',
        profile: options.profile,
        release: found.release,
      },
      provenance: { image: file, sha256: await sha256Of(file) },
    };
  }
  const patch = options.patch.length === 0 ? ['auto'] : options.patch;
  const image = await provideKernel(
    {
      kernel: options.kernel,
      patch,
      profile: options.profile,
      ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    },
    { cache: cache.root, progress, signal },
  );
  const guestFile = await provideGuest(join(image.headers, 'include'), image.headersKey, jobs, {
    cache,
    progress,
    signal,
  });
  const pvh = profileMachine(options.profile).pvh;
  const patches = image.provenance.patches.length;
  return {
    kernelFile: pvh ? image.vmlinux : image.image,
    pvh,
    configFile: image.config,
    guestFile,
    target: {
      kernel: options.kernel,
      patch: patches === 0 ? 'none' : `${patchName(patch)} (${patches} patch${patches > 1 ? 'es' : ''})`,
      profile: options.profile,
      release: image.release,
    },
    provenance: { ...image.provenance, key: image.key },
  };
}

/** "series", or the last parts of the paths that were given. */
const patchName = (patch: readonly string[]): string =>
  patch.map((p) => (p === 'auto' ? 'series' : basename(p))).join(' + ');

/** The run's folder with its record and the files the record names; nothing has been started yet. */
async function prepareRun(
  options: CheckOptions,
  ingredients: Ingredients,
): Promise<{ folder: string; record: RunRecord }> {
  const listing = async (...args: string[]): Promise<string> => {
    const listed = await run(ingredients.guestFile, ['plan', ...args]);
    if (!listed.ok) throw new Error(`"fencelab-guest plan" ${whyFailed(listed)}: ${listed.output}`);
    return `${listed.stdout}\n`;
  };
  const hidden = options.only.some(isSelftest) ? await listing('--selftest') : '';
  const plan = select(parsePlan((await listing()) + hidden), options.only);
  const { target } = ingredients;
  const name = `${target.kernel.replace(/^.*[/:]/, '')}-${target.patch === 'none' ? 'plain' : 'patched'}-${target.profile}`;
  const parent = resolve(options.results ?? join(projectRoot, 'results'));
  const folder = await makeRunFolder(parent, name, new Date());
  const files = {
    kernel: ingredients.pvh ? 'kernel/vmlinux' : 'kernel/bzImage',
    guest: 'guest/fencelab-guest',
  };
  await keep(ingredients.kernelFile, folder, files.kernel);
  await mkdir(join(folder, 'guest'), { recursive: true });
  await copyFile(ingredients.guestFile, join(folder, files.guest)); // a link would change with the next compile
  if (ingredients.configFile !== undefined) await keep(ingredients.configFile, folder, 'kernel/config');
  const profile = profileMachine(target.profile);
  const record: RunRecord = {
    formatVersion: 1,
    fencelab: await version(),
    target,
    provenance: ingredients.provenance,
    machine: {
      pvh: ingredients.pvh,
      gpu: options.gpu,
      cpus: options.cpus,
      memoryMiB: profile.memoryMiB,
      append: [...profileAppend(target.profile)],
    },
    limitScale: profile.limitScale,
    kmemleak: profile.kmemleak,
    guests: options.guests ?? Math.max(2, Math.floor(availableParallelism() / 2)),
    plan: plan.map((s) => ({ ...s, flags: [...s.flags], promises: [...s.promises] })),
    files: ingredients.configFile === undefined ? files : { ...files, config: 'kernel/config' },
    sha256: {
      [files.kernel]: await sha256Of(join(folder, files.kernel)),
      [files.guest]: await sha256Of(join(folder, files.guest)),
    },
  };
  await writeFile(join(folder, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`);
  return { folder, record };
}

/** The hidden program whose subtests fail, hang and panic on purpose; only a pattern that begins with its name asks for it. */
const isSelftest = (pattern: string): boolean => pattern.startsWith('selftest');

/** The project's version, and the commit where there is one. */
async function version(): Promise<string> {
  const text = await readFile(join(projectRoot, 'package.json'), 'utf8');
  const commit = await run('git', ['-C', projectRoot, 'rev-parse', '--short=12', 'HEAD']);
  const released = /"version": "([^"]+)"/.exec(text)?.[1] ?? 'unknown';
  return commit.ok ? `${released} (${commit.stdout})` : released;
}
