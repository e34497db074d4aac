// SPDX-License-Identifier: MIT
import { constants, gunzipSync } from 'node:zlib';
import { execa } from 'execa';

/** The kernel proper inside a bzImage; or why it could not be had. */
export type Payload = { readonly kernel: Buffer } | { readonly kernel: undefined; readonly why: string };

/** How a bzImage's payload begins, and what unpacks it. gzip is Node's own. */
const FORMATS: readonly {
  readonly magic: string;
  readonly tool: string;
  readonly args: readonly string[];
}[] = [
  { magic: 'fd377a585a00', tool: 'xz', args: ['-dcq'] },
  { magic: '28b52ffd', tool: 'zstd', args: ['-dcq'] },
  { magic: '02214c18', tool: 'lz4', args: ['-dcq'] },
  { magic: '425a68', tool: 'bzip2', args: ['-dcq'] },
  { magic: '894c5a4f000d0a', tool: 'lzop', args: ['-dcq'] },
  { magic: '5d0000', tool: 'xz', args: ['-dcq', '--format=lzma'] },
];

/** Unpack the kernel in a bzImage, by its setup header (boot protocol 2.08 and later); undefined: it is none. */
export async function payloadOf(file: Buffer): Promise<Payload | undefined> {
  if (file.length < 0x260 || file.toString('latin1', 0x202, 0x206) !== 'HdrS') return undefined;
  if (file.readUInt16LE(0x206) < 0x208)
    return { kernel: undefined, why: 'its boot protocol is older than 2.08' };
  const setupSectors = file[0x1f1] === 0 ? 4 : (file[0x1f1] ?? 4);
  const start = (setupSectors + 1) * 512 + file.readUInt32LE(0x248);
  const packed = file.subarray(start, start + file.readUInt32LE(0x24c));
  if (packed.length === 0 || start > file.length) return { kernel: undefined, why: 'the file is cut short' };
  return unpack(packed);
}

async function unpack(packed: Buffer): Promise<Payload> {
  const head = packed.subarray(0, 8).toString('hex');
  if (head.startsWith('1f8b')) {
    try {
      return {
        kernel: gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 1 << 30 }),
      };
    } catch {
      return { kernel: undefined, why: 'its gzip payload is damaged' };
    }
  }
  if (packed.toString('latin1', 0, 4) === '\x7fELF') return { kernel: packed };
  const format = FORMATS.find(({ magic }) => head.startsWith(magic));
  if (format === undefined)
    return { kernel: undefined, why: `its payload (${head}…) is compressed in an unknown way` };
  // The kernel's build appends the unpacked size, which these tools call trailing garbage; what they give is whole.
  const done = await execa(format.tool, [...format.args], {
    input: packed,
    encoding: 'buffer',
    reject: false,
    maxBuffer: 1 << 30,
  });
  if (done.stdout !== undefined && done.stdout.length > packed.length)
    return { kernel: Buffer.from(done.stdout) };
  return {
    kernel: undefined,
    why: `its payload cannot be unpacked here: \`${format.tool}\` failed or is not installed`,
  };
}

/** The configuration a kernel carries with CONFIG_IKCONFIG: a gzip between two markers. */
export function configOf(kernel: Buffer): string | undefined {
  const marker = Buffer.from('IKCFG_ST\x1f\x8b', 'latin1');
  const start = kernel.indexOf(marker);
  if (start < 0) return undefined;
  const end = kernel.indexOf('IKCFG_ED', start, 'latin1');
  try {
    const packed = kernel.subarray(start + 'IKCFG_ST'.length, end < 0 ? undefined : end);
    return gunzipSync(packed, { maxOutputLength: 1 << 24 }).toString('utf8');
  } catch {
    return undefined;
  }
}
