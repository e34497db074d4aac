// SPDX-License-Identifier: MIT

/** How a subtest ended. `notrun`: the run stopped before it could be tried. */
export const OUTCOMES = ['pass', 'fail', 'skip', 'timeout', 'crash', 'hang', 'notrun'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A kernel log report (WARNING, BUG, KASAN, lockdep …) that appeared while a subtest ran. */
export interface Splat {
  /** One line that is the same each time the same bug shows: "WARNING: dma_fence_release", "KASAN: use-after-free in dma_resv_fini". */
  readonly title: string;
  readonly kind: SplatKind;
  /** The report as logged, timestamps kept, at most 200 lines. */
  readonly text: string;
}
/** A report in one line. */
export const splatLine = ({ kind, title }: Pick<Splat, 'kind' | 'title'>): string =>
  kind === 'hang' ? `the kernel spins: ${title}` : `kernel log: ${title}`;

/** One that is known not to be of the interface under test. */
export interface KnownSplat extends Splat {
  readonly why: string;
}
export const SPLAT_KINDS = [
  'warning',
  'bug',
  'oops',
  'panic',
  'lockdep',
  'kasan',
  'kfence',
  'kcsan',
  'ubsan',
  'refcount',
  'list',
  'leak',
  'atomic-sleep',
  'hung-task',
  'stall',
  // Not in the log: a kernel that spins was looked at from outside
  'hang',
  'selftest',
  'lost',
] as const;
export type SplatKind = (typeof SPLAT_KINDS)[number];

/** One assertion that did not hold. */
export interface Failure {
  /** "import.c:120" in vm-images/guest; "-" where there is no source line. */
  readonly where: string;
  /** The expression, both values, the promise it breaks. */
  readonly text: string;
}

/** What the reference model says of all that a subtest did. */
export type ModelVerdict =
  /** Each result is one that the model allows. */
  | { readonly kind: 'holds'; readonly ops: number }
  | {
      readonly kind: 'violates';
      /** Ops before it, which hold. */
      readonly ops: number;
      /** "P1", "ABI", "over-synchronised" … and what is wrong, in words. */
      readonly promise: string;
      readonly words: string;
      /** The op, what the kernel gave, and every result that is allowed. */
      readonly call: string;
      readonly got: string;
      readonly allowed: readonly string[];
      /** All of it with the state before, as it is shown to people. */
      readonly text: string;
      /** Where in the run's folder the trace is, in text form. */
      readonly trace: string;
      /** The command that repeats it. */
      readonly again: string;
    }
  /** The trace is not whole, or goes where the model cannot follow. What came before `ops` holds. */
  | { readonly kind: 'undecided'; readonly ops: number; readonly reason: string };

/**
 * What a subtest says of itself: `slow` takes more than three seconds by nature, `virgl` needs a virtio-gpu with 3D,
 * `faults` a kernel with fault injection (profile debug), `fatal` can kill a kernel that lacks the fixes, `smp` needs a
 * guest with two processors.
 */
export const SUBTEST_FLAGS = ['slow', 'virgl', 'faults', 'fatal', 'smp'] as const;
export type SubtestFlag = (typeof SUBTEST_FLAGS)[number];

/** A subtest as the guest binary declares it (`fencelab-guest plan`). */
export interface PlannedSubtest {
  readonly program: string;
  readonly subtest: string;
  readonly flags: readonly SubtestFlag[];
  /** Seconds, before the profile's scale. */
  readonly limitSeconds: number;
  /** "P1", "ABI" … */
  readonly promises: readonly string[];
  /** One sentence: which promise it defends, and how. */
  readonly purpose: string;
}

/** What came of one subtest. The verdict is `isRed` and nothing else. */
export interface SubtestResult {
  readonly program: string;
  readonly subtest: string;
  /** Set for a dynamic subtest: the part after the `@`. */
  readonly dynamic: string | undefined;
  readonly promises: readonly string[];
  readonly purpose: string;
  readonly outcome: Outcome;
  readonly milliseconds: number;
  readonly failures: readonly Failure[];
  readonly skipReason: string | undefined;
  readonly notes: readonly string[];
  readonly splats: readonly Splat[];
  /** Reports that came while it ran and do not speak against it: harness/console/known.ts. */
  readonly known: readonly KnownSplat[];
  /** Undefined where nothing was judged: a dynamic subtest (its outer one has the verdict), or one that did nothing. */
  readonly model: ModelVerdict | undefined;
  /** Which guest of this run it ran in, from 0. */
  readonly guest: number;
}

/** True for everything that must make a run fail. A skip is not red (but is counted and shown). */
export function isRed(result: Pick<SubtestResult, 'outcome' | 'splats' | 'model'>): boolean {
  return !endedWell(result) || result.splats.length > 0 || result.model?.kind === 'violates';
}

/** It came to its end, and its own checks hold. */
export function endedWell({ outcome }: Pick<SubtestResult, 'outcome'>): boolean {
  return outcome === 'pass' || outcome === 'skip';
}

/**
 * The model could not decide, and nothing else explains why. Red with --strict only. A subtest that was cut short is
 * red anyway; that its trace is cut as well is nothing new.
 */
export function isUndecided(result: Pick<SubtestResult, 'outcome' | 'model'>): boolean {
  return result.model?.kind === 'undecided' && (endedWell(result) || result.outcome === 'fail');
}

/** "program@subtest" or "program@subtest@dynamic", the name every report uses. */
export function fullName(r: { program: string; subtest: string; dynamic?: string | undefined }): string {
  return r.dynamic === undefined ? `${r.program}@${r.subtest}` : `${r.program}@${r.subtest}@${r.dynamic}`;
}

/** What became of a guest: it ran its job to the end, or what kept it from that. */
export const GUEST_ENDS = [
  'done',
  'hang',
  'panic',
  'reboot',
  'no-boot',
  'silent',
  'interrupted',
  'qemu-failed',
] as const;

/** One guest that was started, and what became of it. */
export interface GuestRecord {
  readonly index: number;
  readonly command: readonly string[];
  /** ms from QEMU's start to the first line of the guest's agent; undefined if it never came. */
  readonly bootMilliseconds: number | undefined;
  readonly ended: (typeof GUEST_ENDS)[number];
  /** Why it did not end as `done`, in one line. */
  readonly reason: string | undefined;
  /** Devices as the guest's agent found them. */
  readonly devices: readonly { name: string; path: string | undefined; text: string }[];
  /** Splats outside every subtest (while booting, between subtests). They make the run red as well. */
  readonly splats: readonly Splat[];
}

/** How the reference model judged a run. */
export interface ModelSummary {
  /** Which kernel's rules: "linux-5.10+series". */
  readonly profile: string;
  /** What was seen of the kernel that this profile does not explain. */
  readonly doubts: readonly string[];
  /** Traces that were judged, and ops in them that hold. */
  readonly traces: number;
  readonly ops: number;
  readonly violates: number;
  readonly undecided: number;
}

/** Everything a reporter may say about a run; written to results/RUN/results.json. */
export interface RunSummary {
  readonly formatVersion: 1;
  readonly target: {
    readonly kernel: string;
    readonly release: string;
    readonly patch: string;
    readonly profile: string;
    readonly gpu: string;
    readonly accelerator: string;
  };
  readonly startedAt: string;
  readonly milliseconds: number;
  readonly verdict: 'holds' | 'fails' | 'untestable';
  /** Why a run is `untestable`, or one line that explains many failures ("this kernel lacks the ioctls"). */
  readonly reason: string | undefined;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Undefined where nothing ran. */
  readonly model: ModelSummary | undefined;
  readonly results: readonly SubtestResult[];
  readonly guests: readonly GuestRecord[];
}
