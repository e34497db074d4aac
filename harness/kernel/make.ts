// SPDX-License-Identifier: MIT
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Finished, run } from '../process/run.js';

/** A call of the kernel's build. */
export interface MakeOptions {
  readonly tree: string;
  /** The build folder (`O=`); outside the tree. */
  readonly out: string;
  readonly jobs: number;
  readonly targets: readonly string[];
  /** Make variables: `INSTALL_HDR_PATH=…`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Everything that make says goes there as well. */
  readonly log: string;
  /** Called with the count of commands run so far and the latest one: "CC drivers/dma-buf/dma-buf.o". */
  readonly onStep?: (count: number, step: string) => void;
  readonly signal: AbortSignal;
}

/** Variables of the caller's environment that would change what is built, or where. */
const UNWANTED = [
  ...[
    'ARCH',
    'SUBARCH',
    'CROSS_COMPILE',
    'LLVM',
    'LLVM_IAS',
    'LOCALVERSION',
    'INSTALL_HDR_PATH',
    'CONFIG_SHELL',
  ],
  ...[
    'KBUILD_OUTPUT',
    'KBUILD_VERBOSE',
    'KBUILD_EXTMOD',
    'KCONFIG_CONFIG',
    'KCONFIG_ALLCONFIG',
    'KCFLAGS',
    'KCPPFLAGS',
  ],
  ...['KAFLAGS', 'MAKEFLAGS', 'MFLAGS', 'MAKELEVEL', 'MAKEOVERRIDES', 'M', 'O', 'V', 'W', 'C'],
  ...['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'CFLAGS', 'LDFLAGS', 'HOSTCFLAGS'],
];

/** The same source gives the same bytes, whoever builds it and when. */
const REPRODUCIBLE = {
  LC_ALL: 'C',
  KBUILD_BUILD_TIMESTAMP: 'Thu Jan  1 00:00:00 UTC 1970',
  KBUILD_BUILD_USER: 'fencelab',
  KBUILD_BUILD_HOST: 'fencelab',
  KBUILD_BUILD_VERSION: '1',
  LOCALVERSION: '', // or a tree in a git checkout is given a "+"
};

/** "  CC      drivers/dma-buf/dma-buf.o" and the like. */
const STEP = /^ {2}([A-Z][A-Z0-9_]+) +(\S.*)$/;

/**
 * Run make in a process group of its own: when it is to stop, so must every compiler it has started, or one of them
 * may still write an object that make has already cleaned up.
 */
export async function make(options: MakeOptions): Promise<Finished> {
  await mkdir(dirname(options.log), { recursive: true });
  const log = createWriteStream(options.log, { flags: 'a' });
  let count = 0;
  const unset = UNWANTED.filter((name) => !(name in REPRODUCIBLE)).flatMap((name) => ['-u', name]);
  const variables = Object.entries({ O: options.out, ...options.variables }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const args = [
    '-C',
    options.tree,
    `-j${options.jobs}`,
    '--no-print-directory',
    ...variables,
    ...options.targets,
  ];
  log.write(`$ make ${args.join(' ')}\n`);
  // pdeathsig: should this process be killed outright, make is told to end as well.
  const done = await run('setpriv', ['--pdeathsig', 'TERM', 'env', ...unset, 'make', ...args], {
    env: REPRODUCIBLE,
    signal: options.signal,
    group: true,
    onLine: (line) => {
      log.write(`${line}\n`);
      const step = STEP.exec(line);
      if (step === null) return;
      count++;
      options.onStep?.(count, `${step[1]} ${step[2]}`);
    },
  });
  log.end();
  await finished(log);
  options.signal.throwIfAborted();
  return done;
}

/** The lines that say why a build failed, first to last, with the place of each. */
export function firstErrors(output: string, limit = 15): string {
  const lines = output.split('\n');
  const telling =
    /(?:\berror:|undefined reference|\*\*\* |Error \d+$|fatal|: not found|No such file|cannot )/i;
  const found: string[] = [];
  lines.forEach((line, index) => {
    if (found.length >= limit || !telling.test(line)) return;
    found.push(line);
    // The compiler shows the source under an error.
    const source = lines.slice(index + 1, index + 3).filter((next) => /^\s+(\d+ )?\|/.test(next));
    found.push(...source);
  });
  return found.join('\n');
}
