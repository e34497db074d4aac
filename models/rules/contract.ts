// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { DMA_BUF_NAME_LEN, VGEM_EXPIRY_US } from '../kernel/limits.js';
import { CHECKS } from './checks.js';
import type { Rules } from './rules.js';

const READ = 1;
const WRITE = 2;

/** What no kernel may break, as far as it is a decision, and the answers of a kernel without any defect. */
export const CONTRACT: Rules = {
  checks: CHECKS,
  has: { export: true, import: true, deadline: true, epoll: false },
  resv: 'classes',

  later: (a, b) => ((a - b) | 0) > 0,
  closedStatus: -ERRNO.ENOENT,
  arrayErrorNeedsSignalling: true,
  forgetsNames: false,
  stamps: 'signalled',

  mergeDropsSignalled: true,
  mergeKeepsLatestOnly: true,
  mergeOfSignalled: 'stub',
  mergeComparesSignalled: false,
  infoFirstNotDoneStays: true,
  infoCountsWithoutRoom: true,

  accessValid: (flags) => flags !== 0 && (flags & ~(READ | WRITE)) === 0,
  importsAsWrite: (flags) => (flags & WRITE) !== 0,
  exportTakesReads: (flags) => (flags & WRITE) !== 0,
  exportIsSnapshot: true,
  exportDropsSignalled: true,
  exportShowsOnce: true,
  writeKeepsWrites: true,
  writeKeepsReads: true,
  readKeepsWrites: true,
  laterStays: true,
  importSkipsSignalled: true,
  signalledDisplaces: false,
  pollInWaits: true,
  pollOutWaitsForReads: true,
  pollKeepsCallback: false,
  pollHoldsFile: true,
  cpuWriteWaitsForReads: true,
  cpuEndWaits: false,
  nameLength: DMA_BUF_NAME_LEN - 1,
  nameWhileAttached: true,
  sharedHidesExclusive: false,

  attachSeesReads: true,
  attachSeesWrites: true,
  expiryUs: VGEM_EXPIRY_US,
  signalTakesId: true,
  expiredIsError: true,
  cardCloseSignals: true,

  openFindsHandle: true,
  importSharesResv: true,
  vkmsShares: true,
  idleSeesReads: true,
  driverKeepsOthers: true,
  commitWaitsForGiven: true,
  givenOverrules: true,
  vkmsWaitsForWriters: true,
  virtioWaitsForWriters: true,
  commitsOneAtATime: true,

  lowestDescriptor: true,
  failureKeepsDescriptors: true,
  closeIsLast: true,
  forkCopiesDescriptors: true,
  exitCloses: true,

  levelIsReported: true,
  epollAsksAgain: true,
  watchIsOfFile: true,
};
