// SPDX-License-Identifier: MIT

/** A list of leaves that the model expects: each is shown at least once, and at most `most` times; -n: n times or not. */
export class LeafList {
  length = 0;
  readonly who: number[] = [];
  readonly status: number[] = [];
  readonly most: number[] = [];
  /** Another name that is as good: of a fence that signals by itself, between the look at its name and that at its status. */
  readonly also: number[] = [];
  /** It need not be shown: it may signal by itself while the op runs. */
  readonly perhaps: boolean[] = [];
  /** Between which moments the time lies that a timed leaf says (us). */
  readonly from: number[] = [];
  readonly until: number[] = [];

  add(who: number, status: number, most: number, also = who, perhaps = false): void {
    const at = this.length++;
    this.also[at] = also;
    this.perhaps[at] = perhaps;
    this.from[at] = 0;
    this.until[at] = Number.POSITIVE_INFINITY;
    this.who[at] = who;
    this.status[at] = status;
    this.most[at] = most;
  }
}

/** Timestamps are nanoseconds, a trace has microseconds: both ends may be one off. */
export const ROUNDING_US = 1;

/** What an op gives, in one hypothesis. Used again and again, so that checking allocates nothing. */
export class Answer {
  ret = 0;
  readonly outputs: number[] = [0, 0];
  /** At most this for the second output (a count), where duplicates may be shown. */
  mostFences = 0;
  /** Another status that is allowed for the first output, or 0. */
  otherStatus = 0;
  /** Any status that is not done may be the first: the order of a list is not known. */
  anyNotDone = false;
  /** There is room for each leaf, but not if some are shown twice: EINVAL is as good. */
  roomMayLack = false;
  /** Leaves in lists have times. */
  timed = false;
  /** Events that may be ready besides the first output, as fences signal by themselves while the op runs. */
  mayBeReady = 0;
  /** Another return value that is as good, or 0. */
  otherRet = 0;
  readonly lists: readonly [LeafList, LeafList] = [new LeafList(), new LeafList()];

  reset(): void {
    this.ret = 0;
    this.outputs[0] = 0;
    this.outputs[1] = 0;
    this.mostFences = 0;
    this.otherStatus = 0;
    this.anyNotDone = false;
    this.roomMayLack = false;
    this.timed = false;
    this.mayBeReady = 0;
    this.otherRet = 0;
    this.lists[0].length = 0;
    this.lists[1].length = 0;
  }
}
