// SPDX-License-Identifier: MIT

/** A suite of Debian's archive. `ended`: its Release file may be past its valid-until date, and is taken all the same. */
export interface Suite {
  readonly name: string;
  readonly from: 'main' | 'security';
  readonly ended?: boolean;
}

const BULLSEYE: readonly Suite[] = [
  { name: 'bullseye', from: 'main', ended: true },
  { name: 'bullseye-security', from: 'security', ended: true },
];
const BOOKWORM: readonly Suite[] = [
  { name: 'bookworm', from: 'main', ended: true },
  { name: 'bookworm-security', from: 'security', ended: true },
];
const TRIXIE: readonly Suite[] = [
  { name: 'trixie', from: 'main' },
  { name: 'trixie-security', from: 'security' },
];
const BACKPORTS: readonly Suite[] = [{ name: 'trixie-backports', from: 'main' }];

const HOME: Readonly<Record<string, readonly Suite[]>> = {
  '5.10': BULLSEYE,
  '6.1': BOOKWORM,
  '6.12': TRIXIE,
};

/** The suites that may have a kernel series; of a series that is nobody's default, the backports. */
export function suitesFor(series: string): readonly Suite[] {
  return HOME[series] ?? BACKPORTS;
}
