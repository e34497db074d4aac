// SPDX-License-Identifier: MIT

/** A list of leaves that the model expects: each is shown at least once, and at most `most` times. */
export class LeafList {
  length = 0;
  readonly who: number[] = [];
  readonly status: number[] = [];
  readonly most: number[] = [];

  add(who: number, status: number, most: number): void {
    const at = this.length++;
    this.who[at] = who;
    this.status[at] = status;
    this.most[at] = most;
  }
}

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
  readonly lists: readonly [LeafList, LeafList] = [new LeafList(), new LeafList()];

  reset(): void {
    this.ret = 0;
    this.outputs[0] = 0;
    this.outputs[1] = 0;
    this.mostFences = 0;
    this.otherStatus = 0;
    this.anyNotDone = false;
    this.roomMayLack = false;
    this.lists[0].length = 0;
    this.lists[1].length = 0;
  }
}
