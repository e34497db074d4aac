// SPDX-License-Identifier: MIT
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../errors.js';
import { parseSeries } from '../patches.js';
import { parseKernelSpec } from '../spec.js';

/** Beside a `series` file: the kernels that the series is for. */
const KERNELS = 'kernels';

/** Which kernels a series is for, as its folder says: a kernel a line, as --kernel takes it; `#` begins a comment. */
export async function readKernels(series: string): Promise<readonly string[]> {
  const path = join(series, KERNELS);
  const text = await readFile(path, 'utf8').catch(async (cause: NodeJS.ErrnoException) => {
    if ((await stat(series).catch(() => undefined))?.isDirectory() !== true)
      throw new UsageError(`${series}: there is no such folder.`, {
        remedy: 'Give a folder with a `series` file, as quilt has it.',
        cause,
      });
    throw new UsageError(
      `${path} cannot be read (${cause.code}), and no --kernel says what the series is for.`,
      {
        remedy: 'Write the kernels into that file, one a line, or say --kernel debian:6.1',
        cause,
      },
    );
  });
  const kernels: string[] = [];
  for (const { name: kernel, line } of parseSeries(text)) {
    await parseKernelSpec(kernel).catch((error: unknown) => {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`${path}, line ${line}: ${error.message}`, {
        ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
        cause: error,
      });
    });
    kernels.push(kernel);
  }
  if (kernels.length === 0)
    throw new UsageError(`${path} names no kernel.`, {
      remedy: 'Write one a line, as --kernel takes it: debian:6.1',
    });
  return kernels;
}
