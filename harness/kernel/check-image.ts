// SPDX-License-Identifier: MIT
import { readFile } from 'node:fs/promises';
import { UntestableError, UsageError } from '../errors.js';
import { parseElf } from './elf-notes.js';
import { profileRequirements } from './fragments.js';
import { configOf, payloadOf } from './image-payload.js';
import { parseConfig, type Unmet, unmet } from './kconfig.js';

/** What can be said of a kernel that was built elsewhere. */
export interface ImageCheck {
  readonly kind: 'bzImage' | 'vmlinux';
  /** It can be started as it is by QEMU's PVH loader. */
  readonly pvh: boolean;
  /** As `uname -r` will say it; "unknown" where it does not tell. */
  readonly release: string;
  /** True when it carries its configuration (CONFIG_IKCONFIG), so that options could be looked at. */
  readonly checked: boolean;
  /** Lines for the user: what it lacks that tests then skip, or why that cannot be known. */
  readonly remarks: readonly string[];
}

/**
 * Look into a kernel image. One that is no kernel is a usage error; one that lacks what the guest cannot do without
 * cannot be tested. What only some tests need becomes a remark.
 */
export async function checkImage(file: string, profile = 'fast'): Promise<ImageCheck> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(
      `--image ${file}: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.message}.`,
      {
        remedy: 'Give a bzImage (arch/x86/boot/bzImage) or a vmlinux.',
      },
    );
  });
  const elf = parseElf(bytes);
  const payload = elf === undefined ? await payloadOf(bytes) : { kernel: bytes };
  if (payload === undefined)
    throw new UsageError(`--image ${file}: it is neither a bzImage nor an x86-64 vmlinux.`, {
      remedy: 'A build leaves them as arch/x86/boot/bzImage and vmlinux. A source is given with --kernel.',
    });
  if (elf !== undefined && !elf.pvh)
    throw new UntestableError(
      `${file} has no PVH entry (CONFIG_PVH), without which QEMU cannot start a vmlinux.`,
      {
        remedy: 'Give the bzImage of the same build.',
      },
    );
  const kind = elf === undefined ? ('bzImage' as const) : ('vmlinux' as const);
  const release = releaseOf(bytes, payload.kernel);
  const about = { kind, pvh: kind === 'vmlinux', release };
  if (payload.kernel === undefined)
    return { ...about, checked: false, remarks: [`${file}: its options cannot be checked: ${payload.why}.`] };
  const config = configOf(payload.kernel);
  if (config === undefined) {
    const remark = `${file}: its options cannot be checked: it carries no configuration (CONFIG_IKCONFIG).`;
    return { ...about, checked: false, remarks: [remark] };
  }
  const lacking = unmet(await profileRequirements(profile), parseConfig(config)).filter(isLack);
  const fatal = lacking.filter(({ requirement }) => requirement.needed);
  if (fatal.length > 0)
    throw new UntestableError(
      `${file} lacks ${fatal.map(optionOf).join(', ')}: the guest cannot do without.`,
      {
        remedy: 'Set them and build again; --kernel TREE has fencelab configure and build it itself.',
        detail: lacking.map(lineOf).join('\n'),
      },
    );
  const remarks = lacking.map((miss) => `${file}: ${lineOf(miss)}`);
  return { ...about, checked: true, remarks };
}

const optionOf = ({ requirement }: Unmet): string => `CONFIG_${requirement.symbol}`;

function lineOf(miss: Unmet): string {
  const { value } = miss.requirement;
  const why =
    miss.got === 'm' ? 'a module, and the guest loads none' : miss.got === 'n' ? 'not set' : miss.got;
  return `${optionOf(miss)} is ${why}${value === 'y' ? '' : `, wanted is ${value}`}`;
}

/**
 * What is wanted off may be on in a kernel that someone else has configured, and numbers are theirs to choose; so are
 * symbols that not every kernel has.
 */
const isLack = ({ requirement }: Unmet): boolean => requirement.value === 'y' && !requirement.optional;

function releaseOf(file: Buffer, kernel: Buffer | undefined): string {
  const banner = kernel === undefined ? -1 : kernel.indexOf('Linux version ');
  if (kernel !== undefined && banner >= 0) {
    const text = kernel.subarray(banner + 'Linux version '.length, banner + 200).toString('latin1');
    const release = /^[^\s%]+/.exec(text)?.[0];
    if (release !== undefined) return release;
  }
  // The setup header of a bzImage points to "RELEASE (USER@HOST) …".
  const at = file.length > 0x210 ? file.readUInt16LE(0x20e) + 0x200 : file.length;
  const release = /^[\w.+~-]+/.exec(file.subarray(at, at + 100).toString('latin1'))?.[0];
  return release ?? 'unknown';
}
