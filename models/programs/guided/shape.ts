// SPDX-License-Identifier: MIT
import { type Fence, leafPending } from '../../state/fence.js';
import type { File } from '../../state/file.js';
import type { World } from '../../state/world.js';

/**
 * What kinds of things there are in a world, without names and with small numbers only: two worlds of one shape are much
 * alike, and a program that comes to a new one is worth going on from. Coarse on purpose: of exact states there is no end.
 */
export function shapeOf(world: World): string {
  const parts = new Set<string>();
  for (const file of world.table.files) if (file !== undefined) parts.add(shapeOfFile(file));
  return [...parts].sort().join(' ');
}

const MANY = 3;
const few = (count: number): number => Math.min(count, MANY);

function shapeOfFile(file: File): string {
  switch (file.kind) {
    case 'timeline':
      return file.context.position > 0 ? 't+' : 't';
    case 'sync':
      return shapeOfSync(file.fence);
    case 'buffer': {
      const counts = [0, 0, 0, 0];
      for (const { leaf, write } of file.resv.entries()) {
        const which = (write ? 2 : 0) + (leafPending(leaf) ? 1 : 0);
        counts[which] = few((counts[which] ?? 0) + 1);
      }
      const { first, second } = file.callbacks;
      const waits = (first === null ? '' : 'i') + (second === null ? '' : 'o');
      return `b${counts.join('')}${waits}${file.object === null ? 'h' : ''}`;
    }
    case 'epoll':
      return `e${few(file.watches.length)}`;
    case 'card':
    case 'other':
      return '';
  }
}

function shapeOfSync({ context, position, members, settled, enabled }: Fence): string {
  if (members.length === 0) {
    if (context === null) return 's.';
    return position > context.position ? (context.closed ? 'sx' : 's1') : 's0';
  }
  const pending = members.filter(leafPending).length;
  return `s${few(members.length)}${few(pending)}${settled}${enabled ? 'e' : ''}`;
}
