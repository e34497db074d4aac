// SPDX-License-Identifier: MIT
import { type Leaves, leavesOf, leavesOfAll, type Resv } from './node.js';

/** Who makes fences: two queues of one process on driver A, one on driver B, and a move by a memory manager. */
export const TIMELINES = ['A', 'A2', 'B', 'move'] as const;
export const MOVE = 3;
/** Whose job it is: 0 for A, 1 for B. Also the buffer that this driver has exported. */
export const OWNER = [0, 0, 1] as const;
export const JOBS = [0, 1, 2] as const;

/** What a driver knows when it is handed a job. */
export interface Submission {
  readonly job: (typeof JOBS)[number];
  readonly resv: Resv;
  /** The buffer is one that this driver has exported: then it knows its moves by itself (bo->moving). */
  readonly own: boolean;
  readonly moves: Leaves;
  /** The fences that userspace passes with the job: those of the file that it exported last. */
  readonly explicit: Leaves;
  /** What implicit sync waits for. */
  readonly gate: Leaves;
}

/** Which fences a job waits for (P7), and how its driver adds its own. */
export interface Policy {
  readonly name: string;
  readonly from: string;
  readonly waits: (submission: Submission) => Leaves;
  readonly adds: (write: boolean) => 'write' | 'read';
}

const asItIs = (write: boolean): 'write' | 'read' => (write ? 'write' : 'read');
const ownFences = (job: number): Leaves => (OWNER[job as 0] === 0 ? 0b011 : 0b100);

export const POLICIES: readonly Policy[] = [
  {
    name: 'implicit sync',
    from: 'a read waits for writes, a write for everything',
    waits: ({ gate, explicit }) => gate | explicit,
    adds: asItIs,
  },
  {
    name: "amdgpu's rules",
    // amdgpu_cs.c:613 of 5.10.262: a buffer that is shared with others gets the fence of each job as the exclusive one
    from: 'amdgpu_sync_resv() of 5.10: always the exclusive fence, of shared ones those of others; its own becomes exclusive',
    waits: ({ job, resv, explicit }) =>
      leavesOfAll(resv.kernel) |
      leavesOf(resv.excl) |
      (leavesOfAll(resv.shared) & ~ownFences(job)) |
      explicit,
    adds: () => 'write',
  },
  {
    name: 'ignore everything implicit',
    from: 'what exporting tempts to: userspace passes what it exported, and only KERNEL fences are looked at, if there are',
    waits: ({ resv, explicit }) => leavesOfAll(resv.kernel) | explicit,
    adds: asItIs,
  },
  {
    name: 'ignore on own exports only',
    from: 'the driver ignores the implicit fences of buffers that it has exported itself, but for moves; on others it waits',
    waits: ({ own, moves, gate, explicit }) => (own ? moves | explicit : gate | explicit),
    adds: asItIs,
  },
];
