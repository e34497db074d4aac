// SPDX-License-Identifier: MIT
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChannelTracker } from '../channel/fold.js';
import { ChannelParser } from '../channel/parse.js';
import type { Change, ChannelState } from '../channel/state.js';
import type { SeenKernel } from '../model/kernel.js';
import type { GuestRecord } from '../result/result.js';
import { FrameParser } from '../trace/parse.js';
import { Traces } from '../trace/traces.js';
import type { CpuPlace } from '../vm/cpu-places.js';
import { initramfs, type Job, jobText } from '../vm/initramfs.js';
import { type Machine, type MachineListeners, startMachine } from '../vm/machine.js';
import type { MachineSpec } from '../vm/qemu-args.js';

/** One guest to start: a machine, and what it is to run. */
export interface GuestOrder {
  readonly machine: Omit<MachineSpec, 'initramfs'>;
  readonly guestBinary: Uint8Array;
  readonly job: Job;
  /** Seconds each subtest may take, before `job.limitScale`; by "program@subtest". */
  readonly limitSeconds: ReadonlyMap<string, number>;
  /** Where its files go; created here. */
  readonly folder: string;
  readonly patience: Patience;
}

/** How long to wait, in ms, before a guest is asked for its stacks and ended. */
export interface Patience {
  /** From QEMU's start to the first line of the agent. */
  readonly boot: number;
  /** On top of a subtest's own limit, which the agent inside enforces. */
  readonly grace: number;
  /** Between subtests, where the agent may scan for leaks. */
  readonly idle: number;
}

/** What one guest came to. */
export interface GuestOutcome {
  readonly ended: GuestRecord['ended'];
  /** Why, in one line, for every end but `done`. */
  readonly reason: string | undefined;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly bootMilliseconds: number | undefined;
  readonly channel: ChannelState;
  readonly console: string;
  /** Those that nobody has taken yet. */
  readonly traces: Traces;
  /** Where its processors were at some moments after it had been silent for too long. */
  readonly places: readonly (readonly CpuPlace[])[];
  /** What its agent said of the kernel; undefined if it never answered. */
  readonly kernel: SeenKernel | undefined;
}

/** What is known while a guest runs. All of it is read up to now when `console` is called. */
export interface Evidence {
  console(): string;
  readonly traces: Traces;
  kernel(): SeenKernel | undefined;
}

export interface GuestListener {
  /** The agent answered. */
  onBoot?(milliseconds: number, release: string): void;
  onChange?(change: Change, evidence: Evidence): void;
}

const DONE_MARKER = 'fencelab: done';
const PANIC = 'Kernel panic - not syncing';

/** Starts a machine; replaced in tests by one that says what a real one says only when it breaks. */
export interface Starter {
  (
    spec: MachineSpec,
    folder: string,
    listeners: MachineListeners,
    /** For machines that do not get it with an initramfs. */
    job: Job,
  ): Machine;
  /** Those machines: no initramfs is written for them. */
  readonly jobComesLater?: true;
}

/**
 * Start one guest and stay with it until it is done, dies, or is silent for too long. Always returns, in bounded time,
 * with QEMU gone. An aborted `signal` ends it at once, as `interrupted`.
 */
