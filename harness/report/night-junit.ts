// SPDX-License-Identifier: MIT
import { type Night, type NightCell, type NightTest, wasTested } from '../result/night.js';
import { type Case, document, ERRORS, type Suite, suite } from './junit-suites.js';
import { cellLine, isRedCell, programOf, redWord, subtestOf, whyLine } from './night-lines.js';
import { type Element, element } from './xml.js';

/**
 * A night as JUnit XML: a suite for each cell.
 *
 * GitLab knows a test by its class and name, Jenkins takes what is before the last dot of a class for its package: so the
 * class is "CELL.PROGRAM", and the same subtest on two kernels is two tests.
 *
 * A failure that is expected, and one of a test that is known to be flaky, is "skipped" with a message that says so. Both
 * show skipped tests with their message and do not count them as failures; as "passed" nobody would see that the bug is
 * still there, and when it is mended (or breaks in earnest) both tell the change.
 */
export function nightJunitXml(night: Night): string {
  return document(night.cells.map(cellSuite), `fencelab ${night.name}`);
}

function cellSuite(cell: NightCell): Suite {
  return suite(
    cell.id,
    [...cell.tests.map((test) => testCase(cell, test)), verdictCase(cell)],
    cell.startedAt,
  );
}

function testCase(cell: NightCell, test: NightTest): Case {
  const seconds = test.milliseconds / 1000;
  const attributes = {
    classname: `${cell.id}.${programOf(test.name).replaceAll('.', '_')}`,
    name: subtestOf(test.name),
    time: seconds.toFixed(3),
  };
  const as = (what: Case['what'], ...inner: Element[]): Case => ({
    element: element('testcase', attributes, ...inner),
    seconds,
    what,
  });
  const why = whyLine(test);
  switch (test.judged) {
    case 'ok':
      return as('pass');
    case 'skipped':
    case 'expected-fail':
    case 'flaked':
      return as('skipped', element('skipped', { message: why }));
    case 'unexpected-pass':
      return as('failure', element('failure', { type: test.judged, message: why }, redText(test, why)));
    case 'failed': {
      const what = ERRORS.includes(test.outcome) ? 'error' : 'failure';
      return as(what, element(what, { type: redWord(test), message: why }, redText(test, why)));
    }
  }
}

const redText = ({ promises }: NightTest, why: string): string =>
  promises.length === 0 ? why : `${why}\ndefends ${promises.join(', ')}`;

/** The cell as a whole: also where it has no test that could say it. */
function verdictCase(cell: NightCell): Case {
  const seconds = 0; // the tests have their own; twice would be too much
  const attributes = { classname: `${cell.id}.cell`, name: 'verdict', time: '0.000' };
  if (!isRedCell(cell)) return { element: element('testcase', attributes), seconds, what: 'pass' };
  const message = cellLine(cell);
  const what = wasTested(cell) ? 'failure' : 'error';
  const body = element(what, { type: cell.verdict, message }, message);
  return { element: element('testcase', attributes, body), seconds, what };
}
