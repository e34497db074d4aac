// SPDX-License-Identifier: MIT
import { plural } from '../report/lines.js';
import { type Night, type NightCell, type NightChange, type NightTest, wasTested } from '../result/night.js';
import type { PastCell, PastNight, PastTest } from '../result/past.js';
import { slowerIn } from './slower.js';

/** Nights of one name that are looked at, besides this one. */
export const LOOK_BACK = 10;
/** Coverage that is lost must be more than what races reach in one night and not in another: half a percent. */
const COVERAGE_SHARE = 0.005;
const COVERAGE_NIGHTS = 5;
/** More tests of one program that have the same to say are said once. */
const MOST_ALIKE = 5;

/** A cell in a night before. */
interface Seen {
  readonly on: string;
  readonly cell: PastCell;
}

/**
 * What is new in a night. `past`: the nights of the same name before it, newest first. Each cell is compared with the last
 * night in which it was tested, so that a part that was missing once hides nothing; a cell that is missing, or was not
 * run, says nothing.
 */
export function changesOf(night: Night, past: readonly PastNight[]): NightChange[] {
  const known = past.slice(0, LOOK_BACK);
  const [last] = known;
  if (last === undefined) return [];
  const now = new Set(night.cells.map(({ id }) => id));
  const gone = [...last.cells.values()].flatMap((cell): NightChange[] =>
    now.has(cell.id)
      ? []
      : [{ kind: 'not tested any more', cell: cell.id, text: 'the night has no such cell any more' }],
  );
  return [...night.cells.flatMap((cell) => changesIn(cell, known)), ...gone];
}

function changesIn(cell: NightCell, past: readonly PastNight[]): NightChange[] {
  if (cell.verdict === 'missing' || cell.verdict === 'notrun') return [];
  // Of a night in which it was missing nothing is known
  const seen = past.flatMap((night): (Seen | { on: string; cell: undefined })[] => {
    const there = night.cells.get(cell.id);
    const isOpen = there !== undefined && (there.verdict === 'missing' || there.verdict === 'notrun');
    return isOpen ? [] : [{ on: day(night.startedAt), cell: there }];
  });
  const tested = seen.flatMap((one) => (one.cell !== undefined && wasTested(one.cell) ? [one] : []));
  const [before] = tested;
  const latest = seen[0]?.cell;
  const change = (kind: NightChange['kind'], text: string): NightChange => ({ kind, cell: cell.id, text });
  if (!wasTested(cell)) {
    const isNew = before !== undefined && latest !== undefined && wasTested(latest);
    return isNew
      ? [change('not tested any more', `tested on ${before.on}; now: ${cell.reason ?? 'no reason known'}`)]
      : [];
  }
  if (before === undefined) {
    const red = cell.tests.filter(({ judged }) => judged === 'failed').length;
    return red === 0
      ? []
      : [
          change(
            'newly failing',
            `tested for the first time, ${plural(red, 'test')} of ${cell.tests.length} failed`,
          ),
        ];
  }
  const again =
    latest === undefined || !wasTested(latest)
      ? [
          change(
            'tested again',
            `last tested on ${before.on}${latest?.reason === undefined ? '' : `; since then: ${latest.reason}`}`,
          ),
        ]
      : [];
  return [
    ...again,
    ...grouped(testChanges(cell, tested)),
    ...coverageIn(cell, tested),
    ...slowerIn(
      cell,
      tested.map((one) => one.cell),
    ),
  ];
}

/** As people write dates, without the time. */
const day = (iso: string): string => iso.slice(0, 10);

function testChanges(cell: NightCell, tested: readonly Seen[]): NightChange[] {
  const own = new Set(cell.tests.map(({ name }) => name));
  const gone = [...(tested[0]?.cell.tests ?? [])].flatMap(([name, before]): NightChange[] =>
    own.has(name) ? [] : goneChange(cell, name, before, tested),
  );
  return [...cell.tests.flatMap((test) => testChange(cell, test, tested)), ...gone];
}

/** It was tried, whatever came of it. */
const ran = (test: Pick<PastTest, 'outcome'> | undefined): boolean =>
  test !== undefined && test.outcome !== 'skip' && test.outcome !== 'notrun';

/** What is not there when all is well: findings of searches, and what the kernel's log has besides. */
const isFound = (name: string): boolean => /^(explore|kernel-log)@/.test(name);

function testChange(cell: NightCell, test: NightTest, tested: readonly Seen[]): NightChange[] {
  const { name, judged } = test;
  const change = (kind: NightChange['kind'], text: string): NightChange[] => [
    { kind, cell: cell.id, test: name, text },
  ];
  const last = tested[0]?.cell.tests.get(name);
  if (!ran(test))
    return ran(last)
      ? change(
          'not tested any more',
          `${last?.outcome} on ${tested[0]?.on}, now ${test.outcome}: ${test.why ?? 'no reason known'}`,
        )
      : [];
  // What was not found the night before was not there then, whatever was before that
  const nights = isFound(name) ? tested.slice(0, 1) : tested;
  const seen = nights.find((one) => ran(one.cell.tests.get(name)));
  const before = seen?.cell.tests.get(name);
  const why = test.why ?? 'no reason known';
  const was = before === undefined || seen === undefined ? '' : `was ${wordOf(before)} on ${seen.on}, `;
  const kernel = seen === undefined ? '' : kernelChange(seen.cell, cell);
  switch (judged) {
    case 'failed':
      if (before?.judged === 'failed') return [];
      if (before === undefined && !isFound(name)) return change('newly failing', `is new, and fails: ${why}`);
      return flips(cell, name, tested) >= 2
        ? change('flaky', `${was}now fail; ${backAndForth(cell, name, tested)}: ${why}`)
        : change(
            'newly failing',
            `${was === '' ? '' : `${was}now `}${isFound(name) ? 'found' : 'fail'}${kernel}: ${why}`,
          );
    case 'unexpected-pass':
      return before?.judged === 'unexpected-pass'
        ? []
        : change('unexpected pass', `${was}now pass${kernel}, and is expected to fail`);
    case 'flaked':
      return before?.judged === 'flaked' ? [] : change('flaky', `${was}now ${runsOf(test)}: ${why}`);
    case 'ok':
      if (before?.judged === 'failed' || before?.judged === 'expected-fail')
        return flips(cell, name, tested) >= 2
          ? change('flaky', `${was}now pass; ${backAndForth(cell, name, tested)}`)
          : change('fixed', `${was}now pass${kernel}`);
      break;
    default:
  }
  if (ran(last) || judged === 'expected-fail') return [];
  if (before !== undefined) return change('tested again', `${was}and not since; now ${test.outcome}`);
  const lost = last?.outcome === 'notrun';
  return lost ? change('tested again', `was not run on ${tested[0]?.on}; now ${test.outcome}`) : [];
}

