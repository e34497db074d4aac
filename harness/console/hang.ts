// SPDX-License-Identifier: MIT
import type { Splat } from '../result/result.js';

/** The functions of a kernel. */
export interface KernelCode {
  /** "dma_fence_signal+0x1c" for an address in it; undefined for any other. */
  nameAt(address: bigint): string | undefined;
}

/** A processor that was found running, and its stack from the top down: what is there may also be left from earlier calls. */
export interface SeenCpu {
  readonly cpu: number;
  readonly pc: bigint;
  readonly stack: readonly bigint[];
}

/** Waiting for a lock, and what an interrupt may be in while it is waited: they do not tell which bug it is. */
const WAITING =
  /spin_lock|spin_unlock|queued_|cpu_relax|pv_|__delay|delay_|rcu_|lock_|^(?:read|write)_|interrupt|irq|apic|timer|tick_/;
/** Doing nothing. */
const IDLE = /idle|halt|^mwait/;

const MOST_CALLS = 40;

/**
 * What a kernel does that says nothing any more: a report like those of its own log. `samples`: the processors as they
 * were found at several moments. The title names the function that waits or loops, as most samples have it. Undefined
 * if all processors were idle or outside of the kernel: then nothing spins, and somebody waits.
 */
export function hangSplat(samples: readonly (readonly SeenCpu[])[], code: KernelCode): Splat | undefined {
  const seen = new Map<string, { times: number; text: string }>();
  for (const { cpu, pc, stack } of samples.flat()) {
    const top = code.nameAt(pc);
    if (top === undefined || IDLE.test(top)) continue;
    const calls = [top, ...stack.flatMap((word) => code.nameAt(word) ?? [])].slice(0, MOST_CALLS);
    const where = calls.map(bare).find((name) => !WAITING.test(name)) ?? bare(top);
    const known = seen.get(where) ?? { times: 0, text: textOf(cpu, calls) };
    seen.set(where, { ...known, times: known.times + 1 });
  }
  const [most] = [...seen].sort(([, a], [, b]) => b.times - a.times);
  if (most === undefined) return undefined;
  const [where, { text }] = most;
  return { title: `hang in ${where}`, kind: 'hang', text };
}

const bare = (name: string): string =>
  name.replace(/\+0x[0-9a-f]+$/, '').replace(/\.(?:part|isra|constprop|cold)\b.*$/, '');

const textOf = (cpu: number, calls: readonly string[]): string =>
  [
    `CPU ${cpu} runs and answers nothing; its stack as it lies there (some may be left from earlier calls):`,
    ...calls.map((call) => `  ${call}`),
  ].join('\n');
