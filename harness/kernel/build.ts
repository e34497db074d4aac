// SPDX-License-Identifier: MIT
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readStamp, writeStamp } from '../cache/stamp.js';
import { UntestableError } from '../errors.js';
import { whyFailed } from '../process/run.js';
import type { Stage } from '../progress/progress.js';
import { configure } from './configure.js';
import type { Requirement } from './fragments.js';
import { instrumentation } from './instrumented.js';
import { firstErrors, make } from './make.js';
import { beginBuild, endBuild, recoverBuild } from './recover.js';
import type { WholeConfig } from './types.js';
import { configureWhole } from './whole-config.js';

export interface Build {
  readonly tree: string;
  readonly out: string;
  readonly log: string;
  readonly requirements: readonly Requirement[];
  readonly compiler: string;
  /** Instead of one that is made from the requirements. */
  readonly config?: WholeConfig | undefined;
  readonly ccache?: boolean;
  readonly jobs: number;
  readonly stage: Stage;
  readonly signal: AbortSignal;
}

export interface Built {
  readonly image: string;
  readonly vmlinux: string;
  readonly config: string;
  readonly headers: string;
  readonly release: string;
  readonly how: 'incremental' | 'full';
  readonly steps: number;
}

/** `steps`: how many commands the last build from nothing took, for the share that progress shows. */
const stampSchema = z.object({ steps: z.number() });

const UPDATE_MS = 100;

/** Configure and build a kernel in its build folder. Only what has changed since the last time is built. */
export async function buildKernel(build: Build): Promise<Built> {
  const { out, signal } = build;
  const stampFile = join(out, '.fencelab-built.json');
  if (await recoverBuild(out, signal)) build.stage.update('cleaning up after a build that was cut short');
  const earlier = await readStamp(stampFile, stampSchema);
  build.stage.update('configuring');
  if (build.config === undefined) await configure(build);
  else await configureWhole(build, build.config);
  await beginBuild(out);
  const steps = await makeImage(build, earlier?.steps);
  await endBuild(out);
  await writeStamp(stampFile, { steps: Math.max(steps, earlier?.steps ?? 0) });
  return {
    image: join(out, 'arch/x86/boot/bzImage'),
    vmlinux: join(out, 'vmlinux'),
    config: join(out, '.config'),
    headers: join(out, 'headers'),
    release: (await readFile(join(out, 'include/config/kernel.release'), 'utf8')).trim(),
    how: earlier === undefined ? 'full' : 'incremental',
    steps,
  };
}

async function makeImage(build: Build, stepsBefore: number | undefined): Promise<number> {
  let steps = 0;
  let shown = 0;
  const done = await make({
    tree: build.tree,
    out: build.out,
    jobs: build.jobs,
    targets: ['bzImage', 'headers_install'],
    variables: {
      INSTALL_HDR_PATH: join(build.out, 'headers'),
      ...instrumentation(build.requirements),
      ...(build.ccache === true ? { CC: 'ccache gcc', HOSTCC: 'ccache gcc' } : {}),
    },
    log: build.log,
    signal: build.signal,
    onStep: (count, step) => {
      steps = count;
      const now = performance.now();
      if (now - shown < UPDATE_MS) return;
      shown = now;
      build.stage.update(step, count, stepsBefore === undefined ? undefined : Math.max(stepsBefore, count));
    },
  });
  if (done.ok) return steps;
  if (done.signal === undefined) await endBuild(build.out); // make has cleaned up after itself
  throw new UntestableError(`The kernel does not build: make ${whyFailed(done)}.`, {
    remedy: `All of it is in ${build.log}`,
    detail: firstErrors(done.output) || done.output.slice(-2000),
  });
}
