// SPDX-License-Identifier: MIT

/** One stage of a run, e.g. "Build linux 5.10.262": begun once, updated often, ended once. */
export interface Stage {
  /** What is being done now, in a few words; `done` of `total` where a share is known. */
  update(text: string, done?: number, total?: number): void;
  /** The stage is over; `text` says what came of it ("cached", "412 files, 3 min 2 s"). */
  end(text: string): void;
  /** The stage could not be finished; the reason itself travels as an error. */
  fail(text: string): void;
}

/** Where long-running work tells how far it is. A terminal redraws; a log gets plain lines. */
export interface Progress {
  stage(title: string): Stage;
  /** A line the user should see once whatever the output is ("no KVM here: emulating with TCG"). */
  say(text: string): void;
}

/** For callers that want silence, such as tests. */
export const silent: Progress = {
  stage: () => ({ update: () => undefined, end: () => undefined, fail: () => undefined }),
  say: () => undefined,
};
