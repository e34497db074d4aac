// SPDX-License-Identifier: MIT

/** What the kernel's unpacker (init/initramfs.c) can be given; `mode` holds permission bits only. */
export type CpioEntry =
  | { readonly kind: 'directory'; readonly path: string; readonly mode?: number }
  | { readonly kind: 'file'; readonly path: string; readonly data: Uint8Array; readonly mode?: number }
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string }
  | {
      readonly kind: 'device';
      readonly path: string;
      readonly major: number;
      readonly minor: number;
      readonly mode?: number;
    };

const TYPE = { directory: 0o040000, file: 0o100000, symlink: 0o120000, device: 0o020000 } as const;
const MAX_SIZE = 0xffff_ffff;

const hex8 = (n: number): string => n.toString(16).padStart(8, '0');
const pad4 = (n: number): number => (4 - (n % 4)) % 4;

function record(
  ino: number,
  mode: number,
  path: string,
  data: Uint8Array,
  rdev: readonly [number, number],
): Uint8Array[] {
  const name = Buffer.from(`${path}\0`, 'utf8');
  // "newc": magic, then 13 fields of 8 hex digits. Times are 0 so that equal contents give equal archives.
  const fields = [ino, mode, 0, 0, 1, 0, data.length, 0, 0, rdev[0], rdev[1], name.length, 0];
  const header = Buffer.from(`070701${fields.map(hex8).join('')}`, 'latin1');
  return [
    header,
    name,
    Buffer.alloc(pad4(header.length + name.length)),
    data,
    Buffer.alloc(pad4(data.length)),
  ];
}

/**
 * A "newc" cpio archive as the kernel's initramfs unpacker reads it (Documentation/driver-api/early-userspace).
 * Deterministic: the same entries give the same bytes. Entries are unpacked in order, so a directory comes before
 * what is in it. Archives may simply be concatenated.
 *
 * @throws RangeError for a path that is absolute, empty, leaves the root or is given twice, or a file of 4 GiB or more.
 */
export function cpio(entries: readonly CpioEntry[]): Buffer {
  const seen = new Set<string>();
  const parts: Uint8Array[] = [];
  entries.forEach((entry, index) => {
    const { path } = entry;
    const steps = path.split('/');
    if (path.includes('\0') || steps.some((s) => s === '' || s === '.' || s === '..'))
      throw new RangeError(
        `"${path}" cannot be a path in an initramfs: it must be relative, without empty, "." or ".." parts`,
      );
    if (seen.has(path)) throw new RangeError(`"${path}" is in the initramfs twice`);
    seen.add(path);
    const data =
      entry.kind === 'file'
        ? entry.data
        : entry.kind === 'symlink'
          ? Buffer.from(entry.target, 'utf8')
          : Buffer.alloc(0);
    if (data.length > MAX_SIZE)
      throw new RangeError(`"${path}" has ${data.length} bytes; cpio holds at most ${MAX_SIZE}`);
    const permissions =
      entry.kind === 'symlink'
        ? 0o777
        : (entry.mode ?? (entry.kind === 'directory' ? 0o755 : entry.kind === 'device' ? 0o600 : 0o644));
    const rdev = entry.kind === 'device' ? ([entry.major, entry.minor] as const) : ([0, 0] as const);
    parts.push(...record(index + 1, TYPE[entry.kind] | permissions, path, data, rdev));
  });
  parts.push(...record(0, 0, 'TRAILER!!!', Buffer.alloc(0), [0, 0]));
  return Buffer.concat(parts);
}
