// SPDX-License-Identifier: MIT
import { CODE, type OperationName } from '../ops/operations.js';
import type { World } from '../state/world.js';
import { commit } from './commit.js';
import { close, dup, limit, unknown, wait } from './descriptors.js';
import { exportFile, importFile, setName, sync } from './dma-buf.js';
import { epoll, watch, woken } from './epoll.js';
import { expire } from './expiry.js';
import { card, drop, heap, open, prime } from './gem.js';
import { idle, submit, texture, transfer } from './gpu.js';
import { settleMoving } from './moving.js';
import { observe, poll } from './poll.js';
import { exit, fork, other, take } from './processes.js';
import { fence, inc, timeline } from './sw-sync.js';
import { deadline, info, merge } from './sync-file.js';
import { attach, dumb, signal } from './vgem.js';
import type { Step, Words } from './words.js';

const STEPS: Record<OperationName, Step> = {
  timeline,
  fence,
  inc,
  card,
  dumb,
  prime,
  drop,
  attach,
  signal,
  export: exportFile,
  import: importFile,
  merge,
  info,
  poll,
  sync,
  name: setName,
  deadline,
  unknown,
  dup,
  close,
  limit,
  wait,
  observe,
  other,
  fork,
  exit,
  heap,
  open,
  texture,
  idle,
  transfer,
  submit,
  commit,
  epoll,
  watch,
  woken,
  take,
};

const byCode: (Step | undefined)[] = [];
for (const [name, step] of Object.entries(STEPS)) byCode[CODE[name as OperationName]] = step;

/**
 * Does one op to a world: what it gives is in `world.answer` afterwards. `code` must be of an op, and the words as many
 * as it has. The op runs between `world.from` and `world.until`.
 */
export function run(world: World, code: number, words: Words, at: number): void {
  world.answer.reset();
  if (world.expiring.length > 0) expire(world);
  if (world.moving.length > 0) settleMoving(world);
  (byCode[code] as Step)(world, words, at);
}
