// SPDX-License-Identifier: MIT
import { type Night, type NightCell, type NightTest, wasTested } from '../result/night.js';
import {
  KCIDB_VERSION,
  type KcidbBuild,
  type KcidbCheckout,
  type KcidbReport,
  type KcidbStatus,
  type KcidbTest,
  kcidbSchema,
  LOG_EXCERPT_MOST,
} from './kcidb-schema.js';
import { cellLine, programOf, subtestOf, whyLine } from './night-lines.js';
import { oneLine } from './tap-lines.js';

/**
 * A night as KernelCI takes it: a checkout for each kernel with its patches, a build for each profile of it, a test for each
 * cell, and one for each test of the cell. Expectations are fencelab's own: a failure that is expected is FAIL here as
 * well, with `misc` saying what was expected.
 *
 * @param origin the name of the CI system: small letters, digits, "_"
 */
export function nightKcidb(night: Night, origin: string): KcidbReport {
  const whole = `${origin}:${idText(night.name)}/${time(night.startedAt) ?? idText(night.startedAt)}`;
  const name = unique();
  const checkouts = new Map<string, NightCell[]>();
  const builds = new Map<string, NightCell[]>();
  const checkoutOfBuild = new Map<string, string>();
  const tests: KcidbTest[] = [];
  for (const cell of night.cells) {
    const checkout = `${whole}/${idText(`${cell.kernel}+${cell.patch}`)}`;
    const build = `${checkout}/${idText(cell.profile)}`;
    group(checkouts, checkout, cell);
    group(builds, build, cell);
    checkoutOfBuild.set(build, checkout);
    const of = { build_id: build, origin, environment: environment(cell) };
    const id = `${build}/${idText(`${cell.gpu}/${cell.strategy}`)}`;
    tests.push({ ...cellTest(cell), ...of, id: name(id) });
    if (cell.coverage !== undefined)
      tests.push({ ...coverageTest(cell.coverage), ...of, id: name(`${id}/coverage`) });
    for (const test of cell.tests)
      tests.push({ ...oneTest(cell, test), ...of, id: name(`${id}/${idText(test.name)}`) });
  }
  return kcidbSchema.parse({
    version: KCIDB_VERSION,
    checkouts: [...checkouts].map(([id, cells]) => ({ ...checkoutOf(cells, night), id, origin })),
    builds: [...builds].map(([id, cells]) => ({
      ...buildOf(cells),
      id,
      origin,
      checkout_id: checkoutOfBuild.get(id) ?? '',
    })),
    tests,
  });
}

function group(groups: Map<string, NightCell[]>, key: string, cell: NightCell): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [cell]);
  else group.push(cell);
}

/** Gives back what it is given, with a number behind it if that was there before: ids must differ. */
function unique(): (id: string) => string {
  const seen = new Map<string, number>();
  return (id) => {
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    return times === 1 ? id : `${id}#${times}`;
  };
}

function checkoutOf(cells: readonly NightCell[], night: Night): Omit<KcidbCheckout, 'id' | 'origin'> {
  const [cell] = cells;
  const release = cells.find((c) => c.release !== undefined)?.release;
  const start = time(night.startedAt);
  return {
    comment: noNul(`${cell?.kernel}${release === undefined ? '' : ` (${release})`}, patch ${cell?.patch}`),
    ...(cell?.patch === 'none' ? { patchset_hash: '' } : {}),
    ...(start === undefined ? {} : { start_time: start }),
    // Nobody knows of one that did not boot whether its patches applied
    ...(cells.some(wasTested) ? { valid: true } : {}),
    misc: { kernel: cell?.kernel, patch: cell?.patch, ...(release === undefined ? {} : { release }) },
  };
}

function buildOf(cells: readonly NightCell[]): Omit<KcidbBuild, 'id' | 'origin' | 'checkout_id'> {
  const untestable = cells.find(({ verdict }) => verdict === 'untestable');
  const why = cells.some(wasTested) ? undefined : (untestable ?? cells[0]);
  return {
    architecture: 'x86_64',
    config_name: noNul(cells[0]?.profile ?? ''),
    status: cells.some(wasTested) ? 'PASS' : untestable === undefined ? 'MISS' : 'ERROR',
    ...(why === undefined ? {} : { comment: noNul(cellLine(why)) }),
  };
}

function environment(cell: NightCell): NonNullable<KcidbTest['environment']> {
  const accelerator = cell.accelerator === undefined ? {} : { accelerator: cell.accelerator };
  return { comment: 'a guest in QEMU', misc: { gpu: cell.gpu, strategy: cell.strategy, ...accelerator } };
}

type Told = Omit<KcidbTest, 'id' | 'origin' | 'build_id' | 'environment'>;

const CELL_STATUS: Readonly<Record<NightCell['verdict'], KcidbStatus>> = {
  holds: 'PASS',
  fails: 'FAIL',
  untestable: 'ERROR',
  notrun: 'MISS',
  missing: 'MISS',
};

function cellTest(cell: NightCell): Told {
  const start = cell.startedAt === undefined ? undefined : time(cell.startedAt);
  return {
    path: 'fencelab',
    comment: noNul(`${cell.id}: ${cellLine(cell)}`),
    status: CELL_STATUS[cell.verdict],
    ...(start === undefined ? {} : { start_time: start }),
    duration: cell.milliseconds / 1000,
    misc: { cell: cell.id, ops: cell.ops, programs: cell.programs },
  };
}

function coverageTest({ reached, of }: NonNullable<NightCell['coverage']>): Told {
  return {
    path: 'fencelab.coverage',
    comment: `${reached} of ${of} places of the dma-buf sources were reached`,
    status: 'DONE',
    number: { value: of === 0 ? 0 : Math.round((reached / of) * 10_000) / 100, unit: '%' },
  };
}

function oneTest(cell: NightCell, test: NightTest): Told {
  const told = test.judged !== 'ok';
  return {
    path: `fencelab.${pathPart(programOf(test.name))}.${pathPart(subtestOf(test.name))}`,
    comment: noNul(`${test.name} on ${cell.id}`),
    status: statusOf(test),
    ...(told ? { log_excerpt: noNul(whyLine(test)).slice(0, LOG_EXCERPT_MOST) } : {}),
    duration: test.milliseconds / 1000,
    misc: {
      promises: test.promises,
      outcome: test.outcome,
      expected: test.expected,
      judged: test.judged,
      ...(test.runs === undefined ? {} : { runs: test.runs.of, passed: test.runs.passed }),
    },
  };
}

/**
 * FAIL says that the kernel is wrong: so does one that hangs. A test process that died, or was too slow, did not come to an
 * end, which is ERROR, as is a pass of which the model cannot tell; one that was never tried is MISS.
 */
function statusOf({ outcome, judged }: NightTest): KcidbStatus {
  switch (outcome) {
    case 'pass':
      return judged === 'failed' ? 'ERROR' : 'PASS';
    case 'fail':
    case 'hang':
      return 'FAIL';
    case 'crash':
    case 'timeout':
      return 'ERROR';
    case 'notrun':
      return 'MISS';
    case 'skip':
      return 'SKIP';
  }
}

/** An id is one line, and can be written in UTF-8. */
const idText = (text: string): string => oneLine(text).replace(/\p{Cs}/gu, '?');
/** A dot would begin a new part. */
const pathPart = (name: string): string => name.replace(/[^\w-]+/g, '_') || '_';
const noNul = (text: string): string => text.replaceAll('\0', '\ufffd');

/** As RFC 3339 has it; undefined where it is no time. */
function time(text: string): string | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
