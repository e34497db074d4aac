// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import type { Result } from '../ops/call.js';
import type { Event } from '../ops/event.js';
import { CODE } from '../ops/operations.js';
import type { LeafList } from '../state/answer.js';
import type { Outcome } from './step.js';

const isPlain = ({ length, most, also, who, perhaps }: LeafList): boolean =>
  Array.from({ length }, (_, i) => most[i] === 1 && also[i] === who[i] && perhaps[i] !== true).every(Boolean);

/** What a caller may see of one outcome, without times; undefined if that cannot be listed. See matches(). */
export function variants(
  { call }: Event,
  { result, world: { answer } }: Outcome,
): readonly Result[] | undefined {
  if (result.ret < 0) return [result];
  if (answer.mayBeReady !== 0 || !answer.lists.every(isPlain)) return undefined;
  const plain = {
    ...result,
    lists: result.lists.map((list) => list.map(({ who, status }) => ({ who, status }))),
  };
  if (call.op.code !== CODE.info) return [plain];
  const [status = 0, count = 0] = result.outputs;
  if (answer.mostFences > count) return undefined;
  const statuses = new Set([status]);
  if (answer.mostFences > 0 && answer.otherStatus !== 0) statuses.add(answer.otherStatus);
  if (answer.mostFences > 0 && answer.anyNotDone)
    for (const leaf of plain.lists[0] ?? []) if (leaf.status <= 0) statuses.add(leaf.status);
  const seen = [...statuses].map((one) => ({ ...plain, outputs: [one, count] }));
  return answer.roomMayLack ? [...seen, { ret: -ERRNO.EINVAL, outputs: [], lists: [] }] : seen;
}
