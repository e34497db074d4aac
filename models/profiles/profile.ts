// SPDX-License-Identifier: MIT
import type { Rules } from '../rules/rules.js';

/** Where a kernel differs from the contract, or from the others, and why that is so. */
export interface Deviation {
  readonly what: string;
  /** File, function and version that show it. */
  readonly source: string;
  /** `defect`: it breaks a promise, or would if userspace could reach it. `difference`: it may be so. */
  readonly kind: 'defect' | 'difference';
  /** Upstream's fix, if there is one; or ours. */
  readonly fix?: string;
  /** Of a defect that the profile allows and does not ask for: the rules of a kernel without it. */
  readonly mended?: Partial<Rules>;
}

export type ProfileName = 'linux-5.10+series' | 'linux-5.10' | '6.1' | '6.12' | '7.3';

/** A profile for whoever wants to see its defects: those that it only allows are not allowed any more. */
export const withoutDefects = (profile: Profile): Profile => ({
  ...profile,
  rules: Object.assign({}, profile.rules, ...profile.deviations.map(({ mended }) => mended)),
  deviations: profile.deviations.filter(({ mended }) => mended === undefined),
});

export interface Profile {
  readonly name: ProfileName;
  readonly title: string;
  readonly rules: Rules;
  readonly deviations: readonly Deviation[];
}
