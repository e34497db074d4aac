// SPDX-License-Identifier: MIT
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Cache } from '../cache/cache.js';
import { UsageError } from '../errors.js';
import { hostHeaders } from '../guest/host-headers.js';
import { provideGuest } from '../guest/provide.js';
import { checkImage } from '../kernel/check-image.js';
import { provideKernel } from '../kernel/provide.js';
import type { KernelImage, KernelRequest } from '../kernel/types.js';
import type { Progress } from '../progress/progress.js';
import { sha256Of } from '../record/folder.js';
import type { RunRecord } from '../record/run-record.js';
import { GPUS, type Gpu } from '../vm/qemu-args.js';
import { collect } from './add.js';
import { icountOf, wholeNumber } from './numbers.js';
import { KERNEL_PROFILES, profileMachine } from './profiles.js';

/** Which kernel: the options of every command that builds one. */
export interface KernelOptions {
  readonly kernel: string;
  readonly image?: string;
  readonly patch: readonly string[];
  readonly profile: string;
  readonly gpu: Gpu;
  readonly jobs?: number;
}

/** Which kernel, and in what machine. */
export interface TargetOptions extends KernelOptions {
  readonly guests?: number;
  readonly cpus: number;
  readonly icount?: { readonly shift: number; readonly seed: number };
}

/** Declare {@link TargetOptions} on a command. */
export const addTargetOptions = (command: Command): Command =>
  addIcountOption(addCpusOption(addGuestsOption(addKernelOptions(command))));

/** Declare {@link KernelOptions} on a command. */
export function addKernelOptions(command: Command): Command {
  return command
    .option('-k, --kernel <what>', 'debian:VERSION, a kernel tree, or a tarball of one', 'debian:5.10')
    .option(
      '--image <file>',
      'a bzImage or vmlinux that is already built; nothing is compiled but the test programs',
    )
    .option(
      '-p, --patch <what>',
      'a folder with a series file, or one patch; may be repeated, applied in order; "none"; "auto": our series for debian:5.10, none for others (default: auto)',
      collect,
      [],
    )
    .addOption(
      new Option('--profile <name>', 'kernel configuration').choices([...KERNEL_PROFILES]).default('fast'),
    )
    .addOption(
      new Option('--gpu <kind>', 'virtio-gpu: without 3D, with 3D, or none').choices([...GPUS]).default('2d'),
    )
    .option('-j, --jobs <n>', 'compile jobs (default: the number of processors)', wholeNumber(1, 1024));
}

export const addGuestsOption = (command: Command): Command =>
  command.option(
    '--guests <n>',
    'guests side by side (default: one for each two processors, at least two)',
    wholeNumber(1, 64),
  );

export const addCpusOption = (command: Command): Command =>
  command.option('--cpus <n>', 'processors of a guest', wholeNumber(1, 8), 1);

const addIcountOption = (command: Command): Command =>
  command.addOption(
    new Option(
      '--icount <shift[,seed]>',
      'a clock that counts instructions, 2^SHIFT ns each (0-8): with TCG, one processor and --gpu none every run is the same; SEED: of the pauses of threads',
    )
      .argParser(icountOf)
      .implies({ gpu: 'none' }),
  );

/** A kernel and the test programs for it, ready to be put into a run's folder. */
export interface Ingredients {
  readonly kernelFile: string;
  readonly pvh: boolean;
  /** The kernel with its symbols; undefined where it was given as a bzImage. */
  readonly vmlinuxFile: string | undefined;
  readonly configFile: string | undefined;
  readonly guestFile: string;
  readonly target: RunRecord['target'];
  readonly provenance: Record<string, unknown>;
  /** What the kernel was built from, in one word; undefined where it was not built here. */
  readonly kernelKey: string | undefined;
}

/** Builds what is missing. */
export async function provide(
  options: KernelOptions & Partial<Pick<TargetOptions, 'cpus' | 'icount'>>,
  cache: Cache,
  progress: Progress,
  signal: AbortSignal,
  more: Pick<KernelRequest, 'content' | 'config' | 'ccache'> = {},
  onBuilt?: (how: KernelImage['built']) => void,
): Promise<Ingredients> {
  if (options.icount !== undefined && (options.cpus ?? 1) !== 1)
    throw new UsageError('--icount needs one processor', { remedy: 'Leave out --cpus.' });
  if (options.icount !== undefined && options.gpu !== 'none')
    throw new UsageError('--icount cannot have a virtio-gpu: QEMU serves it whenever the host gets to it', {
      remedy: 'Leave out --gpu.',
    });
  if (options.image !== undefined && options.patch.some((p) => p !== 'none'))
    throw new UsageError('--image and --patch exclude each other: a kernel that is built cannot be patched');
  const jobs = options.jobs ?? availableParallelism();
  if (options.image !== undefined) {
    const file = resolve(options.image);
    const found = await checkImage(file, options.profile);
    for (const line of found.remarks) progress.say(line);
    const guestFile = await provideGuest(await hostHeaders(cache), 'host', jobs, { cache, progress, signal });
    return {
      kernelFile: file,
      pvh: found.pvh,
      vmlinuxFile: found.pvh ? file : undefined,
      configFile: undefined,
      guestFile,
      target: {
        kernel: `image ${options.image}`,
        patch: 'none',
        profile: options.profile,
        release: found.release,
      },
      provenance: { image: file, sha256: await sha256Of(file) },
      kernelKey: undefined,
    };
  }
  const patch = options.patch.length === 0 ? ['auto'] : options.patch;
  const image = await provideKernel(
    {
      kernel: options.kernel,
      patch,
      profile: options.profile,
      ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
      ...more,
    },
    { cache: cache.root, progress, signal },
  );
  onBuilt?.(image.built);
  const guestFile = await provideGuest(join(image.headers, 'include'), image.headersKey, jobs, {
    cache,
    progress,
    signal,
  });
  // Somebody else's configuration may not have PVH
  const pvh = profileMachine(options.profile).pvh && more.config === undefined;
  const patches = image.provenance.patches.length;
  return {
    kernelFile: pvh ? image.vmlinux : image.image,
    pvh,
    vmlinuxFile: image.vmlinux,
    configFile: image.config,
    guestFile,
    target: {
      kernel: options.kernel,
      patch: patches === 0 ? 'none' : `${patchName(patch)} (${patches} patch${patches > 1 ? 'es' : ''})`,
      profile: options.profile,
      release: image.release,
    },
    provenance: { ...image.provenance, key: image.key },
    kernelKey: image.key,
  };
}

/** "series", or the last parts of the paths that were given. */
const patchName = (patch: readonly string[]): string =>
  patch.map((p) => (p === 'auto' ? 'series' : basename(p))).join(' + ');
