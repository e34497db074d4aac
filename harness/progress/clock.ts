// SPDX-License-Identifier: MIT

/** Time, so that tests can say what it is. */
export interface Clock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Calls `tick` again and again until the function that comes back is called. Does not keep the process alive. */
  every(ms: number, tick: () => void): () => void;
}

export const realClock: Clock = {
  now: () => performance.now(),
  every: (ms, tick) => {
    const timer = setInterval(tick, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};
