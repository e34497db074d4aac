// SPDX-License-Identifier: MIT
import { UntestableError } from '../errors.js';
import { run, whyFailed } from '../process/run.js';

/** The functions of a vmlinux, by address. */
export interface KernelSymbols {
  readonly names: ReadonlySet<string>;
  /** "dma_fence_signal+0x1c" for an address in one; undefined for any other. */
  nameAt(address: bigint): string | undefined;
}

/** Reads them from its symbol table. @throws UntestableError if it has none. */
export async function symbolsOf(vmlinux: string): Promise<KernelSymbols> {
  const listed = await run('nm', ['-n', vmlinux]);
  const text = listed.ok ? parseSymbols(listed.stdout) : undefined;
  if (text === undefined || text.names.size === 0)
    throw new UntestableError(`${vmlinux} has no symbols`, {
      detail: listed.ok ? listed.stderr : `nm ${whyFailed(listed)}: ${listed.stderr}`,
      remedy: 'Give the vmlinux of the build, not stripped.',
    });
  return text;
}

/** The same where they are of use but can be done without: undefined for what has none, or for no file. */
export async function symbolsIfAny(vmlinux: string | undefined): Promise<KernelSymbols | undefined> {
  if (vmlinux === undefined) return undefined;
  return symbolsOf(vmlinux).catch((error: unknown) => {
    if (error instanceof UntestableError) return undefined;
    throw error;
  });
}

/** What `nm -n` lists: sorted by address. The last symbol of all ends the last function. */
export function parseSymbols(listing: string): KernelSymbols {
  const all = [...listing.matchAll(/^([0-9a-f]{16}) (\w) (\S+)$/gm)].map(
    ([, address = '0', kind = '', name = '']) => ({
      address: BigInt(`0x${address}`),
      isCode: /t/i.test(kind),
      name,
    }),
  );
  return {
    names: new Set(all.filter(({ isCode }) => isCode).map(({ name }) => name)),
    nameAt: (address) => {
      let [low, high] = [0, all.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        const at = all[middle];
        if (at !== undefined && at.address <= address) low = middle + 1;
        else high = middle;
      }
      const found = all[low - 1];
      if (found === undefined || !found.isCode || low === all.length) return undefined;
      return `${found.name}+0x${(address - found.address).toString(16)}`;
    },
  };
}
