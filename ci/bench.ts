// SPDX-License-Identifier: MIT
// `npm run bench`: how long the things take that people wait for. Prints a table; the figures are the machine's, the
// ratios and limits are ours. `npm run bench -- boot warm` measures only these.
// `npm run bench -- ioctls` compares EXPORT and IMPORT with those of another kernel; it has options: ci/ioctls/order.ts.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withProgress } from '../harness/commands/with-progress.js';
import { cacheFolder, projectRoot } from '../harness/folders.js';
import { run } from '../harness/process/run.js';
import { RESULTS_FILE } from '../harness/record/run-record.js';
import { cpio } from '../harness/vm/cpio.js';
import { QEMU } from '../harness/vm/qemu-process.js';
import { PROFILES } from '../models/index.js';
import { checkerSpeed, racesSpeed } from '../models/traffic/bench.js';
import { checkedSpeed } from './checked.js';
import { IOCTLS_USAGE, type IoctlsOrder, parseWords } from './ioctls/order.js';
import { report, slowerOf, timesOf } from './ioctls/report.js';
import { type IoctlsFigures, measureIoctls } from './ioctls/run.js';
import { isolatedSpeed } from './isolated.js';
import { leavesSpeed } from './leaves.js';

interface Row {
  readonly what: string;
  readonly measured: string;
  readonly limit: string;
  readonly ok: boolean;
}

const cli = join(projectRoot, 'bin', 'fencelab.js');
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Run the command a user types, from start to exit. It must come to one of these verdicts, or the figure means nothing. */
async function fencelab(
  args: readonly string[],
  env: Record<string, string> = {},
  verdicts: readonly number[] = [0],
): Promise<number> {
  const began = performance.now();
  const r = await run(process.execPath, [cli, ...args], { env });
  if (r.exitCode === undefined || !verdicts.includes(r.exitCode))
    throw new Error(`fencelab ${args.join(' ')} did not exit with ${verdicts.join(' or ')}:\n${r.output}`);
  return performance.now() - began;
}

const median = (list: readonly number[]): number =>
  list.toSorted((a, b) => a - b)[list.length >> 1] ?? Number.NaN;
const newestRun = (): string => {
  const parent = join(projectRoot, 'results');
  return join(
    parent,
    readdirSync(parent)
      .filter((n) => /^\d/.test(n))
      .toSorted()
      .at(-1) ?? '',
  );
};

/** A bare QEMU: the same kernel and accelerator, no devices but a serial port, and an init that prints one line. */
async function boot(): Promise<Row> {
  await fencelab(['check', '--only', 'interface', '--guests', '1']);
  const folder = newestRun();
  const kernel = join(folder, 'kernel', 'vmlinux');
  const scratch = mkdtempSync(join(tmpdir(), 'fencelab-bench-'));
  writeFileSync(
    join(scratch, 'init.c'),
    '#include <unistd.h>\nint main(void){write(1,"one line\\n",9);for(;;)pause();}\n',
  );
  await run('gcc', ['-O2', '-static', '-o', join(scratch, 'init'), join(scratch, 'init.c')]);
  writeFileSync(
    join(scratch, 'initramfs'),
    cpio([
      { kind: 'directory', path: 'dev' },
      { kind: 'device', path: 'dev/console', major: 5, minor: 1 },
      { kind: 'file', path: 'init', data: readFileSync(join(scratch, 'init')), mode: 0o755 },
    ]),
  );
  const bare: number[] = [];
  const ours: number[] = [];
  for (let i = 0; i < 7; i++) {
    bare.push(bareBoot(kernel, join(scratch, 'initramfs')));
    await fencelab(['check', '--only', 'interface', '--guests', '1']);
    const results: unknown = JSON.parse(readFileSync(join(newestRun(), RESULTS_FILE), 'utf8'));
    ours.push(bootOf(results));
  }
  rmSync(scratch, { recursive: true });
  const ratio = median(ours) / median(bare);
  return {
    what: 'boot to the first test line, virtio-gpu and channel',
    measured: `${seconds(median(ours))} (bare QEMU ${seconds(median(bare))}, ratio ${ratio.toFixed(2)})`,
    limit: '1.3 x bare',
    ok: ratio <= 1.3,
  };
}

/** Blocking on purpose: nothing of ours runs beside the bare QEMU. */
function bareBoot(kernel: string, initramfs: string): number {
  const args = '-accel tcg -m 512 -nodefaults -no-reboot -display none -append "console=ttyS0" -serial stdio';
  const script = `coproc Q { exec ${QEMU} ${args} -kernel "$1" -initrd "$2" </dev/null 2>/dev/null; }
    grep -m1 -q "one line" <&"\${Q[0]}"; found=$?; kill -9 "$Q_PID"; exit $found`;
  const began = performance.now();
  const r = spawnSync('bash', ['-c', script, 'bare', kernel, initramfs]);
  const took = performance.now() - began;
  if (r.status !== 0) throw new Error('the bare QEMU printed nothing');
  return took;
}

