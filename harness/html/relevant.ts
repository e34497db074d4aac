// SPDX-License-Identifier: MIT
import type { Event, Operation } from '../../models/index.js';
import { letterOf, NONE } from '../../models/index.js';

/** Which ops of a trace bear on its last one. */
export interface Relevant {
  /** Places in the trace, rising; the last op is among them. */
  readonly places: readonly number[];
  /** Variables that they are about. */
  readonly variables: ReadonlySet<number>;
}

/** Ops that change nothing that is drawn; shown where there is room. */
const LOOKS = new Set([
  'info',
  'poll',
  'observe',
  'deadline',
  'name',
  'unknown',
  'sync',
  'idle',
  'woken',
  'wait',
]);
/** Ops after which two variables name one buffer, or a fence belongs to one. */
const JOINS = new Set(['prime', 'open', 'dup', 'attach']);
/** Everything mentions a card, and nothing is held by it. */
const isOfInterest = (variable: number): boolean =>
  variable !== NONE && letterOf(variable) !== 'c' && letterOf(variable) !== 'o';

/** The variables of an op: the one that it makes, and those it is given. */
export function variablesOf({ call: { op, args } }: Event): { makes: number | undefined; given: number[] } {
  const makes = op.makes === undefined ? undefined : args[0];
  const rest = op.makes === undefined ? args : args.slice(1);
  const given = rest.filter((_, at) => (op as Operation).args[at]?.type.kind === 'variable');
  return {
    makes: makes !== undefined && isOfInterest(makes) ? makes : undefined,
    given: given.filter(isOfInterest),
  };
}

/** Variables that come to the same buffer, by one name for each set of them. */
class Joined {
  readonly #other = new Map<number, number>();

  root(variable: number): number {
    let at = variable;
    for (let next = this.#other.get(at); next !== undefined; next = this.#other.get(at)) at = next;
    return at;
  }

  join(a: number, b: number): void {
    const [from, to] = [this.root(a), this.root(b)];
    if (from !== to) this.#other.set(from, to);
  }
}

/**
 * The last `most` ops at the most that touch what the last op is about: its variables, the timelines of the fences in its
 * results, and, going back, whatever went into these.
 */
export function relevantOps(events: readonly Event[], timelines: Iterable<number>, most: number): Relevant {
  const last = events.length - 1;
  const wrong = events[last];
  if (wrong === undefined) return { places: [], variables: new Set() };
  const joined = new Joined();
  for (const event of events) {
    const { makes, given } = variablesOf(event);
    const [first] = given;
    if (makes !== undefined && first !== undefined && JOINS.has(event.call.op.name))
      joined.join(makes, first);
  }
  const { makes, given } = variablesOf(wrong);
  const begin = [...given, ...(makes === undefined ? [] : [makes]), ...timelines].map((v) => joined.root(v));
  // A timeline that moves comes before the fence in the trail: only the next walk knows that it matters
  let trail = walkBack(events, new Set(begin), joined, most);
  for (let walks = 1; walks < MOST_WALKS; walks++) {
    const moved = [...trail.touched].filter((variable) => letterOf(variable) === 't');
    const next = walkBack(events, new Set([...begin, ...moved]), joined, most);
    const same = next.touched.size === trail.touched.size;
    trail = next;
    if (same) break;
  }
  const { strong, weak, touched } = trail;
  const room = Math.max(0, most - 1 - strong.length);
  const places = [...strong.slice(0, most - 1), ...weak.slice(0, room), last].sort((x, y) => x - y);
  const mentioned = places.flatMap((at) => {
    const { makes: made, given: used } = variablesOf(events[at] as Event);
    return made === undefined ? used : [made, ...used];
  });
  const isShown = (variable: number): boolean =>
    touched.has(joined.root(variable)) || letterOf(variable) === 's';
  return { places, variables: new Set(mentioned.filter(isShown)) };
}

const MOST_WALKS = 4;

interface Trail {
  /** Places, the last first: ops that made or changed what is needed, and those that only looked at it. */
  readonly strong: readonly number[];
  readonly weak: readonly number[];
  /** Everything that was needed at some place. */
  readonly touched: ReadonlySet<number>;
}

/** From the op before the last one back to where there are enough. */
function walkBack(events: readonly Event[], needed: Set<number>, joined: Joined, most: number): Trail {
  const touched = new Set(needed);
  const strong: number[] = [];
  const weak: number[] = [];
  for (let at = events.length - 2; at >= 0 && strong.length < most; at--) {
    const event = events[at] as Event;
    const kind = bearing(event, needed, joined);
    if (kind === 'none') continue;
    (kind === 'weak' ? weak : strong).push(at);
    if (kind === 'weak') continue;
    const { makes: made, given: used } = variablesOf(event);
    if (made !== undefined && !JOINS.has(event.call.op.name)) needed.delete(joined.root(made));
    for (const variable of used) {
      needed.add(joined.root(variable));
      touched.add(joined.root(variable));
    }
  }
  return { strong, weak, touched };
}

/** Whether an op bears on what is needed after it: it makes it, changes it, or only looks at it. */
function bearing(event: Event, needed: ReadonlySet<number>, joined: Joined): 'strong' | 'weak' | 'none' {
  const { name } = event.call.op;
  const { makes, given } = variablesOf(event);
  const isNeeded = (variable: number): boolean => needed.has(joined.root(variable));
  if ((event.results[0]?.ret ?? 0) < 0) return 'none';
  if (LOOKS.has(name)) return given.some(isNeeded) ? 'weak' : 'none';
  if (name === 'close')
    return given.some((v) => isNeeded(v) && letterOf(v) === 't')
      ? 'strong'
      : given.some(isNeeded)
        ? 'weak'
        : 'none';
  if (name === 'fork' || name === 'exit' || name === 'take' || name === 'limit') return 'weak';
  if (makes !== undefined && isNeeded(makes)) return 'strong';
  // What an import gives goes into the buffer, not the other way; the same holds for work that waits for a file
  const changed =
    makes === undefined || name === 'attach' || name === 'submit' || name === 'commit'
      ? given.slice(0, 1)
      : [];
  return changed.some(isNeeded) ? 'strong' : 'none';
}
