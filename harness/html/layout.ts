// SPDX-License-Identifier: MIT
import type { Scene } from './scene.js';

/** Where everything of a scene is, in pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Base line of the heads of columns, and the line below them. */
  readonly head: number;
  readonly rule: number;
  /** Where lines end that go on. */
  readonly end: number;
  readonly rowHeight: number;
  /** The middle of a row. */
  rowY(row: number): number;
  readonly laneX: readonly number[];
  /** Characters of a call, and of a result, that are shown. */
  readonly laneChars: number;
  readonly gotX: number;
  readonly gotChars: number;
  readonly fenceX: readonly number[];
  readonly fencesWidth: number;
  readonly filesX: number;
  readonly filesWidth: number;
  readonly fileWidth: number;
  readonly slotWidth: number;
  readonly buffers: readonly {
    readonly x: number;
    readonly width: number;
    readonly write: number;
    readonly read: number;
  }[];
}

const ROW = 24;
const HEAD = 36;
const RULE = 46;
/** Of a character of the ops, 12 px high, and of those of names, 11 px. */
const CHAR = 7.3;
const SMALL_CHAR = 6.8;
const NUMBER = 48;
const GROUP_GAP = 28;

const widest = (words: readonly string[]): number => Math.max(0, ...words.map((word) => word.length));

export function layoutOf(scene: Scene): Layout {
  const ops = scene.rows.flatMap((row) => (row.kind === 'op' ? [row] : []));
  const several = scene.lanes.length > 1;
  const laneChars = Math.min(several ? 26 : 34, Math.max(14, widest(ops.map(({ call }) => call))));
  const laneWidth = Math.ceil(laneChars * CHAR) + (several ? 26 : 18);
  const laneX = scene.lanes.map((_, n) => NUMBER + n * laneWidth);
  const gotX = NUMBER + Math.max(1, scene.lanes.length) * laneWidth;
  const gotChars = Math.min(22, Math.max(4, widest(ops.map(({ got }) => got))));
  let x = gotX + Math.ceil(gotChars * CHAR) + GROUP_GAP;
  const fenceX: number[] = [];
  const fencesFrom = x;
  for (const { name } of scene.fences) {
    const width = Math.max(40, Math.ceil(name.length * SMALL_CHAR) + 14);
    fenceX.push(x + width / 2);
    x += width;
  }
  const fencesWidth = x - fencesFrom;
  if (scene.fences.length > 0) x += GROUP_GAP - 12;
  const fileWidth = Math.max(36, widest(scene.files.map(({ name }) => name)) * CHAR + 16);
  const filesX = x;
  const columns = Math.max(0, ...scene.files.map(({ column }) => column + 1));
  const filesWidth = Math.max(columns * fileWidth, columns > 0 ? 66 : 0);
  if (columns > 0) x += filesWidth + GROUP_GAP;
  const slotWidth = Math.max(
    54,
    ...scene.buffers.flatMap(({ slots }) => slots.map((s) => s.name.length * SMALL_CHAR + 18)),
  );
  const buffers = scene.buffers.map((buffer) => {
    const write = x;
    const read = write + Math.max(1, buffer.columns.WRITE) * slotWidth + 6;
    const width = read - write + Math.max(1, buffer.columns.READ) * slotWidth;
    x += width + GROUP_GAP;
    return { x: write, width, write, read };
  });
  const rowY = (row: number): number => RULE + 4 + ROW / 2 + row * ROW;
  const end = rowY(scene.rows.length - 1) + ROW / 2;
  return {
    width: Math.ceil(x),
    height: end + 12,
    ...{ head: HEAD, rule: RULE, end, rowHeight: ROW, rowY, laneX, laneChars, gotX, gotChars },
    ...{ fenceX, fencesWidth, filesX, filesWidth, fileWidth, slotWidth, buffers },
  };
}
