// SPDX-License-Identifier: MIT
import { linux510, linux510series } from './linux-5.10.js';
import type { Profile, ProfileName } from './profile.js';
import { linux61, linux73, linux612 } from './upstream.js';

export const PROFILES: readonly Profile[] = [linux510, linux510series, linux61, linux612, linux73];

export const profileNamed = (name: string): Profile | undefined => PROFILES.find((p) => p.name === name);

/** What can be seen of a kernel: by probing in the guest, or in its headers. */
export interface Traits {
  /** Version as `uname -r` or the Makefile has it. Decides only where nothing that was seen does. */
  readonly release: string;
  /** DMA_BUF_IOCTL_EXPORT_SYNC_FILE and _IMPORT_ are there (anything but ENOTTY). */
  readonly ioctls: boolean;
  /** include/linux/dma-resv.h has enum dma_resv_usage; undefined if only the running kernel is at hand. */
  readonly usageClasses?: boolean;
  /** SYNC_IOC_SET_DEADLINE is there. */
  readonly deadline: boolean;
  /** INFO of a signalled fence says "detached-driver". */
  readonly forgetsNames: boolean;
}

export interface Choice {
  readonly profile: Profile;
  /** What was seen that no profile has together: the nearest was taken. Empty for a known kernel. */
  readonly doubts: readonly string[];
}

const versionOf = (release: string): readonly [number, number] => {
  const match = /^(\d+)\.(\d+)/.exec(release);
  return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
};

const LINES: readonly { name: ProfileName; line: string }[] = [
  { name: '6.1', line: '6.1' },
  { name: '6.12', line: '6.12' },
  { name: '7.3', line: '7.3' },
];

function upstream(traits: Traits): ProfileName {
  if (traits.forgetsNames) return '7.3';
  return traits.deadline ? '6.12' : '6.1';
}

/** The profile for a kernel, by what it does and not by its name. */
export function chooseProfile(traits: Traits): Choice {
  const [major, minor] = versionOf(traits.release);
  const classes = traits.usageClasses ?? (major > 5 || (major === 5 && minor >= 19));
  const name: ProfileName = classes ? upstream(traits) : traits.ioctls ? 'linux-5.10+series' : 'linux-5.10';
  const line = LINES.find((l) => l.name === name)?.line ?? '5.10';
  const doubts: string[] = [];
  if (`${major}.${minor}` !== line)
    doubts.push(`${traits.release} is not ${line}, whose profile is the nearest to what this kernel does`);
  if (classes && !traits.ioctls)
    doubts.push('usage classes without EXPORT and IMPORT: a kernel between 5.19 and 6.0?');
  if (!classes && (traits.deadline || traits.forgetsNames))
    doubts.push('requests of later kernels on a reservation object of 5.10');
  const profile = PROFILES.find((p) => p.name === name) ?? linux510series;
  return { profile, doubts };
}
