// SPDX-License-Identifier: MIT

/**
 * What a program did that no record can say, by the number in its trace's end frame. The guest's own list is enum trace_stop of
 * vm-images/guest/trace/stop.h; stops.test.ts holds the two together.
 */
export const STOPS: Readonly<Record<string, string>> = {
  NOTHING: 'it does not say what',
  FORK_FAILED: 'fork(2) failed',
  DUP_TO: 'dup2(2) or F_DUPFD to a descriptor of its own choice',
  DUP_EPOLL: 'dup(2) of an epoll',
  TAKE: 'pidfd_getfd(2) of a card or an epoll, whose handles and watches only the other process knows, or of a process it has not forked',
  SYSCALL: 'syscall(2) of a number that may make a descriptor',
  PIPE_FAILED: 'pipe2(2) failed, with nobody knowing how many descriptors were free',
  VARIABLES: 'more than 1024 variables of a letter',
  NAMES: 'timelines of more than 1024 names',
  DESCRIPTOR: 'a descriptor greater than the recorder keeps',
  WATCH: 'epoll on something that is neither a sync_file nor a dma-buf',
  WOKEN: 'epoll_wait(2) for several events at once',
  WATCHES: 'more watches than the recorder keeps',
  HANDLES: 'more handles and ids than the recorder keeps',
  LEAVES: 'a list of leaves that is longer than a record can be',
  UNKNOWN_CLOSE: 'close(2) of a descriptor that nobody has seen opened',
  RECREATED: 'a new descriptor with the number of one that is open',
};

const words = Object.values(STOPS);

export const stopWords = (which: number | undefined): string =>
  words[which ?? 0] ?? `number ${which}, which this version does not know`;
