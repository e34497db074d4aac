// SPDX-License-Identifier: MIT
// One guest that measures, and what it says.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { patience } from '../../harness/commands/patience.js';
import { profileMachine } from '../../harness/commands/profiles.js';
import { runPlan } from '../../harness/drive/run.js';
import type { KernelImage } from '../../harness/kernel/types.js';
import type { SubtestResult } from '../../harness/result/result.js';
import type { Measured } from './compare.js';
import { figuresOf } from './figures.js';

/** A kernel and the guest program for it. */
export interface Target {
  readonly image: KernelImage;
  readonly guestFile: string;
}

const PROGRAM = 'ioctls';
/** Seconds. Nothing here takes minutes but a million rounds; a machine that others use may be many times slower. */
const LIMIT_SECONDS = 1800;

/** With this the clock of the processor is a count of instructions: one for each nanosecond. */
const COUNTED = { shift: 0, seed: 1 };

/**
 * Without these a kernel shows no pointers in trace events until it has gathered randomness, which it never does here:
 * the first for kernels before 5.18, the second for those after it.
 */
const SHOW_POINTERS = ['debug_boot_weak_hash', 'no_hash_pointers'];

/**
 * Run subtests of the measuring program in one guest.
 * @param counted the processor's clock counts instructions, and lock_stat and all else with it: no noise.
 * @throws where the guest does not boot, or a subtest does not pass.
 */
export async function measure(
  { image, guestFile }: Target,
  subtests: readonly string[],
  counted: boolean,
  signal: AbortSignal,
): Promise<Measured> {
  const { pvh, memoryMiB, limitScale } = profileMachine(image.profile);
  const folder = await mkdtemp(join(tmpdir(), 'fencelab-bench-'));
  const heard: Heard[] = [];
  try {
    const { results, untestable } = await runPlan(
      {
        machine: {
          ...{ pvh, memoryMiB, accelerator: 'tcg', gpu: 'none', cpus: 1, append: SHOW_POINTERS },
          kernel: pvh ? image.vmlinux : image.image,
          ...(counted ? { icount: COUNTED } : {}),
        },
        guestBinary: await readFile(guestFile),
        plan: subtests.map((subtest) => ({
          ...{ program: PROGRAM, subtest, flags: [], promises: [] },
          ...{ limitSeconds: LIMIT_SECONDS, purpose: 'It measures.' },
        })),
        ...{ guests: 1, limitScale, kmemleak: false, folder },
        patience: patience('debug', false, 'tcg'),
      },
      {
        onSubtestEnd: ({ notes }) => {
          const [tick] = figuresOf(notes).ticks;
          if (tick !== undefined) heard.push({ ticks: tick.now, ms: performance.now() });
        },
      },
      signal,
    );
    signal.throwIfAborted();
    if (untestable !== undefined)
      throw new Error(`no guest of ${image.release} booted: ${untestable.reason}\n${untestable.detail}`);
    for (const result of results) refuse(result, image.release);
    return {
      ...figuresOf(results.flatMap(({ notes }) => notes)),
      ticksPerMs: counted ? undefined : perMs(heard),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** When the host heard what the clock of a guest's processor said. */
interface Heard {
  readonly ticks: number;
  readonly ms: number;
}

/** Between the first and the last that was heard: seconds apart, so that it does not matter if one was heard late. */
function perMs(heard: readonly Heard[]): number | undefined {
  const [first] = heard;
  const last = heard.at(-1);
  return first === undefined || last === undefined || last === first
    ? undefined
    : (last.ticks - first.ticks) / (last.ms - first.ms);
}

/** A figure of a subtest that did not pass means nothing. */
function refuse({ subtest, outcome, failures, skipReason, splats }: SubtestResult, release: string): void {
  if (outcome === 'pass' && splats.length === 0) return;
  const why = [skipReason, ...failures.map(({ text }) => text), ...splats.map(({ title }) => title)];
  throw new Error(`${PROGRAM}@${subtest} on ${release}: ${outcome}: ${why.filter(Boolean).join('; ')}`);
}
