// SPDX-License-Identifier: MIT

import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import pc from 'picocolors';
import { cacheFolder } from '../folders.js';
import { run } from '../process/run.js';
import { needs, virglNeeds } from '../setup/packages.js';
import { missing } from '../setup/set-up.js';
import { probeVirgl } from '../vm/display.js';
import { QEMU } from '../vm/machine.js';
import type { AddCommand } from './add.js';

/** One thing doctor looked at. `bad` stops a check; `note` does not. */
interface Finding {
  readonly what: string;
  readonly state: 'good' | 'note' | 'bad';
  readonly text: string;
}

export const addDoctor: AddCommand = (program, done) => {
  program
    .command('doctor')
    .description('say what this machine has and lacks for a check; changes nothing')
    .addHelpText(
      'after',
      '\nExit status: 0 a check can run, 1 something is missing.\n"fencelab check" installs missing packages by itself, as root or with sudo.',
    )
    .action(async () => {
      const findings = await examine();
      process.stdout.write(findings.map(line).join(''));
      done(findings.some((f) => f.state === 'bad') ? 1 : 0);
    });
};

const MARK = { good: pc.green('ok  '), note: pc.yellow('note'), bad: pc.red('MISS') } as const;
const line = (f: Finding): string => `${MARK[f.state]} ${f.what.padEnd(16)} ${f.text}\n`;

async function examine(): Promise<readonly Finding[]> {
  const lacking = await missing(needs);
  const findings: Finding[] = [
    { what: 'node', state: 'good', text: process.version },
    {
      what: 'machine',
      state: 'good',
      text: `${availableParallelism()} processors, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    },
    lacking.length === 0
      ? { what: 'packages', state: 'good', text: `all ${needs.length} that a check uses` }
      : { what: 'packages', state: 'bad', text: lacking.map((n) => `${n.package} (${n.why})`).join(', ') },
  ];
  if (lacking.length > 0)
    findings.push({
      what: '',
      state: 'note',
      text: `apt-get install ${lacking.map((n) => n.package).join(' ')}`,
    });
  const qemu = await run(QEMU, ['--version']);
  if (qemu.ok) findings.push({ what: 'qemu', state: 'good', text: qemu.stdout.split('\n')[0] ?? '' });
  findings.push(await gdb());
  findings.push(kvm(cacheFolder()));
  findings.push(await virgl(qemu.ok));
  findings.push(await space(cacheFolder()));
  return findings;
}

async function gdb(): Promise<Finding> {
  const found = await run('gdb', ['--version']);
  return found.ok
    ? { what: 'gdb', state: 'good', text: found.stdout.split('\n')[0] ?? '' }
    : { what: 'gdb', state: 'note', text: 'only "fencelab debug" wants it: apt-get install gdb (12 MB)' };
}

function kvm(cache: string): Finding {
  if (!existsSync('/dev/kvm'))
    return { what: 'kvm', state: 'note', text: 'no /dev/kvm: guests are emulated (TCG)' };
  try {
    const known: unknown = JSON.parse(readFileSync(join(cache, 'answers', 'kvm.json'), 'utf8'));
    const works = typeof known === 'object' && known !== null && 'works' in known && known.works === true;
    const why = typeof known === 'object' && known !== null && 'why' in known ? String(known.why) : '';
    return works
      ? { what: 'kvm', state: 'good', text: 'a guest has run in it' }
      : {
          what: 'kvm',
          state: 'note',
          text: `${why}: guests are emulated (TCG). "fencelab check --accel kvm" tries again`,
        };
  } catch {
    return {
      what: 'kvm',
      state: 'note',
      text: '/dev/kvm is there; the first check tries whether a guest runs in it',
    };
  }
}

async function virgl(hasQemu: boolean): Promise<Finding> {
  const lacking = await missing(virglNeeds);
  if (lacking.length > 0)
    return {
      what: 'virgl',
      state: 'note',
      text: `--gpu virgl would install ${lacking.map((n) => n.package).join(' ')}`,
    };
  if (!hasQemu) return { what: 'virgl', state: 'note', text: 'not tried: there is no QEMU' };
  const answer = await probeVirgl(QEMU);
  return answer.works
    ? { what: 'virgl', state: 'good', text: 'starts (software OpenGL, no X server)' }
    : { what: 'virgl', state: 'note', text: `does not start: ${answer.why}` };
}

const NEEDED_GB = 6;

async function space(cache: string): Promise<Finding> {
  let folder = cache;
  while (!existsSync(folder)) folder = dirname(folder);
  const fs = await statfs(folder);
  const free = (fs.bavail * fs.bsize) / 1e9;
  const text = `${cache}: ${free.toFixed(0)} GB free; a kernel line takes 2 to 3 GB`;
  return { what: 'cache', state: free < NEEDED_GB ? 'bad' : 'good', text };
}
