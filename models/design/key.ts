// SPDX-License-Identifier: MIT
import type { Node, Resv } from './node.js';
import type { State } from './state.js';

const nodeKey = (n: Node | null): string =>
  n === null ? '-' : typeof n === 'number' ? String(n) : `[${n.map(nodeKey).join('')}]`;
const resvKey = (r: Resv): string =>
  `${r.kernel.map(nodeKey).join('')}/${nodeKey(r.excl)}/${r.shared.map(nodeKey).join('')}`;

/** Two states with the same key go on in the same way. */
export function keyOf(state: State): string {
  const { made, signalled, waits, buffers, files, exported, inFlight } = state;
  const both = buffers.map((b) => `${resvKey(b.resv)},${b.writes},${b.reads},${b.moves}`).join(';');
  const open = inFlight
    ? `${inFlight.buffer}${nodeKey(inFlight.file)}${inFlight.write}${nodeKey(inFlight.seen)}${resvKey(inFlight.result)}`
    : '';
  return `${made},${signalled},${waits.join()};${both};${files.map(nodeKey).join('')}${nodeKey(exported)}${open}`;
}