function bootOf(results: unknown): number {
  if (
    typeof results === 'object' &&
    results !== null &&
    'guests' in results &&
    Array.isArray(results.guests)
  ) {
    const ms: unknown = results.guests[0]?.bootMilliseconds;
    if (typeof ms === 'number') return ms;
  }
  throw new Error(`${RESULTS_FILE} tells no boot time`);
}

async function warm(): Promise<Row> {
  await fencelab(['check']);
  const times = [await fencelab(['check']), await fencelab(['check']), await fencelab(['check'])];
  return {
    what: 'check, nothing changed',
    measured: seconds(median(times)),
    limit: '15 s',
    ok: median(times) <= 15_000,
  };
}

/** The developer's loop: a tree of their own, built once, then one line of dma-buf.c changes. */
async function edit(): Promise<Row> {
  const scratch = mkdtempSync(join(tmpdir(), 'fencelab-bench-'));
  const tree = join(scratch, 'linux');
  mkdirSync(tree);
  try {
    const sources = join(cacheFolder(), 'sources');
    const slot = readdirSync(sources)
      .filter((n) => n.startsWith('debian-5.10'))
      .toSorted()
      .at(-1);
    if (slot === undefined) throw new Error('check has not unpacked debian:5.10 yet');
    await run('cp', ['-a', `${join(sources, slot, 'tree')}/.`, tree]);
    // The cache's tree is as the last check left it: with the series, without, or with a mutant. Any verdict will do.
    const patched = readFileSync(join(tree, 'include/uapi/linux/dma-buf.h'), 'utf8').includes(
      'EXPORT_SYNC_FILE',
    );
    const patch = patched ? 'none' : join(projectRoot, 'kernel-patch', 'linux-5.10');
    await fencelab(['check', '--kernel', tree, '--patch', patch, '--only', 'export'], {}, [0, 1]);
    const file = join(tree, 'drivers', 'dma-buf', 'dma-buf.c');
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      appendFileSync(file, `\n/* edit ${i} */\n`);
      times.push(await fencelab(['check', '--kernel', tree, '--patch', patch], {}, [0, 1]));
    }
    return {
      what: 'check, after an edit of dma-buf.c',
      measured: seconds(median(times)),
      limit: '40 s',
      ok: median(times) <= 40_000,
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function cold(): Promise<Row> {
  const cache = mkdtempSync(join(tmpdir(), 'fencelab-bench-'));
  try {
    const took = await fencelab(['check'], { FENCELAB_CACHE: cache });
    return {
      what: 'check, empty cache: download, build, boot, test',
      measured: seconds(took),
      limit: '480 s',
      ok: took <= 480_000,
    };
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

const count = (n: number): string => Math.round(n).toLocaleString('en');

/** The checker alone, on one core, on traces of each kernel that has the two requests: the slowest counts. */
async function checker(): Promise<Row> {
  const speeds = PROFILES.filter(({ rules }) => rules.has.import).map((profile) =>
    checkerSpeed(profile, 1_000_000),
  );
  const slowest = Math.min(...speeds.map((s) => s.opsPerSecond));
  const bytes = Math.max(...speeds.map((s) => s.bytesPerOp));
  return {
    what: 'checker alone, the slowest of four kernels',
    measured: `${count(slowest)} ops/s, ${bytes.toFixed(1)} bytes/op`,
    limit: '1,000,000 ops/s',
    ok: slowest >= 1_000_000,
  };
}

async function memory(): Promise<Row> {
  const [profile] = PROFILES.filter(({ name }) => name === '6.1');
  if (profile === undefined) throw new Error('there is no profile 6.1');
  const { residentMiB, opsPerSecond } = checkerSpeed(profile, 10_000_000);
  return {
    what: 'memory of the checker, a trace of 10 million ops',
    measured: `${residentMiB.toFixed(0)} MiB (${count(opsPerSecond)} ops/s)`,
    limit: '500 MiB',
    ok: residentMiB <= 500,
  };
}

/** Executor and checker together, as in a check: each op of a real guest is judged. */
async function checked(): Promise<Row> {
  await fencelab(['check', '--only', 'interface', '--guests', '1']);
  const { opsPerSecond, checkerShare, ops } = await checkedSpeed(newestRun());
  return {
    what: `executor and checker, ${count(ops)} ops on 5.10`,
    measured: `${count(opsPerSecond)} ops/s, checker ${Math.round(checkerShare * 100)} % of the time`,
    limit: '60,000 ops/s, 50 %',
    ok: opsPerSecond >= 60_000 && checkerShare <= 0.5,
  };
}

/** Programs with a kernel to each. */
async function isolated(): Promise<Row> {
  await fencelab(['check', '--only', 'interface', '--guests', '1']);
  const speed = await isolatedSpeed(newestRun());
  const { clonesPerSecond, bootsPerSecond, templateMilliseconds } = speed;
  return {
    what: 'isolated programs, in clones of a booted guest',
    measured: `${clonesPerSecond.toFixed(1)}/s (${speed.cloneProcessorMilliseconds.toFixed(0)} ms of processor each, template ${seconds(templateMilliseconds)}; booted: ${bootsPerSecond.toFixed(1)}/s${speed.notForked === undefined ? '' : `; not forked: ${speed.notForked}`})`,
    limit: '15/s on 2 cores',
    ok: clonesPerSecond >= 15,
  };
}

/** Threads and ops of each: what a race program has, and how the time grows with either. */
const RACES = [
  [4, 8],
  [2, 8],
  [3, 8],
  [6, 8],
  [2, 16],
  [4, 16],
  [4, 32],
] as const;

/** The search for an order, on one core, as a kernel of each line would have answered: the slowest counts. */
async function races(): Promise<Row> {
  const kernels = PROFILES.filter(({ rules }) => rules.has.import);
  const [speed = 0, ...others] = RACES.map(([threads, ops]) =>
    Math.min(...kernels.map((profile) => racesSpeed(profile, threads, ops))),
  );
  const grown = RACES.slice(1).map(([threads, ops], at) => `${threads}x${ops} ${count(others[at] ?? 0)}`);
  return {
    what: 'races judged, 4 threads of 8 ops',
    measured: `${count(speed)}/s (${grown.join(', ')})`,
    limit: '1,000/s',
    ok: speed >= 1000,
  };
}

const LEAVES = [1, 10, 100, 1000, 10_000];
/** Twice as long for each leaf as with a hundred would be a list that is gone through for each of its leaves. */
const MOST_GROWTH = 4;

const span = (us: number): string => (us < 1000 ? `${us.toFixed(0)} us` : `${(us / 1000).toFixed(1)} ms`);

/** One sync file with more and more leaves: a line for each number, and whether ops that look at each leaf once stay so. */
async function leaves(): Promise<Row> {
  await fencelab(['check', '--only', 'interface', '--guests', '1']);
  const all = await leavesSpeed(newestRun(), 'linux-5.10+series', LEAVES);
  for (const { leaves: count, guest, model, built } of all) {
    const ops = [...guest].map(([op, us]) => `${op} ${span(us)} (model ${span(model.get(op) ?? 0)})`);
    const made = `made in ${span(built.guest)} (model ${span(built.model)})`;
    say(`     ${count.toLocaleString('en').padStart(6)} leaves: ${made}, ${ops.join(', ')}`);
  }
  const each = (count: number): number => {
    const found = all.find((one) => one.leaves === count);
    return ((found?.guest.get('merge') ?? 0) + (found?.model.get('merge') ?? 0)) / count;
  };
  const ratio = each(10_000) / each(100);
  return {
    what: 'a merge, for each of its leaves: 10,000 to 100',
    measured: `ratio ${ratio.toFixed(2)}`,
    limit: `${MOST_GROWTH}`,
    ok: ratio <= MOST_GROWTH,
  };
}

/** EXPORT and IMPORT of the series beside upstream's: tables of all that was measured, and in how many cells ours is slower. */
async function ioctls(order: IoctlsOrder): Promise<Row> {
  const found: IoctlsFigures[] = [];
  const status = await withProgress(process.stdout, async ({ progress }, signal) => {
    found.push(await measureIoctls(order, progress, signal));
    return 0;
  });
  const [figures] = found;
  if (figures === undefined) throw new Error(`interrupted (exit status ${status})`);
  if (order.json !== undefined) writeFileSync(order.json, `${JSON.stringify(figures, null, 1)}\n`);
  for (const line of report(figures)) say(line);
  say('');
  const { slower, all } = slowerOf(timesOf(figures));
  return {
    what: 'EXPORT and IMPORT, cells slower than the other kernel',
    measured: `${slower} of ${all}`,
    limit: '0',
    ok: slower === 0,
  };
}

const benches = {
  boot,
  warm,
  edit,
  cold,
  checker,
  memory,
  races,
  checked,
  isolated,
  leaves,
  ioctls,
} as const;
type Bench = keyof typeof benches;
const isBench = (word: string): word is Bench => Object.hasOwn(benches, word);

export async function bench(words: readonly string[]): Promise<number> {
  let parsed: ReturnType<typeof parseWords>;
  try {
    parsed = parseWords(words);
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n${IOCTLS_USAGE}`);
    return 2;
  }
  const { names, order } = parsed;
  const unknown = names.find((w) => !isBench(w));
  if (unknown !== undefined) {
    say(`there is no bench "${unknown}"; there are ${Object.keys(benches).join(', ')}`);
    return 2;
  }
  const chosen = names.length === 0 ? Object.keys(benches) : names;
  let ok = true;
  for (const name of chosen) {
    if (!isBench(name)) continue;
    const row = await benches[name](order);
    ok &&= row.ok;
    say(`${row.ok ? 'ok  ' : 'SLOW'} ${row.what.padEnd(54)} ${row.measured.padEnd(44)} limit ${row.limit}`);
  }
  return ok ? 0 : 1;
}
