// SPDX-License-Identifier: MIT

/** What the guest's agent writes to the kernel log, so that a report can be charged to a subtest. */
export type Marker =
  | { readonly kind: 'start'; readonly name: string }
  | { readonly kind: 'end'; readonly name: string; readonly result: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'other'; readonly text: string };

export const MARKER_EXAMPLES = [
  'fencelab: start export@flags',
  'fencelab: start export@flags@read-write',
  'fencelab: end export@flags@read-write pass',
  'fencelab: done',
] as const;

const NAME = String.raw`[^\s@]+@[^\s@]+(?:@\S+)?`;
const START = new RegExp(`^start (${NAME})$`);
const END = new RegExp(`^end (${NAME}) (\\w+)$`);

/** `undefined`: not a line of the agent's. `other`: one that says nothing about where we are. */
export function readMarker(text: string): Marker | undefined {
  if (!text.startsWith('fencelab: ')) return undefined;
  const said = text.slice('fencelab: '.length).trim();
  if (said === 'done') return { kind: 'done' };
  const start = START.exec(said);
  if (start?.[1] !== undefined) return { kind: 'start', name: start[1] };
  const end = END.exec(said);
  if (end?.[1] !== undefined && end[2] !== undefined) return { kind: 'end', name: end[1], result: end[2] };
  return { kind: 'other', text: said };
}

/** Which subtests run, from outermost to innermost. */
export class RunningNames {
  // invariant: each is a dynamic subtest of the one before it
  #names: string[] = [];

  apply(marker: Marker): void {
    if (marker.kind === 'done') this.#names = [];
    else if (marker.kind === 'start')
      this.#names = [...this.#names.filter((outer) => marker.name.startsWith(`${outer}@`)), marker.name];
    else if (marker.kind === 'end') {
      const at = this.#names.indexOf(marker.name);
      if (at >= 0) this.#names = this.#names.slice(0, at);
    }
  }

  innermost(): string | undefined {
    return this.#names.at(-1);
  }
}
