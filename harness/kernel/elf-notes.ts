// SPDX-License-Identifier: MIT

const PT_NOTE = 4;
const X86_64 = 62;
/** XEN_ELFNOTE_PHYS32_ENTRY: where a PVH loader enters the kernel. */
const PVH_ENTRY = 18;

/** An x86-64 ELF file, as far as a boot loader cares; undefined for anything else. */
export function parseElf(file: Buffer): { readonly pvh: boolean } | undefined {
  const isElf64 = file.length > 64 && file.readUInt32BE(0) === 0x7f454c46 && file[4] === 2 && file[5] === 1;
  if (!isElf64 || file.readUInt16LE(18) !== X86_64) return undefined;
  const [start, size, count] = [
    Number(file.readBigUInt64LE(32)),
    file.readUInt16LE(54),
    file.readUInt16LE(56),
  ];
  for (let index = 0; index < count; index++) {
    const header = start + index * size;
    if (header + 56 > file.length) return undefined; // cut short
    if (file.readUInt32LE(header) !== PT_NOTE) continue;
    const [offset, length] = [
      Number(file.readBigUInt64LE(header + 8)),
      Number(file.readBigUInt64LE(header + 32)),
    ];
    if (hasNote(file.subarray(offset, offset + length), 'Xen\0', PVH_ENTRY)) return { pvh: true };
  }
  return { pvh: false };
}

function hasNote(notes: Buffer, name: string, type: number): boolean {
  const padded = (length: number) => (length + 3) & ~3;
  let at = 0;
  while (at + 12 <= notes.length) {
    const [nameSize, valueSize, kind] = [
      notes.readUInt32LE(at),
      notes.readUInt32LE(at + 4),
      notes.readUInt32LE(at + 8),
    ];
    if (kind === type && notes.subarray(at + 12, at + 12 + nameSize).toString('latin1') === name) return true;
    at += 12 + padded(nameSize) + padded(valueSize);
  }
  return false;
}
