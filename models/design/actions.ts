// SPDX-License-Identifier: MIT
import type { Design } from './designs.js';
import { type Leaves, leavesOf, type Node } from './node.js';
import { JOBS, MOVE, OWNER, type Policy, TIMELINES } from './policies.js';
import { brokenByImport, type DesignPromise } from './promises.js';
import { BUFFERS, type Buffer, missing, pendingOf, type State } from './state.js';

/** One thing that may happen next: in words, the state after it, and the promises that the step itself breaks. */
export interface Action {
  readonly words: string;
  readonly next: State;
  readonly breaks: readonly DesignPromise[];
}

const withBuffer = (state: State, at: number, change: Partial<Buffer>): State => ({
  ...state,
  buffers: state.buffers.map((b, n) => (n === at ? { ...b, ...change } : b)),
});

const setWaits = (state: State, job: number, waits: Leaves): State => ({
  ...state,
  made: state.made | (1 << job),
  waits: state.waits.map((w, n) => (n === job ? waits & pendingOf(state) : w)),
});

function* submissions(state: State, design: Design, policy: Policy): Generator<Action> {
  for (const job of JOBS) {
    // The second queue is like the first: only in this order
    if ((state.made & (1 << job)) !== 0 || (job === 1 && (state.made & 1) === 0)) continue;
    for (const at of BUFFERS)
      for (const write of [true, false]) yield submission(state, design, policy, job, at, write);
  }
}

function submission(
  state: State,
  design: Design,
  policy: Policy,
  job: (typeof JOBS)[number],
  at: number,
  write: boolean,
): Action {
  const buffer = state.buffers[at] as Buffer;
  const { resv, moves } = buffer;
  const gate = design.gate(resv, write);
  const own = at === OWNER[job];
  const waited = policy.waits({ job, resv, own, moves, explicit: leavesOf(state.exported), gate });
  const started = setWaits(state, job, waited);
  const bit = 1 << job;
  const next = withBuffer(started, at, {
    resv: design.add(resv, job, policy.adds(write), pendingOf(started)),
    ...(write ? { writes: buffer.writes | bit } : { reads: buffer.reads | bit }),
  });
  return {
    words: `${TIMELINES[job]} ${write ? 'writes' : 'reads'} b${at}`,
    next: { ...next, files: next.files.map((file, n) => (n === job ? job : file)) },
    breaks: missing(state, moves, waited) !== 0 ? ['P7'] : [],
  };
}

/** The exporter's memory manager moves or clears a buffer, after everything that is there. */
function* moves(state: State, design: Design): Generator<Action> {
  if ((state.made & (1 << MOVE)) !== 0) return;
  for (const at of BUFFERS) {
    const buffer = state.buffers[at] as Buffer;
    const started = setWaits(state, MOVE, buffer.writes | buffer.reads | buffer.moves);
    const resv = design.add(buffer.resv, MOVE, 'move', pendingOf(started));
    const next = withBuffer(started, at, { resv, moves: buffer.moves | (1 << MOVE) });
    yield { words: `b${at} is moved`, next, breaks: [] };
  }
}

function* exports(state: State, design: Design): Generator<Action> {
  for (const at of BUFFERS)
    for (const write of [true, false]) {
      const { resv } = state.buffers[at] as Buffer;
      const exported = design.export(resv, write, pendingOf(state));
      // What an access would wait for now has to be in it; what was lost before is P1
      const wrong = missing(state, design.gate(resv, write), leavesOf(exported)) !== 0;
      const words = `export b${at} for ${write ? 'writing' : 'reading'}`;
      yield { words, next: { ...state, exported }, breaks: wrong ? ['P8'] : [] };
    }
}

function imported(state: State, at: number, file: Node, write: boolean, resv: Buffer['resv']): State {
  const buffer = state.buffers[at] as Buffer;
  const leaves = leavesOf(file);
  return withBuffer(state, at, {
    resv,
    ...(write ? { writes: buffer.writes | leaves } : { reads: buffer.reads | leaves }),
  });
}

function* imports(state: State, design: Design): Generator<Action> {
  const files = [...state.files, state.exported];
  for (const at of BUFFERS)
    for (const [n, file] of files.entries())
      for (const write of [true, false]) {
        if (file === null || file === undefined) continue;
        const { resv } = state.buffers[at] as Buffer;
        const result = design.import(resv, file, write, pendingOf(state));
        const whose = n < JOBS.length ? `the file of ${TIMELINES[n]}` : 'the exported file';
        const words = `import ${whose} into b${at} as a ${write ? 'write' : 'read'}`;
        const next = imported(state, at, file, write, result);
        if (design.locked) yield { words, next, breaks: brokenByImport(state, next, at, write, design) };
        else if (state.inFlight === null) {
          const inFlight = { buffer: at, file, write, seen: resv.excl, result };
          yield { words: `${words}: look`, next: { ...state, inFlight }, breaks: [] };
        }
      }
}

/** The second half of an import without the lock. If the exclusive fence is another one by now, it begins anew. */
function* swaps(state: State, design: Design): Generator<Action> {
  if (state.inFlight === null) return;
  const { buffer, file, write, seen, result } = state.inFlight;
  const after = { ...state, inFlight: null };
  if (JSON.stringify(state.buffers[buffer]?.resv.excl) !== JSON.stringify(seen)) {
    yield { words: `the import into b${buffer} begins anew`, next: after, breaks: [] };
    return;
  }
  const next = imported(after, buffer, file, write, result);
  // What signalled since the look is collected by the next import: it does not pile up
  const breaks = brokenByImport(state, next, buffer, write, design).filter((promise) => promise !== 'P4');
  yield { words: `the import into b${buffer} swaps`, next, breaks };
}

function* signals(state: State): Generator<Action> {
  const pending = pendingOf(state);
  for (const [n, name] of TIMELINES.entries()) {
    if ((pending & (1 << n)) === 0 || ((state.waits[n] ?? 0) & pending) !== 0) continue;
    yield { words: `${name} signals`, next: { ...state, signalled: state.signalled | (1 << n) }, breaks: [] };
  }
}

/** Everything that may happen next. */
export function* actions(state: State, design: Design, policy: Policy): Generator<Action> {
  yield* submissions(state, design, policy);
  yield* moves(state, design);
  yield* exports(state, design);
  yield* imports(state, design);
  yield* swaps(state, design);
  yield* signals(state);
}