export async function runGuest(
  order: GuestOrder,
  listener: GuestListener,
  signal: AbortSignal,
  start: Starter = startMachine,
): Promise<GuestOutcome> {
  mkdirSync(order.folder, { recursive: true });
  const image = join(order.folder, 'initramfs.cpio');
  writeFileSync(join(order.folder, 'job'), jobText(order.job));
  if (start.jobComesLater !== true) writeFileSync(image, initramfs(order.guestBinary, order.job));

  const parser = new ChannelParser();
  const tracker = new ChannelTracker();
  const frames = new FrameParser();
  const traces = new Traces();
  const log = new ConsoleText();
  let bootMilliseconds: number | undefined;
  let lastWord = performance.now();
  let fatal: string | undefined;
  let done = false;
  let hung = false;
  let wake: () => void = () => undefined;

  const listeners: MachineListeners = {
    onResults: (bytes) => {
      lastWord = performance.now();
      for (const item of parser.push(bytes)) {
        if (item.kind === 'hello' && bootMilliseconds === undefined) {
          bootMilliseconds = performance.now() - machine.startedAt;
          listener.onBoot?.(bootMilliseconds, item.release);
        }
        if (item.kind === 'fatal') fatal = item.text;
        if (item.kind === 'done') done = true;
        if (item.kind === 'hung') hung = true;
        for (const change of tracker.add(item)) listener.onChange?.(change, evidence);
      }
      wake();
    },
    onTrace: (bytes) => {
      for (const item of frames.push(bytes)) traces.add(item);
    },
    onConsole: (bytes) => {
      log.add(bytes);
      if (done) wake();
    },
  };
  const machine = start({ ...order.machine, initramfs: image }, order.folder, listeners, order.job);
  const consoleNow = (): string => {
    machine.poll();
    return log.text;
  };

  const kernel = (): SeenKernel | undefined => {
    const { hello, traits } = tracker.kernel();
    return hello === undefined ? undefined : { release: hello.release, traits };
  };
  const evidence: Evidence = { console: consoleNow, traces, kernel };

  let gone = false;
  void machine.ended.then(() => {
    gone = true;
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);

  /** Something to act on, or the moment the guest's time is up. */
  const settle = async (): Promise<'gone' | 'done' | 'hung' | 'fatal' | 'late' | 'aborted'> => {
    for (;;) {
      if (signal.aborted) return 'aborted';
      if (gone) return 'gone';
      if (done) return 'done';
      if (hung) return 'hung';
      if (fatal !== undefined) return 'fatal';
      const left = lastWord + allowance(order, tracker, bootMilliseconds !== undefined) - performance.now();
      if (left <= 0) {
        machine.poll(); // a word may have come that no watcher told of
        if (lastWord + allowance(order, tracker, bootMilliseconds !== undefined) <= performance.now())
          return 'late';
        continue;
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };

  try {
    const how = await settle();
    const booted = bootMilliseconds !== undefined;
    const places = how === 'late' && booted ? await placesOf(machine) : [];
    if (how === 'late') await machine.askForStacks();
    if (how === 'done') await until(() => consoleNow().includes(DONE_MARKER), 2000);
    if (how === 'hung') await sleep(500);
    await machine.stop();
    for (const item of parser.end()) tracker.add(item);
    for (const item of frames.end()) traces.add(item);
    const end = await machine.ended;
    const text = log.text;
    const { ended, reason } = judge(how, booted, text, {
      fatal,
      running: tracker.running() !== undefined,
      end,
    });
    return {
      ended,
      reason,
      command: machine.command,
      environment: machine.environment,
      bootMilliseconds,
      channel: tracker.state(),
      console: text,
      traces,
      places,
      kernel: kernel(),
    };
  } finally {
    signal.removeEventListener('abort', onAbort);
    await machine.stop();
  }
}

const SAMPLES = 5;
const BETWEEN_SAMPLES_MS = 40;

/** A processor that spins is in the same loop each time. */
async function placesOf(machine: Machine): Promise<readonly (readonly CpuPlace[])[]> {
  const samples: (readonly CpuPlace[])[] = [];
  for (let n = 0; n < SAMPLES; n++) {
    samples.push(await machine.cpuPlaces());
    await sleep(BETWEEN_SAMPLES_MS);
  }
  return samples;
}

/** What the guest's console said. It is asked for after every line of the results, so bytes are decoded once. */
class ConsoleText {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #text = '';

  add(bytes: Uint8Array): void {
    this.#text += this.#decoder.decode(bytes, { stream: true });
  }

  get text(): string {
    return this.#text;
  }
}

/** How long the guest may be silent from its last word on, in ms. */
function allowance(order: GuestOrder, tracker: ChannelTracker, booted: boolean): number {
  if (!booted) return order.patience.boot;
  const running = tracker.running();
  if (running === undefined) return order.patience.idle;
  const limit = order.limitSeconds.get(`${running.program}@${running.subtest}`) ?? 20;
  return limit * order.job.limitScale * 1000 + order.patience.grace;
}

interface Circumstances {
  readonly fatal: string | undefined;
  readonly running: boolean;
  readonly end: {
    readonly exitCode: number | undefined;
    readonly signal: string | undefined;
    readonly stderr: string;
  };
}

function judge(
  how: 'gone' | 'done' | 'hung' | 'fatal' | 'late' | 'aborted',
  booted: boolean,
  console: string,
  c: Circumstances,
): Pick<GuestOutcome, 'ended' | 'reason'> {
  switch (how) {
    case 'done':
      return { ended: 'done', reason: undefined };
    case 'aborted':
      return { ended: 'interrupted', reason: 'interrupted' };
    case 'hung':
      return { ended: 'hang', reason: 'a process could not be killed' };
    case 'fatal':
      return { ended: booted ? 'silent' : 'no-boot', reason: `the guest's agent gave up: ${c.fatal}` };
    case 'late':
      if (!booted) return { ended: 'no-boot', reason: 'the kernel did not reach the agent in time' };
      return c.running
        ? { ended: 'hang', reason: 'nothing was heard of the subtest long after its time limit' }
        : { ended: 'silent', reason: 'the agent stopped between two subtests' };
    case 'gone': {
      const panic = console.indexOf(PANIC);
      if (panic >= 0) return { ended: booted ? 'panic' : 'no-boot', reason: lineAt(console, panic) };
      if (c.end.exitCode !== 0)
        return { ended: 'qemu-failed', reason: c.end.stderr.trim().split('\n').at(-1) ?? 'QEMU failed' };
      return { ended: booted ? 'reboot' : 'no-boot', reason: 'the guest rebooted or powered off by itself' };
    }
  }
}

function lineAt(text: string, index: number): string {
  const end = text.indexOf('\n', index);
  return text.slice(index, end < 0 ? undefined : end).trim();
}

async function until(condition: () => boolean, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!condition() && performance.now() < deadline) await sleep(5);
}
