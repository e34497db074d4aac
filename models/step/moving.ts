// SPDX-License-Identifier: MIT
import type { Context } from '../state/context.js';
import { type Fence, leaf, leafPending } from '../state/fence.js';
import type { World } from '../state/world.js';

/**
 * Fences that signal by themselves: those of virtio-gpu's commands, when the host has done them, and out fences of
 * commits, when they are on the screen. Nobody sees the moment, so a context keeps what it is known to have signalled,
 * and an op that looks at such a fence may find it signalled or not. What no op looks at stays open: then it does not
 * matter, and hypotheses stay few.
 */

/** The next fence of a context: not before `after`, and by then (us). */
export function begin(world: World, context: Context, after: readonly Fence[], by: number): Fence {
  const steps = context.steps ?? [];
  context.steps = steps;
  const position = (steps.at(-1)?.position ?? context.position) + 1;
  if (steps.length === 0) world.moving.push(context);
  steps.push({ position, after: after.filter(leafPending), by });
  const fence = leaf(context, position);
  fence.span = { from: world.from, until: Number.POSITIVE_INFINITY };
  return fence;
}

/** Whether a pending fence may have signalled by itself by now, and so may all that comes before it. */
export function mayHaveGone(fence: Fence): boolean {
  const { context } = fence;
  return context !== null && context.steps !== null && !context.closed && mayReach(context, fence.position);
}

export function mayReach(context: Context, position: number): boolean {
  for (const step of context.steps ?? []) {
    if (step.position > position) break;
    for (const gate of step.after) if (leafPending(gate) && !mayHaveGone(gate)) return false;
  }
  return true;
}

/** The context has come that far, and so has all that it had to wait for. */
export function reach(context: Context, position: number): void {
  const { steps } = context;
  if (steps === null || position <= context.position) return;
  let gone = 0;
  for (const step of steps) {
    if (step.position > position) break;
    gone++;
    for (const gate of step.after)
      if (leafPending(gate) && gate.context !== null) reach(gate.context, gate.position);
  }
  steps.splice(0, gone);
  context.position = position;
}

/** Before an op: what must have signalled has. */
export function settleMoving(world: World): void {
  for (const context of world.moving)
    for (let step = context.steps?.[0]; step !== undefined; step = context.steps?.[0]) {
      if (step.by > world.from || !mayReach(context, step.position)) break;
      reach(context, step.position);
    }
  if (world.moving.some((context) => context.steps?.length === 0))
    world.moving = world.moving.filter((context) => context.steps?.length !== 0);
}
