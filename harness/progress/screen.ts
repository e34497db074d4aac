// SPDX-License-Identifier: MIT
import { createLogUpdate } from 'log-update';
import { type Clock, realClock } from './clock.js';
import { type Colors, colorsFor, type Env } from './colors.js';

/** What a region shows now; called again for every redraw. `width` characters fit into a line. */
export type Draw = (width: number, frame: number) => readonly string[];

/**
 * The one owner of an output stream. Lines stay; on a terminal, regions below them are redrawn in place, and stages and
 * tests share them. Elsewhere there are no regions.
 */
export interface Screen {
  /** Whether regions are shown. */
  readonly live: boolean;
  readonly colors: Colors;
  readonly clock: Clock;
  /** How many characters fit into a line now. */
  width(): number;
  /** A line that stays. */
  print(line: string): void;
  /** Show a region below all others, until the function that comes back is called. */
  region(draw: Draw): () => void;
  /** Take all regions away and leave the cursor as it was found. */
  close(): void;
}

/** The part of a stream that a screen needs. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  /** Streams of a process tell that their reader is gone (EPIPE) this way. */
  on?(event: 'error', listener: (error: Error) => void): unknown;
}

/** A terminal that can move its cursor gets regions, everything else plain lines. */
export function openScreen(output: Output, env: Env, clock: Clock = realClock): Screen {
  const terminal = output.isTTY === true && env['TERM'] !== 'dumb';
  const colors = colorsFor(output.isTTY === true, env);
  const open = new OpenOutput(output);
  return terminal ? new LiveScreen(open, colors, clock) : plainScreen(open, colors, clock);
}

/** A stream until its reader goes away (`| head`): what is written after that is lost, and the run goes on. */
export class OpenOutput implements Output {
  readonly isTTY: boolean;
  readonly #output: Output;
  #closed = false;

  constructor(output: Output) {
    this.#output = output;
    this.isTTY = output.isTTY === true;
    output.on?.('error', () => {
      this.#closed = true;
    });
  }

  get columns(): number {
    return this.#output.columns ?? 80;
  }

  get rows(): number {
    return this.#output.rows ?? 24;
  }

  write(text: string): void {
    if (!this.#closed) this.#output.write(text);
  }
}

function plainScreen(output: OpenOutput, colors: Colors, clock: Clock): Screen {
  return {
    live: false,
    colors,
    clock,
    width: () => 400,
    print: (line) => output.write(`${line}\n`),
    region: () => () => undefined,
    close: () => undefined,
  };
}

/** Ten times a second is enough for the eye, and costs nothing. */
export const FRAME_MS = 100;

class LiveScreen implements Screen {
  readonly live = true;
  readonly colors: Colors;
  readonly clock: Clock;
  readonly #output: OpenOutput;
  readonly #log: ReturnType<typeof createLogUpdate>;
  readonly #regions: Draw[] = [];
  #frame = 0;
  #shown = false;
  #stopTimer: (() => void) | undefined;

  constructor(output: OpenOutput, colors: Colors, clock: Clock) {
    this.#output = output;
    this.colors = colors;
    this.clock = clock;
    this.#log = createLogUpdate(output as unknown as NodeJS.WritableStream);
  }

  /** One column stays free: a full line would wrap, and the next redraw would start a line too low. */
  width(): number {
    return Math.max(10, this.#output.columns - 1);
  }

  print(line: string): void {
    this.#clear();
    this.#output.write(`${line}\n`);
    this.#draw();
  }

  region(draw: Draw): () => void {
    this.#regions.push(draw);
    this.#stopTimer ??= this.clock.every(FRAME_MS, () => {
      this.#frame++;
      this.#draw();
    });
    this.#draw();
    return () => {
      const at = this.#regions.indexOf(draw);
      if (at < 0) return;
      this.#regions.splice(at, 1);
      if (this.#regions.length > 0) this.#draw();
      else this.#rest();
    };
  }

  close(): void {
    this.#regions.length = 0;
    this.#rest();
  }

  #rest(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#clear();
    this.#log.done();
  }

  #clear(): void {
    if (this.#shown) this.#log.clear();
    this.#shown = false;
  }

  #draw(): void {
    const lines = this.#regions.flatMap((draw) => [...draw(this.width(), this.#frame)]);
    if (lines.length === 0) {
      this.#clear();
      return;
    }
    this.#log(lines.join('\n'));
    this.#shown = true;
  }
}
