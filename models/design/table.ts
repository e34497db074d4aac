// SPDX-License-Identifier: MIT
import { DESIGNS } from './designs.js';
import { type Analysis, analyse, DESIGN_PROMISES } from './explore.js';
import { POLICIES } from './policies.js';

/** Steps that show everything: a longer bound finds no other broken promise (see the test). */
export const DEFAULT_DEPTH = 5;

/** Every design under every policy. */
export const analyseAll = (depth = DEFAULT_DEPTH): Analysis[] =>
  DESIGNS.flatMap((design) => POLICIES.map((policy) => analyse(design, policy, depth)));

const cellOf = (analysis: Analysis | undefined, promise: (typeof DESIGN_PROMISES)[number]): string => {
  const shortest = analysis?.histories.get(promise);
  return shortest === undefined ? 'holds' : `broken in ${shortest.length}`;
};

/**
 * A row a design, as Markdown: which promises hold where every submission waits for implicit fences, and (P7) when one may
 * ignore them without breaking any.
 */
export function designSummary(analyses: readonly Analysis[]): string {
  const promises = DESIGN_PROMISES.filter((promise) => promise !== 'P7');
  const rows = [...new Set(analyses.map((a) => a.design))].map((design) => {
    const under = (policy: string) => analyses.find((a) => a.design === design && a.policy.name === policy);
    const safe = (policy: string): boolean => under(policy)?.histories.size === 0;
    const may = safe('ignore everything implicit')
      ? 'always'
      : safe('ignore on own exports only')
        ? 'on own exports'
        : 'never';
    return `| ${[design.name, ...promises.map((p) => cellOf(under('implicit sync'), p)), may].join(' | ')} |`;
  });
  const head = ['design', ...promises, 'P7: implicit fences may be ignored'];
  return `${[`| ${head.join(' | ')} |`, `| ${head.map(() => '---').join(' | ')} |`, ...rows].join('\n')}\n`;
}

/** Every design with every policy, as Markdown: which promises hold, and how much was looked at. */
export function designTable(analyses: readonly Analysis[]): string {
  const rows = analyses.map((analysis) => {
    const { design, policy, states, depth, complete } = analysis;
    const cells = DESIGN_PROMISES.map((promise) => cellOf(analysis, promise));
    const extent = complete ? 'all' : `${depth} steps`;
    return `| ${[design.name, policy.name, ...cells, states.toLocaleString('en'), extent].join(' | ')} |`;
  });
  const head = ['design', 'submission', ...DESIGN_PROMISES, 'states', 'looked at'];
  return `${[`| ${head.join(' | ')} |`, `| ${head.map(() => '---').join(' | ')} |`, ...rows].join('\n')}\n`;
}

/** The shortest history for each broken promise of a design; once if several policies share it. */
export function designHistories(analyses: readonly Analysis[]): string {
  const lines: string[] = [];
  for (const design of new Set(analyses.map((a) => a.design))) {
    const known = new Map<string, string[]>();
    for (const { policy, histories } of analyses.filter((a) => a.design === design))
      for (const [promise, steps] of histories) {
        const text = `${promise}: ${steps.join('; ')}`;
        known.set(text, [...(known.get(text) ?? []), policy.name]);
      }
    lines.push(`${design.name} (${design.from})`);
    for (const [text, policies] of known)
      lines.push(`  ${text}${policies.length === POLICIES.length ? '' : ` [${policies.join(', ')}]`}`);
    if (known.size === 0) lines.push('  every promise holds');
  }
  return `${lines.join('\n')}\n`;
}
