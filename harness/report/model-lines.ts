// SPDX-License-Identifier: MIT
import { grouped } from '../progress/words.js';
import { isUndecided, type ModelSummary, type RunSummary } from '../result/result.js';
import { few, plural } from './lines.js';

const REASONS_SHOWN = 6;

/** "model (linux-5.10+series): 315 traces, 412 331 ops hold", and every doubt about the profile. */
export function modelTally(model: ModelSummary | undefined): string[] {
  if (model === undefined) return [];
  const { profile, doubts, traces, ops, violates, undecided: open } = model;
  const parts = [
    ...(violates > 0 ? [`${violates} ${violates === 1 ? 'violates' : 'violate'} it`] : []),
    ...(open > 0 ? [`${open} undecided`] : []),
  ];
  const against = parts.length === 0 ? '' : `; ${parts.join(', ')}`;
  return [
    `model (${profile}): ${plural(traces, 'trace')}, ${grouped(ops)} ops hold${against}`,
    ...doubts.map((doubt) => `profile ${profile}: ${doubt}`),
  ];
}

/** "3 undecided: its end is missing (import@kinds, ...)" */
export function undecided(summary: RunSummary): string[] {
  const names = new Map<string, string[]>();
  for (const r of summary.results.filter(isUndecided))
    if (r.model?.kind === 'undecided')
      names.set(r.model.reason, [...(names.get(r.model.reason) ?? []), `${r.program}@${r.subtest}`]);
  const rows = [...names].map(([reason, which]) => {
    const more = which.length > 3 ? ', ...' : '';
    return `${which.length} undecided: ${reason} (${which.slice(0, 3).join(', ')}${more})`;
  });
  return few(rows, REASONS_SHOWN);
}
