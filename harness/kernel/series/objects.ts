// SPDX-License-Identifier: MIT
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compose } from '../compose.js';
import { configure } from '../configure.js';
import { merge, parseFragment, type Requirement } from '../fragments.js';
import { firstErrors, make } from '../make.js';
import type { Patch } from '../patches.js';
import { compilerVersion } from '../provide.js';
import { beginBuild, endBuild, recoverBuild } from '../recover.js';
import { exists, treeOf } from '../source.js';
import type { KernelContext } from '../types.js';
import { withSource } from '../workshop.js';
import type { Cell } from './report.js';

/** The kernel's own tests of dma-buf; profile `fast` leaves them out. */
const SELFTESTS = 'CONFIG_SYNC_FILE=y\nCONFIG_DMABUF_SELFTESTS=y OPTIONAL\n';

/**
 * Compile the objects that a patch touches and the guest's kernel does not contain: drivers for hardware that QEMU
 * does not have. Their configuration is what the series' compile-*.config say, and nothing else.
 */
export async function compileOthers(
  kernel: string,
  series: string,
  patches: readonly Patch[],
  profile: string,
  jobs: number,
  ctx: KernelContext,
): Promise<Cell> {
  const last = patches.at(-1);
  if (last === undefined) return { state: 'none' };
  return withSource(kernel, ctx, async (source, slot, { signal, ...inner }) => {
    await compose(slot, source, patches, { ...inner, signal });
    const inGuest = join(slot, `build-${profile}`);
    const objects: string[] = [];
    for (const path of last.paths) {
      const object = path.replace(/\.c$/, '.o');
      const isKernelCode = path.endsWith('.c') && !path.startsWith('tools/');
      if (isKernelCode && !(await exists(join(inGuest, object)))) objects.push(object);
    }
    if (objects.length === 0) return { state: 'none' };

    const out = join(slot, 'build-compile');
    const what = {
      tree: treeOf(slot),
      out,
      requirements: await compileRequirements(series),
      compiler: await compilerVersion(signal),
      log: join(slot, 'build-compile.log'),
      signal,
    };
    await recoverBuild(out, signal);
    await configure(what);
    await beginBuild(out);
    const done = await make({ ...what, jobs, targets: objects });
    await endBuild(out);
    if (!done.ok)
      return { state: 'fail', detail: `${firstErrors(done.output)}\nAll of it is in ${what.log}` };
    // make is content with an object that the configuration does not have; then nothing was compiled.
    for (const object of objects)
      if (!(await exists(join(out, object))))
        return {
          state: 'fail',
          detail: `${object} was not compiled: which option of a compile-*.config has it built?`,
        };
    return { state: 'ok', note: objects.map((object) => object.replace(/^.*\//, '')).join(' ') };
  });
}

async function compileRequirements(series: string): Promise<Requirement[]> {
  const names = (await readdir(series)).filter((name) => /^compile-.*\.config$/.test(name)).sort();
  const read = names.map(async (name) => parseFragment(await readFile(join(series, name), 'utf8'), name));
  return merge([parseFragment(SELFTESTS, 'selftests'), ...(await Promise.all(read))]);
}
