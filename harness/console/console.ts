// SPDX-License-Identifier: MIT
import { type Marker, RunningNames, readMarker } from './markers.js';
import { type ConsoleRecord, RecordSplitter } from './records.js';
import { type Beginning, beginningOf, type LocatedSplat, OpenReport } from './report.js';

/** What the console told, as soon as it is certain. */
export type ConsoleItem =
  | { readonly kind: 'marker'; readonly marker: Marker; readonly line: number }
  | { readonly kind: 'splat'; readonly splat: LocatedSplat }
  /** At once, not when its report is complete: nothing more will come from this kernel. */
  | {
      readonly kind: 'panic';
      readonly title: string;
      readonly during: string | undefined;
      readonly line: number;
    }
  /** A kernel begins to boot. The second one in a log is a reboot. */
  | { readonly kind: 'boot'; readonly line: number }
  /** The kernel says that records did not get onto the console: a splat may be among them. */
  | { readonly kind: 'lost'; readonly count: number; readonly line: number };

const PANIC = /^Kernel panic - not syncing: (.*)/;
/** Panics that only carry out what an oops or a WARN before them decided. */
const ECHO =
  /^(?:Fatal exception|.*panic_on_warn set|hung_task: blocked tasks|softlockup: hung tasks|RCU Stall|Attempted to kill init! exitcode=0x0000000[9b])/;
const ECHO_WITHIN_LINES = 80;
const BOOT = /^Linux version \d/;
const LOST = /^\*\* (\d+) printk messages dropped \*\*|(\d+) output lines suppressed due to ratelimiting$/;

/**
 * Reads the text of a guest's serial console, in pieces of any size, and tells what it finds. Never throws for what the
 * text holds.
 */
export class ConsoleReader {
  readonly #records = new RecordSplitter();
  readonly #running = new RunningNames();
  /** By caller, so that reports of two processors do not run into each other where the kernel tells callers apart. */
  readonly #open = new Map<string, OpenReport>();
  #lastSplatLine: number | undefined;
  #leakCount: LocatedSplat | undefined;
  #leaksTold = false;

  push(text: string): ConsoleItem[] {
    return this.#records.push(text).flatMap((record) => this.#record(record));
  }

  /** The log is over. */
  end(): ConsoleItem[] {
    const items = this.#records.end().flatMap((record) => this.#record(record));
    for (const caller of [...this.#open.keys()]) items.push(...this.#close(caller));
    if (this.#leakCount !== undefined && !this.#leaksTold)
      items.push({ kind: 'splat', splat: this.#leakCount });
    return items;
  }

  /** The innermost subtest that runs, by the markers seen so far. */
  running(): string | undefined {
    return this.#running.innermost();
  }

  #record(record: ConsoleRecord): ConsoleItem[] {
    const lost = LOST.exec(record.text);
    if (lost !== null) return [{ kind: 'lost', count: Number(lost[1] ?? lost[2]), line: record.line }];
    if (!record.fromKernel) return [];
    const marker = readMarker(record.text);
    if (marker !== undefined) return this.#marker(marker, record);
    return BOOT.test(record.text) ? this.#boot(record) : this.#kernel(record);
  }

  #boot(record: ConsoleRecord): ConsoleItem[] {
    const left = [...this.#open.keys()].flatMap((caller) => this.#close(caller));
    return [...left, { kind: 'boot', line: record.line }];
  }

  #marker(marker: Marker, record: ConsoleRecord): ConsoleItem[] {
    const items: ConsoleItem[] = [];
    const report = this.#open.get(record.caller);
    report?.interrupt();
    if (report?.over) items.push(...this.#close(record.caller));
    this.#running.apply(marker);
    return [...items, { kind: 'marker', marker, line: record.line }];
  }

  #kernel(record: ConsoleRecord): ConsoleItem[] {
    const items: ConsoleItem[] = [];
    const beginning = this.#beginning(record);
    const panic = PANIC.exec(record.text);
    const echo = panic !== null && this.#isEcho(panic[1] ?? '', record);
    if (panic !== null) items.push(this.#panic(panic[1] ?? '', record));

    const open = this.#open.get(record.caller);
    if (open?.offer(record, echo ? undefined : beginning)) {
      if (open.over) items.push(...this.#close(record.caller));
      return items;
    }
    items.push(...this.#close(record.caller));
    if (beginning === undefined) return items;
    const report = new OpenReport(record, echo ? 'harmless' : beginning, this.#running.innermost());
    this.#open.set(record.caller, report);
    if (!report.harmless) this.#lastSplatLine = record.line;
    if (report.over) items.push(...this.#close(record.caller));
    return items;
  }

  /** lockdep stops after its first report, and after an oops; that it says so later is nothing new. */
  #beginning(record: ConsoleRecord): Beginning | undefined {
    const beginning = beginningOf(record.text);
    const off = typeof beginning === 'object' && beginning.row.name === 'lockdep-off';
    return off && this.#lastSplatLine !== undefined ? undefined : beginning;
  }

  #panic(why: string, record: ConsoleRecord): ConsoleItem {
    return {
      kind: 'panic',
      title: `Kernel panic: ${why}`,
      during: this.#running.innermost(),
      line: record.line,
    };
  }

  #isEcho(why: string, record: ConsoleRecord): boolean {
    const last = this.#lastSplatLine;
    return ECHO.test(why) && last !== undefined && record.line - last <= ECHO_WITHIN_LINES;
  }

  #close(caller: string): ConsoleItem[] {
    const splat = this.#open.get(caller)?.result();
    this.#open.delete(caller);
    if (splat === undefined) return [];
    if (splat.pattern === 'leak-count') {
      this.#leakCount ??= splat;
      return [];
    }
    if (splat.pattern === 'leak') this.#leaksTold = true;
    return [{ kind: 'splat', splat }];
  }
}

/** A whole log. */
export interface ConsoleReport {
  readonly splats: readonly LocatedSplat[];
  readonly panic:
    | { readonly title: string; readonly during: string | undefined; readonly line: number }
    | undefined;
  readonly markers: readonly Marker[];
  /** The innermost subtest that was running when the log stopped. */
  readonly running: string | undefined;
  readonly done: boolean;
  /** How many kernels began to boot: more than one is a reboot. */
  readonly boots: number;
  /** Records that did not reach the console. */
  readonly lost: number;
}

export function parseConsole(text: string): ConsoleReport {
  const reader = new ConsoleReader();
  const items = [...reader.push(text), ...reader.end()];
  return summarise(items, reader.running());
}

export function summarise(items: readonly ConsoleItem[], running: string | undefined): ConsoleReport {
  const markers = items.flatMap((item) => (item.kind === 'marker' ? [item.marker] : []));
  const panic = items.find((item) => item.kind === 'panic');
  return {
    splats: items
      .flatMap((item) => (item.kind === 'splat' ? [item.splat] : []))
      .sort((a, b) => a.line - b.line),
    panic: panic && { title: panic.title, during: panic.during, line: panic.line },
    markers,
    running,
    done: markers.some((marker) => marker.kind === 'done'),
    boots: items.filter((item) => item.kind === 'boot').length,
    lost: items.reduce((sum, item) => sum + (item.kind === 'lost' ? item.count : 0), 0),
  };
}

/**
 * Which subtest a splat is charged to. A leak is found long after it was made, so that only the pid that allocated the
 * object tells; `names` has the pids of the channel's start lines.
 */
export function blame(splat: LocatedSplat, names: ReadonlyMap<number, string>): string | undefined {
  if (splat.kind !== 'leak') return splat.during;
  return splat.pid === undefined ? undefined : names.get(splat.pid);
}
