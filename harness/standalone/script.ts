// SPDX-License-Identifier: MIT
import { type Event, letterOf, NONE, OPERATIONS, type Operation, type Script } from '../../models/index.js';
import { UsageError } from '../errors.js';
import { FUNCTIONS } from './calls.js';

/** What of a program becomes C: no results or times, and where that is wanted each buffer is observed after each op. */
export function scriptForC({ setting, events }: Script, observes: boolean): Script {
  const made = new Set<number>();
  const all = events.flatMap(({ call, thread }) => {
    const event: Event = { call, results: [], ...(thread === undefined ? {} : { thread }) };
    const { op, args } = call;
    if (op.makes !== undefined) made.add(args[0] ?? NONE);
    if (op.name === 'close') made.delete(args[0] ?? NONE);
    if (!observes || op.name === 'observe') return [event];
    const first = op.makes === undefined ? 0 : 1;
    const buffers = args.filter(
      (value, n) =>
        (n < first || op.args[n - first]?.type.kind === 'variable') &&
        letterOf(value) === 'b' &&
        made.has(value),
    );
    return [event, ...buffers.map((buffer) => ({ ...event, call: { op: OBSERVE, args: [buffer] } }))];
  });
  return { setting, events: all };
}

const OBSERVE = (OPERATIONS as readonly Operation[]).find(({ name }) => name === 'observe') as Operation;

const VGEM_ONLY = new Set(['attach', 'signal']);
const VIRTIO_ONLY = new Set(['texture', 'idle', 'transfer']);
const VIRTIO = 2;
const MOST_THREADS = 8;

/** Throws UsageError for what the executor of a guest would refuse too: it is the same here. */
export function refuseForC({ events, setting }: Script, file: string): void {
  if (events.length === 0)
    throw new UsageError(`${file} has no op`, { remedy: 'A program is one op a line: t0 = timeline' });
  const drivers = new Map<number, number>();
  for (const [at, { call, thread }] of events.entries()) {
    const { op, args } = call;
    const refuse = (why: string): never => {
      throw new UsageError(`op ${at} of ${file} cannot be done in C: ${op.name}: ${why}`, {
        remedy: 'Take it out, or see what the model says of the file: fencelab model FILE',
      });
    };
    if (FUNCTIONS[op.name] === undefined) refuse('the executor of programs does not do that either');
    if ((thread ?? 0) >= MOST_THREADS) refuse(`a program has one process of ${MOST_THREADS} threads at most`);
    if (op.name === 'card') drivers.set(args[0] ?? NONE, args[1] ?? 0);
    const driver = drivers.get(args[op.makes === undefined ? 0 : 1] ?? NONE);
    if (VGEM_ONLY.has(op.name) && (driver ?? 0) !== 0) refuse('that is no card of vgem');
    if (VIRTIO_ONLY.has(op.name) && (driver ?? VIRTIO) !== VIRTIO) refuse('that is no card of virtio-gpu');
  }
  if (setting.first > 800)
    throw new UsageError(`${file} begins at descriptor ${setting.first}`, { remedy: 'At most 800.' });
}
