// SPDX-License-Identifier: MIT
import { isRedTest, type Night, type NightCell, type NightTest } from '../result/night.js';
import { cellLine, isRedCell, nightVerdict, redWord, whyLine } from './night-lines.js';
import { type Entry, indent, nameText, oneLine, point, TAP_HEAD, yaml } from './tap-lines.js';

/**
 * A night as TAP 14: a test point for each cell with its tests nested, and one for the night as a whole. A failure that is
 * expected, and one of a flaky test, is "not ok # TODO", which a reader of TAP does not count against the whole. A pass
 * that nobody expected is plainly "not ok": "ok # TODO" would be overlooked.
 */
export function nightTapText(night: Night): string {
  const lines = [
    `1..${night.cells.length + 1}`,
    ...night.cells.flatMap((cell, i) => cellLines(cell, i + 1)),
    ...nightLines(night, night.cells.length + 1),
  ];
  return `${TAP_HEAD}${lines.join('\n')}\n`;
}

function cellLines(cell: NightCell, id: number): string[] {
  const inner = [`1..${cell.tests.length}`, ...cell.tests.flatMap((test, i) => testLines(test, i + 1))];
  const head = point(!isRedCell(cell), id, cell.id);
  return [
    ...(cell.tests.length === 0 ? [] : [`# Subtest: ${nameText(cell.id)}`, ...indent(inner, 4)]),
    ...(isRedCell(cell) ? [head, ...yaml(cellEntries(cell))] : [head]),
  ];
}

function cellEntries(cell: NightCell): readonly Entry[] {
  return [
    ['message', cellLine(cell)],
    ['severity', cell.verdict],
    ['kernel', cell.kernel],
    ['release', cell.release ?? ''],
    ['shard', cell.shard],
    ['folder', cell.folder ?? ''],
  ];
}

function testLines(test: NightTest, id: number): string[] {
  const why = oneLine(whyLine(test));
  switch (test.judged) {
    case 'ok':
      return [point(true, id, test.name)];
    case 'skipped':
      return [`${point(true, id, test.name)} # SKIP ${why}`];
    case 'expected-fail':
    case 'flaked':
      return [`${point(false, id, test.name)} # TODO ${why}`];
    case 'failed':
    case 'unexpected-pass':
      return [point(false, id, test.name), ...yaml(testEntries(test))];
  }
}

function testEntries(test: NightTest): readonly Entry[] {
  return [
    ['message', whyLine(test)],
    ['severity', redWord(test)],
    ['promises', test.promises],
    ['duration_ms', test.milliseconds],
  ];
}

function nightLines(night: Night, id: number): string[] {
  const verdict = nightVerdict(night);
  const red = night.cells.filter(isRedCell);
  const failed = night.cells.reduce((sum, { tests }) => sum + tests.filter(isRedTest).length, 0);
  const message = `${verdict}: ${red.length} of ${night.cells.length} cells are red, with ${failed} red tests`;
  const news = night.changes.map(
    ({ kind, cell, test, text }) => `# ${kind}: ${oneLine(`${cell} ${test ?? ''}: ${text}`)}`,
  );
  const head = point(verdict === 'HOLDS', id, 'the night as a whole');
  return [head, ...(verdict === 'HOLDS' ? [] : yaml([['message', message]])), ...news];
}