function goneChange(cell: NightCell, name: string, before: PastTest, tested: readonly Seen[]): NightChange[] {
  if (!ran(before)) return [];
  const on = tested[0]?.on ?? '';
  if (!isFound(name))
    return [
      {
        kind: 'not tested any more',
        cell: cell.id,
        test: name,
        text: `${before.outcome} on ${on}; there is no such test any more`,
      },
    ];
  const how = name.startsWith('explore@') ? `not found in ${plural(cell.programs, 'program')}` : 'not there';
  const kernel = kernelChange(tested[0]?.cell, cell);
  return flips(cell, name, tested) >= 2
    ? [
        {
          kind: 'flaky',
          cell: cell.id,
          test: name,
          text: `found on ${on}, now ${how}; ${backAndForth(cell, name, tested)}`,
        },
      ]
    : [{ kind: 'fixed', cell: cell.id, test: name, text: `found on ${on}, now ${how}${kernel}` }];
}

const wordOf = ({ outcome, judged }: PastTest): string => (judged === 'flaked' ? 'flaky' : outcome);

const runsOf = ({ runs }: NightTest): string =>
  runs === undefined ? 'fail, as it is known to at times' : `pass in ${runs.passed} of ${runs.of} runs`;

function kernelChange(before: PastCell | undefined, now: NightCell): string {
  if (before === undefined || sameKernel(before, now)) return '';
  if (before.release !== now.release)
    return ` (kernel ${before.release ?? '?'} then, ${now.release ?? '?'} now)`;
  return ' (the kernel was built from something else then)';
}

function sameKernel(
  a: Pick<NightCell, 'kernelKey' | 'release'>,
  b: Pick<NightCell, 'kernelKey' | 'release'>,
): boolean {
  return a.kernelKey === undefined || b.kernelKey === undefined
    ? a.release === b.release
    : a.kernelKey === b.kernelKey;
}

/** Pass or not, tonight first, as long as the kernel was the same; nights without it are left out. */
function runOf(cell: NightCell, name: string, tested: readonly Seen[]): boolean[] {
  const good = (test: Pick<PastTest, 'outcome'> | undefined): boolean[] =>
    isFound(name) ? [test === undefined] : test !== undefined && ran(test) ? [test.outcome === 'pass'] : [];
  const tonight = cell.tests.find((test) => test.name === name);
  const same = tested.filter((one) => sameKernel(one.cell, cell));
  return [...good(tonight), ...same.flatMap((one) => good(one.cell.tests.get(name)))];
}

/** How often it changed without a change of the kernel. */
function flips(cell: NightCell, name: string, tested: readonly Seen[]): number {
  const run = runOf(cell, name, tested);
  return run.filter((good, at) => at > 0 && good !== run[at - 1]).length;
}

function backAndForth(cell: NightCell, name: string, tested: readonly Seen[]): string {
  const run = runOf(cell, name, tested);
  return `${run.filter((good) => !good).length} of ${run.length} nights with this kernel`;
}

function coverageIn(cell: NightCell, tested: readonly Seen[]): NightChange[] {
  const { coverage } = cell;
  const known = tested
    .slice(0, COVERAGE_NIGHTS)
    .flatMap((one) => (one.cell.coverage === undefined ? [] : [one.cell.coverage]));
  const [last] = known;
  if (coverage === undefined || last === undefined || coverage.of === 0) return [];
  const share = ({ reached, of }: { reached: number; of: number }): number => reached / Math.max(1, of);
  const least = Math.min(...known.map(share));
  if (share(coverage) >= least - COVERAGE_SHARE) return [];
  return [
    {
      kind: 'coverage lost',
      cell: cell.id,
      text: `reached ${coverage.reached} of ${coverage.of} places, ${last.reached} of ${last.of} the night before`,
    },
  ];
}

/** Many tests of one program that are not tested any more, or again, are one line. */
function grouped(changes: readonly NightChange[]): NightChange[] {
  const key = ({ kind, test = '', text }: NightChange): string =>
    JSON.stringify([kind, test.split('@')[0], text]);
  const groups = new Map<string, NightChange[]>();
  for (const change of changes) groups.set(key(change), [...(groups.get(key(change)) ?? []), change]);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const quiet = first?.kind === 'not tested any more' || first?.kind === 'tested again';
    return first === undefined || !quiet || group.length <= MOST_ALIKE
      ? group
      : [{ ...first, test: `${first.test?.split('@')[0]}@*`, text: `${first.text} (${group.length} tests)` }];
  });
}
