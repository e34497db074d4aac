// SPDX-License-Identifier: MIT
import { type Choice, chooseProfile, type Traits } from '../../models/index.js';
import type { TraitName, TraitValue } from '../channel/event.js';

/** What a guest said of its kernel. */
export interface SeenKernel {
  readonly release: string;
  readonly traits: Readonly<Partial<Record<TraitName, TraitValue>>>;
}

/** Whether a release is that version or later. */
function since(release: string, major: number, minor: number): boolean {
  const match = /^(\d+)\.(\d+)/.exec(release);
  const [a, b] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  return a > major || (a === major && b >= minor);
}

/**
 * What was probed, and what a kernel of that release does where nothing could be probed: SYNC_IOC_SET_DEADLINE is from 6.4
 * (include/uapi/linux/sync_file.h), names of signalled fences are forgotten from 6.17 on (dma-fence.c, 506aa8b02a8d).
 */
function traitsOf({ release, traits }: SeenKernel): Traits {
  const saw = (name: TraitName): boolean | undefined =>
    traits[name] === undefined || traits[name] === 'unknown' ? undefined : traits[name] === 'yes';
  const classes = saw('usage-classes');
  return {
    release,
    ioctls: saw('ioctls') ?? true,
    deadline: saw('deadline') ?? since(release, 6, 4),
    forgetsNames: saw('forgets-names') ?? since(release, 6, 17),
    ...(classes === undefined ? {} : { usageClasses: classes }),
  };
}

/** The rules a kernel is judged by, and every doubt about that. */
export function chooseFor(kernel: SeenKernel): Choice {
  const choice = chooseProfile(traitsOf(kernel));
  const { ioctls, deadline } = kernel.traits;
  const blind = ioctls === undefined && deadline === undefined;
  if (!blind) return choice;
  const doubt = 'the guest did not say what its kernel does: chosen by the release alone';
  return { ...choice, doubts: [doubt, ...choice.doubts] };
}
