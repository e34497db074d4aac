// SPDX-License-Identifier: MIT

/** The options of `fencelab bisect`, as commander hands them over. */
export interface BisectOptions {
  readonly repo?: string;
  readonly good?: string;
  readonly bad?: string;
  readonly firstParent: boolean;
  readonly path: readonly string[];
  readonly termOld?: string;
  readonly termNew?: string;
  readonly series?: string;
  readonly broke?: boolean;
  readonly fixed?: boolean;
  readonly from?: number;
  readonly to?: number;
  readonly config?: readonly string[];
  readonly on?: string;
  readonly runs?: number;
  readonly rate?: number;
  readonly confidence?: number;
  readonly sameFailure: boolean;
  readonly restart: boolean;
  readonly results?: string;
}
