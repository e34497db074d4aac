// SPDX-License-Identifier: MIT
import { duration } from '../progress/words.js';
import type { NightCell, NightChange } from '../result/night.js';
import type { PastCell } from '../result/past.js';
import { median, spread } from './numbers.js';

/*
 * A test is slower when it took clearly longer than usual tonight and the night before, and did not before that. One slow
 * night is what busy machines have. A machine that is slow as a whole is no news of a test: times are first divided by
 * how much longer than usual all tests of the cell took.
 */

/** So many nights must be known besides the last one, or nothing is said. */
const LEAST_NIGHTS = 5;
/** Longer than usual by this much at least: in ms, as a share, and in spreads of what is usual. */
const FLOOR_MS = 1000;
const FLOOR_SHARE = 0.5;
const SPREADS = 6;
/** Tests below this say nothing of a machine's speed. */
const TELLING_MS = 50;
/** The whole cell: so much longer than usual is told. */
const WHOLE_FACTOR = 1.5;
const LEAST_TESTS = 8;

interface Times {
  readonly tests: ReadonlyMap<string, number>;
}

/** `past`: the nights before in which the cell was tested, newest first. */
export function slowerIn(cell: NightCell, past: readonly PastCell[]): NightChange[] {
  const like = past.filter(({ accelerator }) => accelerator === cell.accelerator);
  const base = like.slice(1);
  const [last, before] = like;
  if (last === undefined || before === undefined || base.length < LEAST_NIGHTS) return [];
  const nights = base.map(timesOf);
  const tonight = timesOf({ tests: new Map(cell.tests.map((test) => [test.name, test])) });
  const usual = new Map<string, readonly number[]>();
  for (const name of tonight.tests.keys()) {
    const known = nights.flatMap(({ tests }) => tests.get(name) ?? []);
    if (known.length >= LEAST_NIGHTS) usual.set(name, known);
  }
  const [now, then, earlier] = [tonight, timesOf(last), timesOf(before)].map((times) => ({
    times,
    factor: factorOf(times, usual),
  }));
  if (now === undefined || then === undefined || earlier === undefined) return [];
  const slow = ({ times, factor }: typeof now, name: string): boolean => {
    const ms = times.tests.get(name);
    const known = usual.get(name);
    if (ms === undefined || known === undefined) return false;
    const middle = median(known);
    return (
      ms / Math.max(1, factor) > middle + Math.max(FLOOR_MS, FLOOR_SHARE * middle, SPREADS * spread(known))
    );
  };
  const tests = [...usual].flatMap(([name, known]): NightChange[] =>
    slow(now, name) && slow(then, name) && !slow(earlier, name)
      ? [
          {
            kind: 'slower',
            cell: cell.id,
            test: name,
            text: `took ${duration(now.times.tests.get(name) ?? 0)}, and ${duration(then.times.tests.get(name) ?? 0)} the night before; usual are ${duration(median(known))}`,
          },
        ]
      : [],
  );
  const whole = now.factor >= WHOLE_FACTOR && then.factor >= WHOLE_FACTOR && earlier.factor < WHOLE_FACTOR;
  const all: NightChange[] = whole
    ? [
        {
          kind: 'slower',
          cell: cell.id,
          text: `all of it took ${now.factor.toFixed(1)} times as long as usual, and ${then.factor.toFixed(1)} times the night before`,
        },
      ]
    : [];
  return [...all, ...tests];
}

const timesOf = ({
  tests,
}: {
  readonly tests: ReadonlyMap<string, { readonly outcome: string; readonly milliseconds: number }>;
}): Times => ({
  tests: new Map(
    [...tests].flatMap(([name, t]) => (t.outcome === 'pass' ? [[name, t.milliseconds] as const] : [])),
  ),
});

/** How much longer than usual the tests took; 1 where too few are known. */
function factorOf({ tests }: Times, usual: ReadonlyMap<string, readonly number[]>): number {
  const ratios = [...usual].flatMap(([name, known]) => {
    const [ms, middle] = [tests.get(name), median(known)];
    return ms === undefined || middle < TELLING_MS ? [] : [ms / middle];
  });
  return ratios.length < LEAST_TESTS ? 1 : median(ratios);
}
