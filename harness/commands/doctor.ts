// SPDX-License-Identifier: MIT
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { Cache } from '../cache/cache.js';
import { archiveFinding } from '../doctor/archive.js';
import { type CachedKernel, examineCache } from '../doctor/cache-health.js';
import { type Finding, mendAll } from '../doctor/finding.js';
import {
  clockFinding,
  fileClock,
  freeBytes,
  memoryFinding,
  nodeFinding,
  spaceFinding,
  usableMemory,
} from '../doctor/machine.js';
import { FencelabError } from '../errors.js';
import { cacheFolder, projectRoot } from '../folders.js';
import { hostHeaders } from '../guest/host-headers.js';
import { provideGuest } from '../guest/provide.js';
import { run } from '../process/run.js';
import { openProgress } from '../progress/open.js';
import { silent } from '../progress/progress.js';
import { type Purpose, purposes, virglNeeds } from '../setup/packages.js';
import { missing } from '../setup/set-up.js';
import { probeVirgl } from '../vm/display.js';
import { QEMU } from '../vm/qemu-process.js';
import { probeKvm } from './accelerate.js';
import type { AddCommand } from './add.js';
import { statusOf } from './interrupt.js';
import { profileAppend, profileMachine } from './profiles.js';

const HELP = `
Looks at Node, memory, disk space, the clock, Debian's packages for each purpose, KVM (a guest is booted in it, if a kernel has
been built), virgl, Debian's archive as this machine's apt names it, and the cache. The last line mends what can be mended.
"fencelab check" installs missing packages by itself, as root or with sudo.

Examples:
  fencelab doctor
  fencelab doctor --json          for scripts: { formatVersion, findings: [{ what, state, text }], mend }

Exit status: 0 a check can run, 1 something is missing.`;

export const addDoctor: AddCommand = (program, done) => {
  program
    .command('doctor')
    .description(
      'say what this machine has and lacks, and the command that mends it; writes to nothing but the cache',
    )
    .option('--json', 'one JSON object on stdout', false)
    .addHelpText('after', HELP)
    .action(async ({ json }: { json: boolean }) => done(await statusOf((signal) => doctor(json, signal))));
};

async function doctor(json: boolean, signal: AbortSignal): Promise<number> {
  const shown = openProgress(process.stderr, process.env);
  const stage = shown.progress.stage('Look');
  let findings: readonly Finding[];
  try {
    findings = await examine((what) => stage.update(what), signal);
    stage.end(`${findings.length} things`);
  } finally {
    shown.close();
  }
  const mend = mendAll(findings, process.getuid?.() === 0);
  const said = { formatVersion: 1, findings, mend: mend ?? null };
  process.stdout.write(json ? `${JSON.stringify(said, null, 2)}\n` : report(findings, mend));
  return findings.some((f) => f.state === 'bad') ? 1 : 0;
}

const MARK = { good: pc.green('ok  '), note: pc.yellow('note'), bad: pc.red('MISS') } as const;
const line = (f: Finding): string => `${MARK[f.state]} ${f.what.padEnd(9)} ${f.text}\n`;

/** Pure. */
export const report = (findings: readonly Finding[], mend: string | undefined): string =>
  `${findings.map(line).join('')}${mend === undefined ? '' : `\nto mend it:\n  ${mend}\n`}`;

async function examine(look: (what: string) => void, signal: AbortSignal): Promise<readonly Finding[]> {
  const folder = cacheFolder();
  look('machine');
  const { now, file } = await fileClock(folder);
  const sources = ['package.json', 'package-lock.json', 'harness', 'models', 'vm-images'];
  const newest = Math.max(...sources.map((name) => statSync(join(projectRoot, name)).mtimeMs));
  const findings: Finding[] = [
    nodeFinding(process.versions.node),
    memoryFinding(await usableMemory()),
    clockFinding(now, file, newest),
  ];
  look('packages');
  for (const purpose of purposes) findings.push(await packages(purpose));
  const qemu = await run(QEMU, ['--version'], { signal });
  if (qemu.ok) findings.push({ what: 'qemu', state: 'good', text: qemu.stdout.split('\n')[0] ?? '' });
  look('cache');
  const cache = await examineCache(folder, signal);
  findings.push(...cache.findings);
  findings.push(spaceFinding('cache', folder, await freeBytes(folder), cache.kernels.length > 0));
  const results = join(projectRoot, 'results');
  findings.push(spaceFinding('results', results, await freeBytes(results), true));
  look('KVM');
  const canCompile = findings.every(({ what, state }) => what !== 'packages' || state === 'good');
  findings.push(await kvm(folder, qemu.ok && canCompile ? cache.kernels : [], signal));
  look('virgl');
  findings.push(...(await virgl(qemu.ok)));
  look("Debian's archive");
  findings.push(await archiveFinding('5.10', cache.kernels.length > 0, signal));
  return findings;
}

async function packages({ name, needs, without, required }: Purpose): Promise<Finding> {
  const lacking = await missing(needs);
  if (lacking.length === 0)
    return {
      what: name,
      state: 'good',
      text: needs.length === 1 ? `${needs[0]?.package}` : `all ${needs.length} packages`,
    };
  return {
    what: name,
    state: required ? 'bad' : 'note',
    text: `${lacking.map((n) => `${n.package} (${n.why})`).join(', ')}; without: ${without}`,
    packages: lacking.map((n) => n.package),
  };
}

/** Only a guest tells: there are hosts whose /dev/kvm opens and in which no Linux boots. */
async function kvm(folder: string, kernels: readonly CachedKernel[], signal: AbortSignal): Promise<Finding> {
  const what = 'kvm';
  if (!existsSync('/dev/kvm')) return { what, state: 'note', text: 'no /dev/kvm: guests are emulated (TCG)' };
  const kernel = kernels.find(({ profile }) => profile === 'fast') ?? kernels[0];
  if (kernel === undefined)
    return {
      what,
      state: 'note',
      text: '/dev/kvm is there; whether a guest runs in it is tried once there is a kernel',
    };
  const scratch = await mkdtemp(join(tmpdir(), 'fencelab-doctor-'));
  try {
    const cache = await Cache.open(folder);
    const context = { cache, progress: silent, signal };
    const guest = await provideGuest(await hostHeaders(cache), 'host', availableParallelism(), context);
    const { pvh, memoryMiB } = profileMachine(kernel.profile);
    const machine = {
      ...{ pvh, gpu: 'none' as const, cpus: 1, memoryMiB, append: [...profileAppend(kernel.profile)] },
      kernel: join(kernel.folder, pvh ? 'vmlinux' : 'bzImage'),
    };
    const answer = await probeKvm({ machine, guestBinary: readFileSync(guest), folder: scratch }, signal);
    signal.throwIfAborted();
    return answer.works
      ? { what, state: 'good', text: `a guest (${kernel.release}) has run in it` }
      : { what, state: 'note', text: `${answer.why}: guests are emulated (TCG), which is slower` };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof FencelabError)) throw error;
    return { what, state: 'note', text: `/dev/kvm is there, and could not be tried: ${error.message}` };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Whether it starts; that packages are missing has been said. */
async function virgl(hasQemu: boolean): Promise<readonly Finding[]> {
  if (!hasQemu || (await missing(virglNeeds)).length > 0) return [];
  const answer = await probeVirgl(QEMU);
  return [
    answer.works
      ? { what: 'virgl', state: 'good', text: 'starts (software OpenGL, no X server)' }
      : { what: 'virgl', state: 'note', text: `does not start: ${answer.why}` },
  ];
}
