// SPDX-License-Identifier: MIT
import type { PromiseName } from '../check/promise.js';
import { ERRNO } from '../kernel/errno.js';
import type { ProfileName } from '../profiles/profile.js';
import { CAUSE, CHECKS, type CheckedCall, type Checks } from '../rules/checks.js';
import type { Rules } from '../rules/rules.js';
import { DEVICE_MUTANTS } from './devices.js';
import { PROCESS_MUTANTS } from './processes.js';

/**
 * A kernel with one rule of the model broken: the model, in its right form, must condemn what it does. Or a model with
 * one rule broken: it must condemn a trace that is known to be right.
 */
export interface Mutant {
  readonly name: string;
  readonly change: Partial<Rules>;
  /** A kernel that has the rule. */
  readonly kernel: ProfileName;
  /** What the checker says is broken where it first notices; not all show as what they are at once. */
  readonly broken: PromiseName;
}

const SERIES = 'linux-5.10+series';

/** The checks of one call in another order, or with another error. */
const checks = (call: CheckedCall, changed: Checks): Partial<Rules> => ({
  checks: { ...CHECKS, [call]: changed },
});
const reversed = (call: CheckedCall): Partial<Rules> => checks(call, CHECKS[call].toReversed());

const ORDER: readonly Mutant[] = (Object.keys(CHECKS) as CheckedCall[])
  .filter((call) => call !== 'deadline')
  .map((call) => ({
    name: `${call}-checks-in-reverse`,
    change: reversed(call),
    kernel: SERIES,
    broken: 'ABI',
  }));

