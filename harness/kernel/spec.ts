// SPDX-License-Identifier: MIT
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from '../errors.js';

/** What `--kernel` names. */
export type KernelSpec =
  | { readonly kind: 'debian'; readonly series: string; readonly exact: string | undefined }
  | { readonly kind: 'tree'; readonly path: string }
  | { readonly kind: 'tarball'; readonly path: string };

const DEBIAN = /^(\d+\.\d+)(\.\d+)?$/;
const TARBALL = /\.(tar|tar\.gz|tgz|tar\.xz|txz)$/;

/** Parse `--kernel`. A path has to exist; whether a kernel is in it is found out later. */
export async function parseKernelSpec(text: string, cwd = process.cwd()): Promise<KernelSpec> {
  if (text.startsWith('debian:')) return parseDebian(text);
  const path = resolve(cwd, text.startsWith('~/') ? join(homedir(), text.slice(2)) : text);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined)
    throw new UsageError(`--kernel ${text}: there is no such file or folder.`, { remedy: FORMS });
  if (found.isDirectory()) return { kind: 'tree', path };
  if (TARBALL.test(path)) return { kind: 'tarball', path };
  throw new UsageError(`--kernel ${text}: a file must be a .tar, .tar.gz or .tar.xz.`, {
    remedy: `A kernel that is already built is given with --image.\n${FORMS}`,
  });
}

const FORMS = `Give a kernel tree, a tarball of one, or debian:VERSION (debian:5.10, debian:6.1, debian:5.10.223).`;

function parseDebian(text: string): KernelSpec {
  const version = text.slice('debian:'.length);
  const parts = DEBIAN.exec(version);
  if (parts?.[1] === undefined)
    throw new UsageError(`--kernel ${text}: "${version}" is not a kernel version.`, { remedy: FORMS });
  return { kind: 'debian', series: parts[1], exact: parts[2] === undefined ? undefined : version };
}
