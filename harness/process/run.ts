// SPDX-License-Identifier: MIT
import { execa } from 'execa';

/** How one child process ended; the same fields for success and failure. */
export interface Finished {
  readonly command: string;
  readonly ok: boolean;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  /** Set when the process could not be started at all (ENOENT …). */
  readonly startError: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams in the order they came. */
  readonly output: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Called with each line of either stream as it comes. */
  readonly onLine?: (line: string) => void;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /**
   * Start it in a process group of its own, and end the whole group: for programs such as make, whose children must
   * not outlive them. A Ctrl-C on the terminal then reaches it only through `signal`.
   */
  readonly group?: boolean;
}

/**
 * Run a program to its end. Never throws for what the program does: see {@link Finished}.
 * The child gets no terminal, and ends with us (execa's cleanup).
 */
export async function run(
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const child = execa(file, [...args], {
    reject: false,
    all: true,
    stripFinalNewline: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    ...(options.signal === undefined || options.group === true ? {} : { cancelSignal: options.signal }),
    ...(options.group === true ? { detached: true, cleanup: false } : {}),
    forceKillAfterDelay: 3000,
  });
  const ungroup = options.group === true ? endGroup(child.pid, options.signal) : undefined;
  if (options.onLine !== undefined) {
    const onLine = options.onLine;
    const feed = (async () => {
      for await (const line of child.iterable({ from: 'all' })) onLine(String(line));
    })();
    await feed.catch(() => undefined);
  }
  const r = await child;
  ungroup?.();
  return {
    command: r.command,
    ok: !r.failed,
    exitCode: r.exitCode,
    signal: r.signal,
    timedOut: r.timedOut,
    cancelled: r.isCanceled || (options.group === true && options.signal?.aborted === true),
    startError: r.exitCode === undefined && r.signal === undefined && !r.timedOut ? r.code : undefined,
    stdout: r.stdout ?? '',
    stderr: r.stderr ?? '',
    output: r.all ?? '',
  };
}

/**
 * End a process group when `signal` is raised or this process exits: SIGTERM, and SIGKILL for what is left after three
 * seconds. Returns how to stop watching, for when the group's leader has ended.
 */
function endGroup(leader: number | undefined, signal: AbortSignal | undefined): () => void {
  if (leader === undefined) return () => undefined;
  let killer: NodeJS.Timeout | undefined;
  const send = (name: NodeJS.Signals) => {
    try {
      process.kill(-leader, name);
    } catch {
      // nobody is left
    }
  };
  const stop = () => {
    send('SIGTERM');
    killer = setTimeout(() => send('SIGKILL'), 3000);
  };
  const atExit = () => send('SIGKILL');
  if (signal?.aborted === true) stop();
  else signal?.addEventListener('abort', stop, { once: true });
  process.once('exit', atExit);
  return () => {
    clearTimeout(killer);
    signal?.removeEventListener('abort', stop);
    process.removeListener('exit', atExit);
    if (signal?.aborted === true) send('SIGKILL'); // its leader is gone, and nothing of it may go on
  };
}

/** Why a process failed, in words: "exited with code 2", "was killed by SIGKILL", "could not be started (ENOENT)". */
export function whyFailed(r: Finished): string {
  if (r.startError !== undefined) return `could not be started (${r.startError})`;
  if (r.timedOut) return 'took too long and was ended';
  if (r.cancelled) return 'was interrupted';
  if (r.signal !== undefined) return `was killed by ${r.signal}`;
  return `exited with code ${r.exitCode ?? 'unknown'}`;
}

/** The last `lines` lines of a text, for the detail of an error. */
export function tail(text: string, lines = 20): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
