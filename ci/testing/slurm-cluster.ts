// SPDX-License-Identifier: MIT
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Finished, run, whyFailed } from '../../harness/process/run.js';

const PATIENCE_MS = 60_000;

/** How the states of a job's tasks read once nothing of it runs any more: "COMPLETED", "FAILED", "CANCELLED". */
export interface JobState {
  readonly task: string;
  readonly state: string;
  readonly exitCode: string;
}

/**
 * A Slurm cluster of one node on this machine: a real slurmctld, slurmd and munged, with ports, a key and folders of their
 * own, as whoever runs it. Nothing of the machine's own Slurm is touched, and systemd is not needed.
 */
export class SlurmCluster {
  readonly #folder: string;
  readonly #daemons: ChildProcess[] = [];
  readonly env: Readonly<Record<string, string>>;

  private constructor(folder: string) {
    this.#folder = folder;
    // /usr/sbin is where Debian has the daemons
    this.env = { SLURM_CONF: join(folder, 'slurm.conf'), PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  }

  /** @param folder a new one, with a short path: munged's socket is in it. */
  static async start(folder: string, processors: number): Promise<SlurmCluster> {
    const cluster = new SlurmCluster(folder);
    try {
      await cluster.#startAll(processors);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  async #startAll(processors: number): Promise<void> {
    const at = (name: string): string => join(this.#folder, name);
    mkdirSync(this.#folder, { recursive: true });
    for (const name of ['state', 'spool']) mkdirSync(at(name), { recursive: true, mode: 0o755 });
    writeFileSync(at('munge.key'), randomBytes(128), { mode: 0o400 });
    const munge = ['munge.key', 'munge.socket', 'munge.pid', 'munge.log', 'munge.seed'].map(at);
    const options = ['key-file', 'socket', 'pid-file', 'log-file', 'seed-file'].map(
      (o, i) => `--${o}=${munge[i]}`,
    );
    this.#daemon('munged', ['--foreground', '--force', ...options]);
    await until(
      'munged has a socket',
      () => existsSync(at('munge.socket')),
      () => this.#logs(),
    );
    const conf = slurmConf({
      folder: this.#folder,
      socket: at('munge.socket'),
      ports: [await freePort(), await freePort()],
      processors,
    });
    writeFileSync(at('slurm.conf'), conf);
    this.#daemon('slurmctld', ['-D', '-i', '-f', at('slurm.conf')]);
    this.#daemon('slurmd', ['-D', '-N', 'node1', '-f', at('slurm.conf')]);
    const idle = async (): Promise<boolean> =>
      (await this.command('sinfo', ['-h', '-o', '%T'])).stdout.trim() === 'idle';
    await until('the node is idle', idle, () => this.#logs());
  }

  #daemon(program: string, args: readonly string[]): void {
    const log = openSync(join(this.#folder, `${program}.out`), 'a');
    // It ends with us, however that comes about
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', program, ...args], {
      env: { ...process.env, ...this.env },
      stdio: ['ignore', log, log],
    });
    child.on('error', () => undefined);
    this.#daemons.push(child);
  }

  #logs(): string {
    const files = ['munged.out', 'munge.log', 'slurmctld.out', 'slurmd.out'].map((name) =>
      join(this.#folder, name),
    );
    return files
      .filter((file) => existsSync(file))
      .map((file) => `${file}:\n${readFileSync(file, 'utf8').split('\n').slice(-12).join('\n')}`)
      .join('\n');
  }

  /** One of Slurm's own commands: sbatch, squeue, scancel, scontrol. */
  command(program: string, args: readonly string[]): Promise<Finished> {
    return run(program, args, { env: { ...this.env } });
  }

  /** Waits until a job, with all tasks of an array, is over; says how each ended. */
  async ended(job: string, milliseconds: number): Promise<readonly JobState[]> {
    let last: readonly JobState[] = [];
    const over = async (): Promise<boolean> => {
      last = await this.states(job);
      return (
        last.length > 0 && last.every(({ state }) => !/^(?:PENDING|RUNNING|COMPLETING|SUSPENDED)/.test(state))
      );
    };
    const tell = (): string => `${JSON.stringify(last)}\n${this.#logs()}`;
    await until(`job ${job} is over`, over, tell, milliseconds);
    return last;
  }

  /** How the tasks of a job are now. */
  async states(job: string): Promise<readonly JobState[]> {
    const shown = await this.command('scontrol', ['show', 'job', '-o', job]);
    if (!shown.ok) throw new Error(`scontrol ${whyFailed(shown)}: ${shown.output}`);
    const field = (line: string, name: string): string =>
      new RegExp(`\\b${name}=(\\S+)`).exec(line)?.[1] ?? '';
    return shown.stdout
      .split('\n')
      .filter((line) => line.startsWith('JobId='))
      .map((line) => ({
        task: field(line, 'ArrayTaskId'),
        state: field(line, 'JobState'),
        exitCode: field(line, 'ExitCode'),
      }))
      .sort((a, b) => a.task.localeCompare(b.task));
  }

  /** Ends what still runs, then the daemons, the last one first. */
  async stop(): Promise<void> {
    if (this.#daemons.length > 1) await this.command('scancel', ['--full', '-u', userInfo().username]);
    for (const child of this.#daemons.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(late);
    }
  }
}

function slurmConf(c: {
  readonly folder: string;
  readonly socket: string;
  readonly ports: readonly [number, number];
  readonly processors: number;
}): string {
  const user = userInfo().username;
  const at = (name: string): string => join(c.folder, name);
  const lines = [
    'ClusterName=fencelab',
    `SlurmctldHost=${hostname()}(127.0.0.1)`,
    ...[`SlurmctldPort=${c.ports[0]}`, `SlurmdPort=${c.ports[1]}`],
    ...[`SlurmUser=${user}`, `SlurmdUser=${user}`],
    ...['AuthType=auth/munge', `AuthInfo=socket=${c.socket}`, 'CredType=cred/munge'],
    ...[`StateSaveLocation=${at('state')}`, `SlurmdSpoolDir=${at('spool')}`],
    ...[`SlurmctldPidFile=${at('slurmctld.pid')}`, `SlurmdPidFile=${at('slurmd.pid')}`],
    // Neither cgroups nor systemd are wanted
    ...['ProctrackType=proctrack/linuxproc', 'TaskPlugin=task/none', 'JobAcctGatherType=jobacct_gather/none'],
    ...['MpiDefault=none', 'ReturnToService=2', 'KillWait=10', 'SlurmdParameters=config_overrides'],
    ...['SelectType=select/cons_tres', 'SelectTypeParameters=CR_CPU'],
    ...['SchedulerType=sched/backfill', 'SchedulerParameters=bf_interval=1,sched_interval=1'],
    `NodeName=node1 NodeHostname=${hostname()} NodeAddr=127.0.0.1 CPUs=${c.processors} State=UNKNOWN`,
    'PartitionName=night Nodes=node1 Default=YES MaxTime=INFINITE State=UP',
  ];
  return `${lines.join('\n')}\n`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  tell: () => string,
  milliseconds = PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}\n${tell()}`);
    await sleep(200);
  }
}
