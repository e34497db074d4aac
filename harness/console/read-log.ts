// SPDX-License-Identifier: MIT
import type { Splat } from '../result/result.js';
import { blame, type ConsoleReport, parseConsole } from './console.js';
import type { LocatedSplat } from './report.js';

/** The splats of one guest's kernel log, told apart by the subtest they are charged to. */
export interface LogFindings {
  /** By full name. */
  readonly bySubtest: ReadonlyMap<string, readonly Splat[]>;
  /** While booting, between subtests, or of a process that no subtest started. */
  readonly outside: readonly Splat[];
}

/** `names`: the full name of the subtest each pid of the channel's start lines belongs to. */
export function readLog(console: string, names: ReadonlyMap<number, string>): LogFindings {
  const log = parseConsole(console);
  const charged = groupBy(log.splats, (splat) => blame(splat, names) ?? OUTSIDE);
  const bySubtest = new Map([...charged].map(([name, splats]) => [name, condense(splats)]));
  const outside = bySubtest.get(OUTSIDE) ?? [];
  bySubtest.delete(OUTSIDE);
  return { bySubtest, outside: [...outside, ...gaps(log, names)] };
}

/** No subtest has an empty name. */
const OUTSIDE = '';

/** The same bug again and again is told once: the first report, and how many followed. */
function condense(splats: readonly LocatedSplat[]): Splat[] {
  return [...groupBy(splats, (splat) => splat.title).values()].flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    const { title, kind, text } = first;
    const again = more.length === 0 ? '' : `\n(and ${more.length} more with this title)`;
    return [{ title, kind, text: text + again }];
  });
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** What is missing in the log may have been a splat, and what came between missing markers is charged to the wrong subtest. */
function gaps(log: ConsoleReport, names: ReadonlyMap<number, string>): Splat[] {
  const found: Splat[] = [];
  const add = (title: string, text: string): void => void found.push({ kind: 'lost', title, text });
  if (log.lost > 0)
    add('kernel log records were lost', `${log.lost} records did not reach the console, as the kernel says.`);
  const marked = new Set(log.markers.flatMap((m) => (m.kind === 'start' ? [m.name] : [])));
  const unmarked = [...new Set(names.values())].filter((name) => !marked.has(name));
  if (unmarked.length > 0)
    add(
      'markers are missing in the kernel log',
      `${unmarked.length} subtests ran without "fencelab: start" in the log: ${unmarked.slice(0, 5).join(', ')}\n` +
        'Writes to /dev/kmsg are rate-limited unless the kernel is booted with printk.devkmsg=on.',
    );
  return found;
}
