// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { FindingHeader } from '../explore/header.js';
import { savedPatches } from '../explore/saved-patches.js';
import { projectRoot } from '../folders.js';
import type { KernelOptions, TargetOptions } from './target.js';

/** Whether somebody named patches of their own. */
export const hasOwnPatches = (patch: readonly string[]): boolean =>
  patch.some((word) => word !== 'auto' && word !== 'none');

/** What the header of a finding says of its kernel, so that it is found from any folder. */
export const placeOf = ({
  kernel,
  image,
  patch,
}: KernelOptions): Pick<FindingHeader, 'kernel' | 'image' | 'patch'> => ({
  kernel: kernel.startsWith('debian:') || kernel.startsWith('~/') ? kernel : resolve(kernel),
  patch: patch.length === 0 ? 'auto' : patch.map(named).join(' '),
  ...(image === undefined ? {} : { image: resolve(image) }),
});

/** Patches of the project are named from its folder: another clone has them too. */
function named(patch: string): string {
  if (patch === 'auto' || patch === 'none') return patch;
  const inProject = relative(projectRoot, resolve(patch));
  return inProject.startsWith('kernel-patch/') ? inProject : resolve(patch);
}

/**
 * The options that `fencelab explore` had when it saved `file`. Patches are those beside it; a header that says nothing of
 * such (older ones do not) has paths, separated by blanks. Throws UsageError if the patches beside it were changed.
 */
export function targetOf(header: FindingHeader, file: string): TargetOptions {
  const [shift, , seed] = (header.icount ?? '').split(' ').map(Number);
  const beside = header.patches === undefined ? undefined : savedPatches(resolve(file), header.patches);
  const given = beside === undefined ? header.patch.split(' ').map(fromProject) : [beside];
  return {
    kernel: header.kernel,
    ...(header.image === undefined ? {} : { image: header.image }),
    patch: header.patch === 'auto' ? [] : given,
    profile: header.profile,
    gpu: header.gpu,
    cpus: header.cpus,
    ...(shift === undefined || seed === undefined ? {} : { icount: { shift, seed } }),
  };
}

/** Patches were for the kernel that the failure was found on: on another one only "none" and "auto" mean something. */
export function elsewhere(target: TargetOptions, given: Partial<TargetOptions>): TargetOptions {
  const { image: _, ...rest } = target;
  const isOther = given.kernel !== undefined || given.image !== undefined;
  const patch = target.patch.length === 1 && target.patch[0] === 'none' ? target.patch : [];
  if (given.image !== undefined) return { ...rest, patch: [], ...given };
  return isOther ? { ...rest, patch, ...given } : { ...target, ...given };
}

function fromProject(patch: string): string {
  const inProject = resolve(projectRoot, patch);
  return patch.startsWith('kernel-patch/') && !existsSync(patch) && existsSync(inProject)
    ? relative(process.cwd(), inProject) || '.'
    : patch;
}
