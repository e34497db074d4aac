// SPDX-License-Identifier: MIT

/** What a shell reports for a program that Ctrl-C ended. */
export const INTERRUPTED = 130;

/**
 * Run `body` with a signal that Ctrl-C (or SIGTERM, SIGHUP) aborts. The first asks everything to end in order, QEMU and
 * make included; a second ends this process at once (QEMU is killed with it by the kernel).
 */
export async function interruptible<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
  };
  for (const s of signals) process.on(s, onSignal);
  try {
    return await body(controller.signal);
  } finally {
    for (const s of signals) process.off(s, onSignal);
  }
}

/** The same for what comes to an exit status: {@link INTERRUPTED} if it failed because it was asked to end. */
export const statusOf = (body: (signal: AbortSignal) => Promise<number>): Promise<number> =>
  interruptible((signal) =>
    body(signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
      return INTERRUPTED;
    }),
  );
