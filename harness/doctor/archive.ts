// SPDX-License-Identifier: MIT
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMirrors } from '../kernel/debian/mirrors.js';
import { suitesFor } from '../kernel/debian/suites.js';
import { run, tail, whyFailed } from '../process/run.js';
import type { Finding } from './finding.js';

/** apt's own program for one file: heeds the proxies and certificates of the machine. */
const HELPER = '/usr/lib/apt/apt-helper';
const PATIENCE_MS = 30_000;

/** Whether Debian's archive, as this machine's apt names it, has what `debian:SERIES` is fetched from. */
export async function archiveFinding(
  series: string,
  hasKernels: boolean,
  signal: AbortSignal,
): Promise<Finding> {
  const what = 'archive';
  const state = hasKernels ? 'note' : 'bad';
  const rest = hasKernels
    ? '; kernels in the cache go on working'
    : '; give a kernel tree with --kernel PATH';
  const suites = suitesFor(series);
  try {
    const mirrors = await findMirrors(signal);
    for (const { name, from } of suites) {
      const uri = mirrors[from];
      if (uri === undefined)
        return { what, state, text: `this machine's apt names no Debian mirror for ${name}${rest}` };
      const why = await fetchFails(`${uri.replace(/\/?$/, '/')}dists/${name}/InRelease`, signal);
      if (why !== undefined) return { what, state, text: `${name} does not answer (${why})${rest}` };
    }
    return { what, state: 'good', text: `${suites.map(({ name }) => name).join(', ')}: answers` };
  } catch (error) {
    signal.throwIfAborted();
    return { what, state, text: `${error instanceof Error ? error.message : String(error)}${rest}` };
  }
}

/** Why a file cannot be fetched; undefined if it can. */
async function fetchFails(uri: string, signal: AbortSignal): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'fencelab-archive-'));
  try {
    const done = await run(HELPER, ['download-file', uri, join(folder, 'InRelease')], {
      timeoutMs: PATIENCE_MS,
      signal,
    });
    signal.throwIfAborted();
    if (done.ok) return undefined;
    return done.timedOut ? `not within ${PATIENCE_MS / 1000} s` : tail(done.output, 1) || whyFailed(done);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