export const MUTANTS: readonly Mutant[] = [
  ...ORDER,
  ...DEVICE_MUTANTS,
  ...PROCESS_MUTANTS,
  { name: 'deadline-checks-in-reverse', change: reversed('deadline'), kernel: '6.12', broken: 'ABI' },
  {
    name: 'import-of-no-file-is-ebadf',
    change: checks('import', [
      [CAUSE.unreadable, ERRNO.EFAULT],
      [CAUSE.flags, ERRNO.EINVAL],
      [CAUSE.file, ERRNO.EBADF],
    ]),
    kernel: SERIES,
    broken: 'ABI',
  },
  { name: 'seqnos-do-not-wrap', change: { later: (a, b) => a > b }, kernel: '6.1', broken: 'P1' },
  { name: 'a-closed-timeline-is-done', change: { closedStatus: 1 }, kernel: SERIES, broken: 'ABI' },
  {
    name: 'arrays-always-have-the-error',
    change: { arrayErrorNeedsSignalling: false },
    kernel: SERIES,
    broken: 'ABI',
  },
  { name: 'names-go-with-the-signal', change: { forgetsNames: true }, kernel: SERIES, broken: 'ABI' },
  { name: 'names-stay-on-7.3', change: { forgetsNames: false }, kernel: '7.3', broken: 'ABI' },
  { name: 'merge-keeps-what-is-done', change: { mergeDropsSignalled: false }, kernel: SERIES, broken: 'P8' },
  {
    name: 'merge-keeps-each-of-a-timeline',
    change: { mergeKeepsLatestOnly: false },
    kernel: SERIES,
    broken: 'P4',
  },
  {
    name: 'merge-of-done-is-a-stub-on-5.10',
    change: { mergeOfSignalled: 'stub' },
    kernel: SERIES,
    broken: 'ABI',
  },
  {
    name: 'merge-of-done-is-the-first-upstream',
    change: { mergeOfSignalled: 'first' },
    kernel: '6.1',
    broken: 'ABI',
  },
  {
    name: 'merge-compares-what-is-done',
    change: { mergeComparesSignalled: true },
    kernel: '6.1',
    broken: 'P1',
  },
  {
    name: 'merge-mends-it-on-5.10',
    change: { mergeComparesSignalled: false },
    kernel: 'linux-5.10',
    broken: 'over-synchronised',
  },
  { name: 'the-last-status-counts', change: { infoFirstNotDoneStays: false }, kernel: SERIES, broken: 'ABI' },
  { name: 'no-count-without-room', change: { infoCountsWithoutRoom: false }, kernel: SERIES, broken: 'P1' },
  { name: 'any-flags-will-do', change: { accessValid: () => true }, kernel: SERIES, broken: 'ABI' },
  {
    name: 'both-is-no-access',
    change: { accessValid: (f) => f === 1 || f === 2 },
    kernel: SERIES,
    broken: 'ABI',
  },
  {
    name: 'a-write-is-imported-as-a-read',
    change: { importsAsWrite: () => false },
    kernel: SERIES,
    broken: 'P1',
  },
  {
    name: 'both-is-imported-as-a-read',
    change: { importsAsWrite: (f) => f === 2 },
    kernel: SERIES,
    broken: 'P1',
  },
  {
    name: 'a-read-is-imported-as-a-write',
    change: { importsAsWrite: () => true },
    kernel: SERIES,
    broken: 'over-synchronised',
  },
  {
    name: 'export-never-takes-reads',
    change: { exportTakesReads: () => false },
    kernel: SERIES,
    broken: 'P1',
  },
  {
    name: 'export-of-both-is-for-a-read',
    change: { exportTakesReads: (f) => f === 2 },
    kernel: SERIES,
    broken: 'P1',
  },
  {
    name: 'export-always-takes-reads',
    change: { exportTakesReads: () => true },
    kernel: SERIES,
    broken: 'over-synchronised',
  },
  { name: 'export-is-no-snapshot', change: { exportIsSnapshot: false }, kernel: SERIES, broken: 'P8' },
  {
    name: 'export-takes-what-is-done',
    change: { exportDropsSignalled: false },
    kernel: SERIES,
    broken: 'P8',
  },
  { name: 'upstream-shows-once', change: { exportShowsOnce: true }, kernel: '6.1', broken: 'ABI' },
  { name: 'replace-the-exclusive-fence', change: { writeKeepsWrites: false }, kernel: SERIES, broken: 'P1' },
  { name: 'a-write-drops-reads', change: { writeKeepsReads: false }, kernel: SERIES, broken: 'P1' },
  { name: 'a-read-drops-writes', change: { readKeepsWrites: false }, kernel: SERIES, broken: 'P1' },
  { name: 'the-last-import-stays', change: { laterStays: false }, kernel: SERIES, broken: 'P1' },
  { name: 'the-last-import-stays-upstream', change: { laterStays: false }, kernel: '6.1', broken: 'P1' },
  {
    name: 'signalled-fences-displace',
    change: { importSkipsSignalled: false, signalledDisplaces: true, resv: 'classes' },
    kernel: SERIES,
    broken: 'P1',
  },
  {
    name: 'pollin-is-always-ready',
    change: { pollInWaits: false, resv: 'classes' },
    kernel: SERIES,
    broken: 'P1',
  },
  { name: 'pollin-is-always-ready-exclusive', change: { pollInWaits: false }, kernel: SERIES, broken: 'P1' },
  { name: 'pollout-ignores-reads', change: { pollOutWaitsForReads: false }, kernel: SERIES, broken: 'P1' },
  {
    name: 'pollout-ignores-reads-upstream',
    change: { pollOutWaitsForReads: false },
    kernel: '6.1',
    broken: 'P1',
  },
  { name: 'poll-forgets-its-callback', change: { pollKeepsCallback: false }, kernel: '6.1', broken: 'P1' },
  { name: 'poll-does-not-hold-the-file', change: { pollHoldsFile: false }, kernel: '6.1', broken: 'crash' },
  {
    name: 'poll-holds-the-file-on-5.10',
    change: { pollHoldsFile: true },
    kernel: 'linux-5.10',
    broken: 'crash',
  },
  { name: 'cpu-write-ignores-reads', change: { cpuWriteWaitsForReads: false }, kernel: SERIES, broken: 'P1' },
  { name: 'cpu-end-waits', change: { cpuEndWaits: true }, kernel: SERIES, broken: 'ABI' },
  { name: 'names-are-longer', change: { nameLength: 32 }, kernel: SERIES, broken: 'ABI' },
  {
    name: 'a-list-hides-the-exclusive-fence',
    change: { sharedHidesExclusive: true },
    kernel: SERIES,
    broken: 'P1',
  },
  { name: 'attach-ignores-reads', change: { attachSeesReads: false }, kernel: SERIES, broken: 'P1' },
  { name: 'attach-ignores-writes', change: { attachSeesWrites: false }, kernel: SERIES, broken: 'P1' },
  { name: 'vgem-expires-early', change: { expiryUs: 5_000_000 }, kernel: SERIES, broken: 'P1' },
  { name: 'vgem-never-expires', change: { expiryUs: 1e12 }, kernel: SERIES, broken: 'over-synchronised' },
  { name: 'signal-keeps-the-id', change: { signalTakesId: false }, kernel: SERIES, broken: 'ABI' },
  { name: 'too-late-is-no-error', change: { expiredIsError: false }, kernel: SERIES, broken: 'ABI' },
  {
    name: 'a-closed-card-leaves-its-fences',
    change: { cardCloseSignals: false },
    kernel: SERIES,
    broken: 'over-synchronised',
  },
  { name: 'descriptors-only-grow', change: { lowestDescriptor: false }, kernel: SERIES, broken: 'ABI' },
  {
    name: 'a-fault-leaks-a-descriptor',
    change: { failureKeepsDescriptors: false },
    kernel: SERIES,
    broken: 'ABI',
  },
  { name: 'the-first-close-releases', change: { closeIsLast: false }, kernel: SERIES, broken: 'ABI' },
  {
    name: 'no-export',
    change: { has: { export: false, import: true, deadline: false, epoll: false } },
    kernel: SERIES,
    broken: 'ABI',
  },
  {
    name: 'no-import',
    change: { has: { export: true, import: false, deadline: false, epoll: false } },
    kernel: SERIES,
    broken: 'ABI',
  },
  {
    name: 'a-deadline-on-6.1',
    change: { has: { export: true, import: true, deadline: true, epoll: false } },
    kernel: '6.1',
    broken: 'ABI',
  },
];
