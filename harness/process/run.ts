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
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    forceKillAfterDelay: 3000,
  });
  if (options.onLine !== undefined) {
    const onLine = options.onLine;
    const feed = (async () => {
      for await (const line of child.iterable({ from: 'all' })) onLine(String(line));
    })();
    await feed.catch(() => undefined);
  }
  const r = await child;
  return {
    command: r.command,
    ok: !r.failed,
    exitCode: r.exitCode,
    signal: r.signal,
    timedOut: r.timedOut,
    cancelled: r.isCanceled,
    startError: r.exitCode === undefined && r.signal === undefined && !r.timedOut ? r.code : undefined,
    stdout: r.stdout ?? '',
    stderr: r.stderr ?? '',
    output: r.all ?? '',
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
