// SPDX-License-Identifier: MIT
import type { Outcome } from '../result/result.js';
import { type Element, element, xmlText } from './xml.js';

/** A claim that does not hold is a failure; whatever kept a subtest from its end is an error. */
export const ERRORS: readonly Outcome[] = ['crash', 'timeout', 'hang', 'notrun'];

/** A test case, and how it is counted. */
export interface Case {
  readonly element: Element;
  readonly seconds: number;
  readonly what: 'pass' | 'failure' | 'error' | 'skipped';
}

export interface Suite {
  readonly element: Element;
  readonly cases: readonly Case[];
}

/** All suites, with what they come to. */
export function document(suites: readonly Suite[], name = 'fencelab'): string {
  const cases = suites.flatMap((s) => s.cases);
  return xmlText(element('testsuites', { name, ...tally(cases) }, ...suites.map((s) => s.element)));
}

export function suite(name: string, cases: readonly Case[], timestamp: string | undefined): Suite {
  const attributes = { name, ...tally(cases), ...(timestamp === undefined ? {} : { timestamp }) };
  return { element: element('testsuite', attributes, ...cases.map((c) => c.element)), cases };
}

function tally(cases: readonly Case[]): Record<string, string | number> {
  const count = (what: Case['what']): number => cases.filter((c) => c.what === what).length;
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: cases.reduce((sum, c) => sum + c.seconds, 0).toFixed(3),
  };
}
