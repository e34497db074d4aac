// SPDX-License-Identifier: MIT
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UntestableError } from '../errors.js';
import { projectRoot } from '../folders.js';
import { run, tail, whyFailed } from '../process/run.js';

/** Where the guest's C sources live. */
export const guestSources: string = join(projectRoot, 'vm-images', 'guest');

export interface GuestBuild {
  /** `make headers_install`'s include folder of the kernel under test, or the machine's own /usr/include. */
  readonly headers: string;
  /** Objects are kept here, so that only what changed is compiled again. */
  readonly outputFolder: string;
  readonly jobs: number;
  readonly signal?: AbortSignal;
}

/**
 * Compile the static guest binary against the headers of the kernel under test.
 * @returns the path of `fencelab-guest`.
 * @throws UntestableError with the compiler's first words: headers that disagree with the interface stop the build.
 */
export async function buildGuest(build: GuestBuild): Promise<string> {
  await mkdir(build.outputFolder, { recursive: true });
  const r = await run(
    'make',
    [
      '-s',
      `-j${build.jobs}`,
      '-C',
      guestSources,
      `O=${build.outputFolder}`,
      `HEADERS=${build.headers}`,
      'CC=gcc',
    ],
    build.signal === undefined ? {} : { signal: build.signal },
  );
  if (!r.ok)
    throw new UntestableError(
      `the test programs do not compile against ${build.headers}: make ${whyFailed(r)}`,
      {
        detail: firstErrors(r.output),
        remedy:
          'If a header of the kernel under test changed the interface, that is the finding; otherwise report this as a bug of fencelab.',
      },
    );
  return join(build.outputFolder, 'fencelab-guest');
}

function firstErrors(output: string): string {
  const errors = output.split('\n').filter((line) => /\b(error|undefined reference)\b/.test(line));
  return errors.length > 0 ? errors.slice(0, 8).join('\n') : tail(output);
}
