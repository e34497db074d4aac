// SPDX-License-Identifier: MIT

/** One thing doctor looked at. `bad` stops a check; `note` does not. */
export interface Finding {
  readonly what: string;
  readonly state: 'good' | 'note' | 'bad';
  readonly text: string;
  /** Debian packages that mend it. */
  readonly packages?: readonly string[];
  /** A command that mends it. */
  readonly command?: string;
}

/** One line to copy that mends all that can be mended; undefined if nothing is to be mended so. Pure. */
export function mendAll(findings: readonly Finding[], isRoot: boolean): string | undefined {
  const packages = [...new Set(findings.flatMap((f) => f.packages ?? []))];
  const sudo = isRoot ? '' : 'sudo ';
  const apt =
    packages.length === 0
      ? []
      : [`${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${packages.join(' ')}`];
  const all = [...apt, ...new Set(findings.flatMap((f) => f.command ?? []))];
  return all.length === 0 ? undefined : all.join(' && ');
}
