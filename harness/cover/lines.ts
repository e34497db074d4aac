// SPDX-License-Identifier: MIT

/** A place in the kernel's code as a person finds it. */
export interface Place {
  /** The low half of the address that KCOV is told. */
  readonly place: number;
  /** "drivers/dma-buf/dma-resv.c" */
  readonly file: string;
  readonly line: number;
  /** The function that it is written in, also where that is compiled into another. */
  readonly func: string;
}

/** One function of the chain that compiled code at an address is of, innermost first. */
interface Frame {
  readonly func: string;
  readonly file: string;
  readonly line: number;
}

/** Where in a file's path what is of interest begins. */
const OF_INTEREST = /(?:^|\/)(drivers\/(?:dma-buf\/[\w-]+\.c|gpu\/drm\/vgem\/vgem_fence\.c))$/;

/** A file's path within its tree, if its coverage is of interest. */
export const insideTree = (path: string): string | undefined => OF_INTEREST.exec(path)?.[1];

/** What `addr2line -a -f -i` says, by address (low half). */
export function parseAddr2line(output: string): ReadonlyMap<number, readonly Frame[]> {
  const found = new Map<number, Frame[]>();
  let frames: Frame[] = [];
  let func: string | undefined;
  for (const line of output.split('\n')) {
    const address = /^0x([0-9a-f]+)$/.exec(line)?.[1];
    if (address !== undefined) {
      frames = [];
      found.set(Number.parseInt(address.slice(-8), 16), frames);
      func = undefined;
    } else if (func === undefined) func = line;
    else {
      const where = /^(.*):(\d+)(?: \(discriminator \d+\))?$/.exec(line);
      if (where !== null) frames.push({ func: ownName(func), file: where[1] ?? '', line: Number(where[2]) });
      func = undefined;
    }
  }
  return found;
}

/** Without what the compiler adds to the name of a part or a variant of a function. */
const ownName = (func: string): string => func.replace(/\.(?:part|isra|constprop|cold|lto_priv)\b.*$/, '');

/** The innermost function that is of interest, and its line there. Code of headers counts where it is used. */
export function placeOf(place: number, frames: readonly Frame[]): Place | undefined {
  for (const { func, file, line } of frames) {
    const inside = insideTree(file);
    if (inside !== undefined && line > 0) return { place, file: inside, line, func };
  }
  return undefined;
}
