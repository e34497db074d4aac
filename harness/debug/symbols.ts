// SPDX-License-Identifier: MIT
import { UntestableError } from '../errors.js';
import { run, whyFailed } from '../process/run.js';

/** The functions of a vmlinux. @throws UntestableError if it has none. */
export async function symbolsOf(vmlinux: string): Promise<ReadonlySet<string>> {
  const listed = await run('nm', [vmlinux]);
  const names = [...listed.stdout.matchAll(/^[0-9a-f]+ [tT] (\S+)$/gm)].flatMap(([, name]) => name ?? []);
  if (!listed.ok || names.length === 0)
    throw new UntestableError(`${vmlinux} has no symbols`, {
      detail: listed.ok ? listed.stderr : `nm ${whyFailed(listed)}: ${listed.stderr}`,
      remedy: 'Give the vmlinux of the build, not stripped.',
    });
  return new Set(names);
}
