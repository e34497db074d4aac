// SPDX-License-Identifier: MIT
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Event, printCall } from '../../models/index.js';
import { Cache } from '../cache/cache.js';
import { gdbArguments, gdbCommand, type Stop } from '../debug/gdb.js';
import { announced, announcedBefore } from '../debug/ops.js';
import { markerFunction, stopFunction } from '../debug/place.js';
import { runPlan } from '../drive/run.js';
import { EXIT, UntestableError, UsageError } from '../errors.js';
import { cacheFolder } from '../folders.js';
import { symbolsOf } from '../kernel/symbols.js';
import { type Judged, ModelJudge } from '../model/judge.js';
import { eventsOf } from '../model/trace-text.js';
import { run, whyFailed } from '../process/run.js';
import { forbidsDefects } from '../programs/no-defects.js';
import { limitSeconds, programBytes } from '../programs/program.js';
import { readPrograms } from '../programs/read.js';
import type { Progress } from '../progress/progress.js';
import { PROGRAM_SUITE } from '../record/run-record.js';
import type { SubtestResult } from '../result/result.js';
import { needs } from '../setup/packages.js';
import { ensure } from '../setup/set-up.js';
import { TRACE_FILE } from '../vm/machine.js';
import type { MachineSpec } from '../vm/qemu-args.js';
import { replayListens, startRecording, startReplay } from '../vm/record-replay.js';
import type { DebugOptions } from './debug.js';
import { profileAppend, profileMachine } from './profiles.js';
import { type Ingredients, provide } from './target.js';
import { withProgress } from './with-progress.js';

/** A guest that counts instructions is slower, and a debugger slows it down again. */
const PATIENCE = { boot: 240_000, grace: 120_000, idle: 120_000 };
const GDB_MS = 300_000;

