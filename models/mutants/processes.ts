// SPDX-License-Identifier: MIT
import type { Mutant } from './mutants.js';

/** Processes and epoll. */
export const PROCESS_MUTANTS: readonly Mutant[] = [
  {
    name: 'a-fork-shares-the-table',
    change: { forkCopiesDescriptors: false },
    kernel: 'linux-5.10+series',
    broken: 'ABI',
  },
  {
    name: 'the-end-of-a-process-closes-nothing',
    change: { exitCloses: false },
    kernel: 'linux-5.10+series',
    broken: 'ABI',
  },
  {
    name: 'a-wakeup-is-lost',
    change: { levelIsReported: false },
    kernel: '6.1',
    broken: 'over-synchronised',
  },
  { name: 'epoll-does-not-look-again', change: { epollAsksAgain: false }, kernel: '6.1', broken: 'P1' },
  {
    name: 'a-watch-goes-with-its-descriptor',
    change: { watchIsOfFile: false },
    kernel: '6.1',
    broken: 'over-synchronised',
  },
];
