// SPDX-License-Identifier: MIT
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readStamp, writeStamp } from '../cache/stamp.js';
import { UntestableError } from '../errors.js';
import { run } from '../process/run.js';
import { CALL_BYTES, callsTo, ElfFile } from './elf.js';
import { insideTree, type Place, parseAddr2line, placeOf } from './lines.js';

/** Every place that can be told of in an image. */
export interface CodeMap {
  readonly places: readonly Place[];
  /** The source of each file as it was compiled; a file is missing where it is not at hand any more. */
  readonly sources: Readonly<Record<string, string>>;
}

const schema = z.object({
  formatVersion: z.literal(1),
  places: z.array(
    z.object({
      place: z.number().int().min(0),
      file: z.string(),
      line: z.number().int().positive(),
      func: z.string(),
    }),
  ),
  sources: z.record(z.string(), z.string()),
});

const HOOK = '__sanitizer_cov_trace_pc';
/** What only runs while the kernel boots, before anybody can ask what is reached. */
const AT_BOOT = '.init.text';

/**
 * The places of a kernel whose vmlinux has debug info. Kept beside it, since an image never changes. Throws
 * UntestableError for a kernel that was not made for this.
 */
export async function codeMap(vmlinux: string, signal: AbortSignal): Promise<CodeMap> {
  const stamp = join(dirname(vmlinux), 'places.json');
  const kept = await readStamp(stamp, schema);
  if (kept !== undefined) return kept;
  const made = await makeMap(vmlinux, signal);
  await writeStamp(stamp, { formatVersion: 1, ...made });
  return made;
}

async function makeMap(vmlinux: string, signal: AbortSignal): Promise<CodeMap> {
  const elf = new ElfFile(await readFile(vmlinux));
  const hook = elf.address(HOOK);
  if (hook === undefined) throw untestable('it has no KCOV');
  const calls = callsTo(elf.code(), hook).filter(({ section }) => section !== AT_BOOT);
  const input = calls.map(({ address }) => `ffffffff${address.toString(16).padStart(8, '0')}\n`).join('');
  const said = await run('addr2line', ['-a', '-f', '-i', '-e', vmlinux], {
    input,
    signal,
    env: { LC_ALL: 'C' },
  });
  signal.throwIfAborted();
  if (!said.ok) throw untestable(`addr2line cannot read it: ${said.stderr}`);
  const frames = parseAddr2line(said.stdout);
  const places = calls.flatMap(
    ({ address }) => placeOf(address + CALL_BYTES, frames.get(address) ?? []) ?? [],
  );
  if (places.length === 0) throw untestable('none of its code is instrumented, or it has no debug info');
  const paths = new Set([...frames.values()].flat().map(({ file }) => file));
  return { places, sources: await sourcesOf(vmlinux, paths) };
}

const untestable = (why: string): UntestableError =>
  new UntestableError(`The coverage of this kernel cannot be told: ${why}.`, {
    remedy: 'Let fencelab build it, with --profile cover.',
  });

/** A source that is newer than the image is not what was compiled: others patches may be on the tree by now. */
async function sourcesOf(vmlinux: string, paths: ReadonlySet<string>): Promise<Record<string, string>> {
  const built = (await stat(vmlinux)).mtimeMs;
  const found: Record<string, string> = {};
  for (const path of paths) {
    const inside = insideTree(path);
    if (inside === undefined) continue;
    // Kernels that leave the tree's path out of their debug info seem to be in their build folder
    for (const file of [path, path.replace(/\/build-[^/]+\//, '/tree/')]) {
      const changed = await stat(file).catch(() => undefined);
      if (changed !== undefined && changed.mtimeMs <= built) found[inside] ??= await readFile(file, 'utf8');
    }
  }
  return found;
}
