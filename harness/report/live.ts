// SPDX-License-Identifier: MIT
import type { Screen } from '../progress/screen.js';
import { bar, duration, fit, wrap } from '../progress/words.js';
import { isRed } from '../result/result.js';
import { guestEndLine, reasons, resultLine, WHY } from './lines.js';
import type { EventOf, Reporter, RunEvent } from './reporter.js';
import { summaryText } from './summary.js';

interface Running {
  readonly name: string;
  readonly since: number;
}

/** For a terminal: counts and the subtests that run now in a region that is redrawn; what is red stays above it. */
class LiveReporter implements Reporter {
  readonly name = 'live';
  readonly ownsStdout: boolean;
  readonly #screen: Screen;
  #folder = '.';
  #planned = 0;
  #since = 0;
  // Dynamic subtests are counted with their outer one: the plan does not know them.
  #ended = 0;
  #red = 0;
  #skipped = 0;
  readonly #running = new Map<number, Running>();
  #hide: (() => void) | undefined;

  constructor(screen: Screen, ownsStdout: boolean) {
    this.#screen = screen;
    this.ownsStdout = ownsStdout;
  }

  on(event: RunEvent): void {
    switch (event.kind) {
      case 'begin':
        this.#begin(event);
        return;
      case 'boot':
        this.#running.set(event.guest, { name: 'booted', since: this.#screen.clock.now() });
        return;
      case 'subtest-start':
        this.#running.set(event.guest, { name: event.name, since: this.#screen.clock.now() });
        return;
      case 'subtest-end':
        this.#ends(event);
        return;
      case 'guest-end': {
        this.#running.delete(event.record.index);
        const line = guestEndLine(event.record, event.again);
        if (line !== undefined)
          for (const part of wrap(line, this.#screen.width()))
            this.#screen.print(this.#screen.colors.yellow(part));

        return;
      }
      case 'end': {
        this.#hide?.();
        const { colors } = this.#screen;
        this.#screen.print(
          `\n${summaryText(event.summary, { folder: this.#folder, colors, width: this.#screen.width() }).trimEnd()}`,
        );
        return;
      }
      case 'untestable':
        this.#hide?.();
    }
  }

  #begin(event: EventOf<'begin'>): void {
    this.#folder = event.plan.shownFolder;
    this.#planned = event.plan.subtests.length;
    this.#since = this.#screen.clock.now();
    this.#hide = this.#screen.region((width) => this.#draw(width));
  }

  #ends({ result }: EventOf<'subtest-end'>): void {
    if (result.dynamic === undefined) {
      this.#ended++;
      if (isRed(result)) this.#red++;
      else if (result.outcome === 'skip') this.#skipped++;
    }
    if (!isRed(result)) return;
    const width = this.#screen.width();
    this.#screen.print(resultLine(result, this.#screen.colors, width));
    for (const line of reasons(result).slice(0, 1))
      for (const part of wrap(line, width, ...WHY)) this.#screen.print(part);
  }

  #draw(width: number): readonly string[] {
    const { colors, clock } = this.#screen;
    const passed = this.#ended - this.#red - this.#skipped;
    const counts = `${bar(this.#ended, this.#planned)} ${this.#ended}/${this.#planned}, ${passed} pass, ${this.#red} red, ${this.#skipped} skip (${duration(clock.now() - this.#since)})`;
    const head = fit(`Test ${counts}`, width);
    const guests = [...this.#running].sort(([a], [b]) => a - b);
    return [
      this.#red > 0 ? colors.red(head) : head,
      ...guests.map(([guest, { name, since }]) =>
        colors.dim(fit(`  guest ${guest}: ${name} (${duration(clock.now() - since)})`, width)),
      ),
    ];
  }
}

export function liveReporter(screen: Screen, ownsStdout: boolean): Reporter {
  return new LiveReporter(screen, ownsStdout);
}
