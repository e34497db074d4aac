// SPDX-License-Identifier: MIT
import { readFileSync, writeFileSync } from 'node:fs';
import type { Test } from 'tap';

/** Compares with harness/report/cases/NAME; UPDATE_EXPECTED=1 writes it. Look at the difference, and know why. */
export function golden(t: Pick<Test, 'equal'>, name: string, got: string): void {
  const file = new URL(`../../../../harness/report/cases/${name}`, import.meta.url);
  if (process.env['UPDATE_EXPECTED']) writeFileSync(file, got);
  t.equal(got, readFileSync(file, 'utf8'), name);
}
