// SPDX-License-Identifier: MIT
import { withoutNames } from '../explore/signature.js';
import { reasons } from '../report/lines.js';
import { fullName, isRed, type RunSummary, type SubtestResult } from '../result/result.js';
import type { Seen } from './trial.js';

/** Everything that makes a run fail, the most telling first: what the model can name, then what the kernel reports. */
export function failuresOf(summary: RunSummary): Seen[] {
  const own = summary.results.filter(isRed).map(seenOf);
  const outside = summary.guests.flatMap(({ splats }) =>
    splats.map(({ title }) => ({ test: 'kernel log', how: title, text: `kernel log: ${title}` })),
  );
  const all = [...own, ...outside];
  if (all.length === 0 && summary.verdict === 'fails')
    return [{ test: 'run', how: summary.reason ?? 'fails', text: summary.reason ?? 'fails' }];
  // What takes the fewest words to show comes first
  const words = ({ finding }: Seen): number => finding?.length ?? 0;
  return all.toSorted((a, b) => rank(a) - rank(b) || words(a) - words(b));
}

const rank = ({ finding, test }: Seen): number => (finding !== undefined ? 0 : test === 'kernel log' ? 2 : 1);

function seenOf(result: SubtestResult): Seen {
  const { model } = result;
  const common = { test: fullName(result), how: howOf(result), text: reasons(result)[0] ?? result.outcome };
  if (model?.kind !== 'violates') return common;
  const text = `${model.promise}: ${model.words} (${model.call}: got ${model.got})`;
  return { ...common, text, finding: model.text, trace: model.trace };
}

/** As harness/explore/signature.ts says it of a program, so that a saved failure is known again. */
export function howOf({ model, splats, outcome, failures }: SubtestResult): string {
  const [splat] = splats;
  const died = outcome === 'crash' || outcome === 'hang' || outcome === 'timeout';
  if (died && splat !== undefined) return splat.title;
  if (!died && model?.kind === 'violates')
    return `${model.promise}, ${opOf(model.call)}: ${withoutNames(model.words)}`;
  if (splat !== undefined) return splat.title;
  const [first] = failures;
  return first === undefined ? outcome : `${outcome}: ${first.where} ${withoutNames(first.text)}`;
}

/** "s1 = export b0 write" is an export. */
const opOf = (call: string): string => /^(?:\S+ = )?(\S+)/.exec(call)?.[1] ?? call;

/** Whether two kernels fail in the same way: at least one test, and how it fails. */
export const isSame = (a: readonly Seen[], b: readonly Seen[]): boolean =>
  a.some((one) => b.some((other) => one.test === other.test && one.how === other.how));

/** What a run says where only failures that were `asked` for count. */
export function onlySame(
  summary: RunSummary,
  failures: readonly Seen[],
  asked: readonly Seen[],
): { outcome: 'holds' | 'fails' | 'skip'; reason: string } {
  if (isSame(failures, asked)) return { outcome: 'fails', reason: '' };
  const wanted = new Set(asked.map(({ test }) => test));
  const ran = new Map(summary.results.map((result) => [fullName(result), result]));
  const open = [...wanted].find((test) => {
    const result = ran.get(test);
    return result !== undefined && result.outcome !== 'pass' && result.outcome !== 'skip';
  });
  if (open !== undefined)
    return {
      outcome: 'skip',
      reason: `${open} fails in another way: it cannot be told whether this one is there`,
    };
  return { outcome: 'holds', reason: '' };
}
