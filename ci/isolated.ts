// SPDX-License-Identifier: MIT
// Programs of which each has a kernel to itself: in clones of one guest, and in guests that boot.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Starter } from '../harness/drive/guest.js';
import { runPlan } from '../harness/drive/run.js';
import { startTemplate, type Template } from '../harness/drive/template.js';
import { projectRoot } from '../harness/folders.js';
import { ModelJudge } from '../harness/model/judge.js';
import { limitSeconds, programBytes } from '../harness/programs/program.js';
import { type ProgramFile, readPrograms } from '../harness/programs/read.js';
import { PROGRAM_SUITE, RECORD_FILE, runRecord } from '../harness/record/run-record.js';

/** Side by side: one more than there are processors, since each waits now and then. */
const LANES = 3;
const CLONES = 60;
const BOOTS = 9;

/** Ticks of /proc/self/stat: USER_HZ is 100 on every Linux that Node runs on. */
const TICK_MS = 10;

/** What a process, all that run below it and all that it has waited for have taken so far, in ms. */
function processorMilliseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field may hold blanks, and ends with a bracket; utime is the 14th
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MS;
  return childrenOf(pid).reduce((sum, child) => sum + processorMilliseconds(child), own);
}

const childrenOf = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
  );

export interface IsolatedSpeed {
  /** Programs a second, each with its verdict, boot of the template not included. */
  readonly clonesPerSecond: number;
  readonly bootsPerSecond: number;
  /** Time of processors that a clone takes, QEMU's and ours: on a machine that others use it says more than the clock. */
  readonly cloneProcessorMilliseconds: number;
  /** See {@link Template.notForked}. */
  readonly notForked: string | undefined;
  /** From QEMU's start until clones can be started, in ms. */
  readonly templateMilliseconds: number;
}

/** Run the example programs on the kernel and guest of a finished run. Throws if any does not hold. */
export async function isolatedSpeed(folder: string): Promise<IsolatedSpeed> {
  const record = runRecord.parse(JSON.parse(readFileSync(join(folder, RECORD_FILE), 'utf8')));
  const order = {
    machine: {
      ...record.machine,
      kernel: join(folder, record.files.kernel),
      accelerator: 'tcg' as const,
    },
    guestBinary: readFileSync(join(folder, record.files.guest)),
    patience: { boot: 60_000, grace: 30_000, idle: 30_000 },
  };
  // Those in its folders are for other kernels
  const programs = readPrograms([join(projectRoot, 'vm-images', 'programs')]).filter(
    ({ file }) => !file.includes('defects'),
  );
  const scratch = mkdtempSync(join(tmpdir(), 'fencelab-bench-'));
  let runs = 0;
  const one = async (program: ProgramFile, start: Starter | undefined): Promise<void> => {
    const name = `${PROGRAM_SUITE}@${program.name}`;
    const bytes = programBytes(name, program.script, { careful: true, observe: false });
    const { results } = await runPlan(
      {
        ...order,
        ...(start === undefined ? {} : { start }),
        plan: [
          {
            ...{ program: PROGRAM_SUITE, subtest: program.name, flags: [], promises: [] },
            ...{ limitSeconds: limitSeconds(program.script), purpose: program.purpose },
          },
        ],
        programs: new Map([[name, bytes]]),
        guests: 1,
        limitScale: 1,
        kmemleak: false,
        folder: join(scratch, `${runs++}`),
        judge: new ModelJudge({ again: () => '', keep: () => undefined }),
      },
      {},
      new AbortController().signal,
    );
    const [result] = results;
    if (result?.outcome !== 'pass' || result.model?.kind !== 'holds')
      throw new Error(`${name}: ${JSON.stringify(result)}`);
  };
  const perSecond = async (count: number, start: Starter | undefined): Promise<number> => {
    const work = Array.from({ length: count }, (_, n) => programs[n % programs.length]).values();
    const began = performance.now();
    const lane = async (): Promise<void> => {
      for (const program of work) if (program !== undefined) await one(program, start);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return (count / (performance.now() - began)) * 1000;
  };
  const template = await startTemplate(order, new AbortController().signal);
  try {
    await perSecond(LANES, template.start); // our own code is compiled by now
    const before = processorMilliseconds(process.pid);
    const clonesPerSecond = await perSecond(CLONES, template.start);
    return {
      clonesPerSecond,
      notForked: template.notForked,
      cloneProcessorMilliseconds: (processorMilliseconds(process.pid) - before) / CLONES,
      bootsPerSecond: await perSecond(BOOTS, undefined),
      templateMilliseconds: template.bootMilliseconds + template.saveMilliseconds,
    };
  } finally {
    template.end();
    rmSync(scratch, { recursive: true, force: true });
  }
}