/** `fencelab debug`. Returns the exit status. */
export function debugProgram(file: string, options: DebugOptions): Promise<number> {
  return withProgress(process.stdout, async ({ progress }, signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'fencelab-debug-'));
    try {
      return await debug(file, options, folder, progress, signal);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

async function debug(
  file: string,
  options: DebugOptions,
  folder: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const [program, ...more] = readPrograms([file]);
  if (program === undefined || more.length > 0)
    throw new UsageError(`${file} holds ${more.length + 1} programs`, { remedy: 'Name one of them.' });
  const bytes = programBytes(file, program.script, { careful: true, observe: options.observe }, program.text);
  await ensure(needs, progress, signal);
  const ingredients = await provide(options, await Cache.open(cacheFolder()), progress, signal);
  const { vmlinuxFile } = ingredients;
  if (vmlinuxFile === undefined)
    throw new UsageError('a bzImage has no symbols for a debugger', {
      remedy: 'Give --image the vmlinux beside it.',
    });
  const stage = progress.stage('Record');
  const recorded = await record(
    {
      name: program.name,
      bytes,
      limitSeconds: limitSeconds(program.script),
      purpose: program.purpose,
      noDefects: forbidsDefects(program.text, file),
    },
    machineFor(options, ingredients),
    ingredients,
    folder,
    signal,
  );
  signal.throwIfAborted();
  const { judged, result, trace } = recorded;
  if (judged === undefined) {
    stage.fail('no trace of it came');
    throw new UntestableError(`nothing of ${file} was recorded: ${whyNot(result)}`);
  }
  const events = eventsOf(judged.words);
  stage.end(`${events.length} ops, ${result?.outcome}, the model: ${judged.verdict.kind}`);
  const op = options.op ?? wrongOp(judged, result, events);
  const event = events[op];
  const before = event === undefined ? undefined : announcedBefore(events, op, announced(trace));
  if (event === undefined || before === undefined)
    throw new UsageError(`${file} has no op ${op}: there are ops 0 to ${events.length - 1}`);
  const { names: symbols } = await symbolsOf(vmlinuxFile);
  const replay = startReplay(recorded.spec, recorded.folder);
  const { machine, gdbSocket } = replay;
  const stop: Stop = {
    vmlinux: vmlinuxFile,
    socket: gdbSocket,
    marker: markerFunction(symbols),
    before,
    stop: stopFunction(event.call, event.results[0]?.ret ?? 0, symbols),
  };
  const onAbort = (): void => void machine.stop();
  signal.addEventListener('abort', onAbort);
  try {
    if (!(await replayListens(replay)) && !signal.aborted) {
      await machine.stop();
      throw new UntestableError("QEMU's replay does not wait for a debugger", {
        detail: (await machine.ended).stderr.trim(),
      });
    }
    progress.say(`op ${op}: ${printCall(event.call)}, in ${stop.stop}`);
    if (options.batch) return await batch(stop, options.ex, progress, signal);
    await explain(stop, ingredients, progress);
    const end = await machine.ended;
    if (!signal.aborted && end.exitCode !== 0)
      throw new UntestableError(`QEMU's replay ended: ${end.stderr.trim().split('\n').at(-1) ?? ''}`);
    return EXIT.holds;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await machine.stop();
  }
}

function machineFor(options: DebugOptions, ingredients: Ingredients): Omit<MachineSpec, 'initramfs'> {
  const { memoryMiB } = profileMachine(options.profile);
  return {
    ...{ kernel: ingredients.kernelFile, pvh: ingredients.pvh, accelerator: 'tcg', gpu: options.gpu },
    ...{ cpus: options.cpus, memoryMiB, append: profileAppend(options.profile) },
  };
}

interface Recorded {
  readonly spec: MachineSpec;
  /** The guest's own folder: what it was recorded in. */
  readonly folder: string;
  readonly judged: Judged | undefined;
  readonly result: SubtestResult | undefined;
  /** All bytes of its trace channel. */
  readonly trace: Uint8Array;
}

async function record(
  program: { name: string; bytes: Uint8Array; limitSeconds: number; purpose: string; noDefects: boolean },
  machine: Omit<MachineSpec, 'initramfs'>,
  ingredients: Ingredients,
  folder: string,
  signal: AbortSignal,
): Promise<Recorded> {
  let judged: Judged | undefined;
  let started: { spec: MachineSpec; folder: string } | undefined;
  const { bytes, name, noDefects, ...planned } = program;
  const outcome = await runPlan(
    {
      machine,
      guestBinary: readFileSync(ingredients.guestFile),
      plan: [{ ...planned, program: PROGRAM_SUITE, subtest: name, flags: [], promises: [] }],
      programs: new Map([[`${PROGRAM_SUITE}@${name}`, bytes]]),
      guests: 1,
      limitScale: profileMachine(ingredients.target.profile).limitScale,
      kmemleak: false,
      folder,
      patience: PATIENCE,
      judge: new ModelJudge({
        again: () => '',
        keep: () => undefined,
        noDefects: new Set(noDefects ? [`${PROGRAM_SUITE}@${name}`] : []),
        onJudged: (_, one) => {
          judged = one;
        },
      }),
      start: (spec, where, listeners) => {
        started = { spec, folder: where };
        return startRecording(spec, where, listeners);
      },
    },
    {},
    signal,
  );
  if (outcome.untestable !== undefined)
    throw new UntestableError(outcome.untestable.reason, { detail: outcome.untestable.detail });
  if (started === undefined) throw new Error('[fencelab bug] nothing was started');
  const [result] = outcome.results;
  return { ...started, judged, result, trace: readFileSync(join(started.folder, TRACE_FILE)) };
}

const whyNot = (result: SubtestResult | undefined): string =>
  result?.failures[0]?.text ?? result?.skipReason ?? `it ended as ${result?.outcome ?? 'nothing'}`;

/** Where it goes wrong, if it does: the op the model does not allow, or the last of a kernel that died. */
function wrongOp({ verdict }: Judged, result: SubtestResult | undefined, events: readonly Event[]): number {
  if (verdict.kind === 'violates') return verdict.op;
  if (result?.outcome === 'crash' || result?.outcome === 'hang') return events.length - 1;
  throw new UsageError('this program does nothing wrong on this kernel: there is no op to stop in', {
    remedy: `Choose one with --op, from 0 to ${events.length - 1}; "fencelab run" shows them in their order.`,
  });
}

async function explain(stop: Stop, { configFile }: Ingredients, progress: Progress): Promise<void> {
  const gdb = await run('gdb', ['--version']);
  const lines = configFile !== undefined && /^CONFIG_DEBUG_INFO=y$/m.test(readFileSync(configFile, 'utf8'));
  progress.say('The replay waits for a debugger. In another terminal:');
  for (const line of gdbCommand(stop).split('\n')) progress.say(line);
  progress.say('Ctrl-C here ends the replay.');
  if (!lines)
    progress.say(
      'This kernel is built without debug information: functions and registers, but no source lines.',
    );
  if (gdb.startError !== undefined) progress.say('gdb is not installed: apt-get install gdb (12 MB)');
}

/** Runs gdb to the op, and shows what it says there. */
async function batch(
  stop: Stop,
  more: readonly string[],
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const last = [...more, 'bt', 'detach'].flatMap((command) => ['-ex', command]);
  const gdb = await run('gdb', ['-batch', ...gdbArguments(stop), ...last], { timeoutMs: GDB_MS, signal });
  signal.throwIfAborted();
  if (gdb.startError !== undefined)
    throw new UsageError('gdb is not installed', { remedy: 'apt-get install gdb (12 MB)' });
  for (const line of gdb.output.split('\n')) progress.say(line);
  if (gdb.timedOut) throw new UntestableError(`gdb ${whyFailed(gdb)}`);
  return gdb.ok && /^(?:Thread|Breakpoint) .*\b2\b|Breakpoint 2, /m.test(gdb.output)
    ? EXIT.holds
    : EXIT.fails;
}
