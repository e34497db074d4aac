// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { dirname } from 'node:path';
import { z } from 'zod';
import { UntestableError } from '../errors.js';
import type { Accelerator } from './qemu-args.js';

export interface Choice {
  readonly accelerator: Accelerator;
  /** Said once to the user, in one line. */
  readonly why: string;
}

/** What a probe of KVM found: a guest's agent answered, or it did not and why. */
export type KvmAnswer = { readonly works: true } | { readonly works: false; readonly why: string };

export interface AcceleratorRequest {
  readonly wanted: 'auto' | Accelerator;
  /** Where the answer is remembered. */
  readonly memory: string;
  /** Tells machines apart that may share a home folder: QEMU's version, the host's kernel and processor. */
  readonly host: string;
  /**
   * Really run a guest under KVM. Nothing less will do: there are hosts whose /dev/kvm opens, on which a boot sector
   * runs (at a crawl), and in which a Linux guest hangs before its first line.
   */
  readonly probe: () => Promise<KvmAnswer>;
  /** Opens /dev/kvm; replaced in tests. */
  readonly openKvm?: () => string | undefined;
}

const remembered = z.object({ host: z.string(), works: z.boolean(), why: z.string() });

/**
 * KVM where a guest has really run in it, else emulation (TCG). The answer is remembered for this host, kernel and QEMU;
 * `--accel kvm` asks again.
 * @throws UntestableError if KVM is demanded and does not run a guest.
 */
export async function chooseAccelerator(request: AcceleratorRequest): Promise<Choice> {
  if (request.wanted === 'tcg') return { accelerator: 'tcg', why: 'emulating with TCG, as asked' };
  const closed = (request.openKvm ?? openKvm)();
  let answer: KvmAnswer;
  if (closed !== undefined) answer = { works: false, why: closed };
  else {
    const known = request.wanted === 'auto' ? recall(request) : undefined;
    answer = known ?? (await request.probe());
    if (known === undefined) remember(request, answer);
  }
  if (answer.works) return { accelerator: 'kvm', why: 'KVM: a guest has run in it' };
  if (request.wanted === 'kvm')
    throw new UntestableError(`KVM was asked for, but ${answer.why}`, {
      remedy: 'Use --accel tcg, which needs nothing from the host and is 5 to 20 times slower.',
    });
  return { accelerator: 'tcg', why: `no KVM (${answer.why}): emulating with TCG` };
}

function openKvm(): string | undefined {
  try {
    closeSync(openSync('/dev/kvm', 'r+'));
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return code === 'ENOENT' ? '/dev/kvm does not exist' : `/dev/kvm cannot be opened: ${code}`;
  }
}

function recall(request: AcceleratorRequest): KvmAnswer | undefined {
  try {
    const known = remembered.parse(JSON.parse(readFileSync(request.memory, 'utf8')));
    if (known.host !== request.host) return undefined;
    return known.works ? { works: true } : { works: false, why: known.why };
  } catch {
    return undefined; // never asked, or damaged: ask
  }
}

function remember(request: AcceleratorRequest, answer: KvmAnswer): void {
  const text = JSON.stringify({
    host: request.host,
    works: answer.works,
    why: answer.works ? '' : answer.why,
  });
  mkdirSync(dirname(request.memory), { recursive: true });
  const scratch = `${request.memory}.${process.pid}`;
  writeFileSync(scratch, `${text}\n`);
  renameSync(scratch, request.memory);
}

/** A name for this host, for {@link AcceleratorRequest.host}. */
export function hostIdentity(qemuVersion: string): string {
  const cpu =
    /^model name\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown processor';
  const text = [qemuVersion, release(), cpu].join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
