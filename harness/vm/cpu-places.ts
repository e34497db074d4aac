// SPDX-License-Identifier: MIT
import { connectQmp, type Qmp } from './qmp.js';

/** Where a processor is, and what lies on its stack. Addresses are the kernel's own. */
export interface CpuPlace {
  readonly cpu: number;
  readonly pc: bigint;
  /** The words from the stack pointer upwards, as far as they can be read: 4 KiB at most. */
  readonly stack: readonly bigint[];
}

const STACK_WORDS = 512;

/**
 * Where all processors are, read through QEMU's monitor: of a kernel that spins with interrupts off this is all that can
 * be had, for it answers nothing. Nothing in the guest is changed.
 * @throws Error if the monitor cannot be asked
 */
export async function cpuPlaces(qmpSocket: string): Promise<readonly CpuPlace[]> {
  const qmp = await connectQmp(qmpSocket);
  try {
    const places: CpuPlace[] = [];
    for (const { cpu, pc, sp } of parseRegisters(await ask(qmp, 'info registers -a'))) {
      const words = await ask(qmp, `x /${STACK_WORDS}gx 0x${sp.toString(16)}`, cpu);
      places.push({ cpu, pc, stack: parseWords(words) });
    }
    return places;
  } finally {
    qmp.close();
  }
}

async function ask(qmp: Qmp, command: string, cpu = 0): Promise<string> {
  const said = await qmp.execute('human-monitor-command', { 'command-line': command, 'cpu-index': cpu });
  return typeof said === 'string' ? said : '';
}

/** "info registers -a": one block for each processor. */
export function parseRegisters(text: string): { cpu: number; pc: bigint; sp: bigint }[] {
  const blocks = text.split(/^CPU#(?=\d+)/m).slice(1);
  return blocks.flatMap((block) => {
    const cpu = /^\d+/.exec(block)?.[0];
    const [pc, sp] = ['RIP', 'RSP'].map((name) => new RegExp(`\\b${name}=([0-9a-f]{16})`).exec(block)?.[1]);
    if (cpu === undefined || pc === undefined || sp === undefined) return [];
    return [{ cpu: Number(cpu), pc: BigInt(`0x${pc}`), sp: BigInt(`0x${sp}`) }];
  });
}

/** "x /Ngx ADDRESS": the words of its lines, up to the first that cannot be read. */
export const parseWords = (text: string): bigint[] =>
  text
    .split('\n')
    .flatMap((line) => /^[0-9a-f]+:((?: 0x[0-9a-f]{16})+)/.exec(line.trim())?.[1]?.trim().split(' ') ?? [])
    .map(BigInt);
