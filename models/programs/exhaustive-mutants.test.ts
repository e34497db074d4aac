// SPDX-License-Identifier: MIT
import { test } from 'tap';
import { Checker } from '../check/checker.js';
import { MUTANTS, type Mutant } from '../mutants/mutants.js';
import { profileNamed } from '../profiles/profiles.js';
import type { Rules } from '../rules/rules.js';
import { Recorder } from '../traffic/record.js';
import { Exhaustive } from './exhaustive.js';

/** How many ops a program needs to show that a rule is broken. */
const SHOWN_IN: Readonly<Record<string, number>> = {
  'a-time-is-ahead': 1,
  'an-import-has-fences-of-its-own': 1,
  'a-closed-timeline-is-done': 2,
  'names-go-with-the-signal': 1,
  'names-stay-on-7.3': 1,
  'no-count-without-room': 2,
  'both-is-no-access': 1,
  'export-never-takes-reads': 1,
  'export-always-takes-reads': 1,
  'pollin-is-always-ready': 1,
  'pollin-is-always-ready-exclusive': 1,
  'pollout-ignores-reads': 1,
  'pollout-ignores-reads-upstream': 1,
  'descriptors-only-grow': 1,
  'no-export': 1,
  'merge-keeps-each-of-a-timeline': 2,
  'a-write-is-imported-as-a-read': 2,
  'both-is-imported-as-a-read': 2,
  'a-read-is-imported-as-a-write': 2,
  'export-of-both-is-for-a-read': 2,
  'export-is-no-snapshot': 2,
  'attach-ignores-reads': 2,
  'attach-ignores-writes': 2,
  'signal-keeps-the-id': 2,
  'no-import': 2,
  'merge-of-done-is-a-stub-on-5.10': 3,
  'merge-of-done-is-the-first-upstream': 3,
  'export-takes-what-is-done': 3,
  'replace-the-exclusive-fence': 3,
  'a-write-drops-reads': 3,
  'a-read-drops-writes': 3,
  'merge-keeps-what-is-done': 4,
  'the-last-status-counts': 4,
  'arrays-always-have-the-error': 4,
  'the-last-import-stays': 4,
  'the-last-import-stays-upstream': 4,
  'poll-does-not-hold-the-file': 4,
  'a-list-hides-the-exclusive-fence': 4,
};

const REFUSED = 'small programs have no bad input, and so no two errors at once';
const FAR = 'it needs seqnos that are 2^31 apart';
const NO_OP = 'small programs do not have the op';
const NO_TIME = 'it needs time: small programs do not wait, and the kernel of the model has no clock';
const CARDS = 'it is of another driver or another use of a card';
const PROCESSES = 'it needs another process, an epoll, or a second descriptor of a file';

/** Rules that no small program shows the loss of, and why. */
const NOT_SHOWN: Readonly<Record<string, string>> = {
  'fence-checks-in-reverse': REFUSED,
  'export-checks-in-reverse': REFUSED,
  'import-checks-in-reverse': REFUSED,
  'merge-checks-in-reverse': REFUSED,
  'info-checks-in-reverse': REFUSED,
  'sync-checks-in-reverse': NO_OP,
  'name-checks-in-reverse': NO_OP,
  'deadline-checks-in-reverse': NO_OP,
  'a-deadline-on-6.1': NO_OP,
  'attach-checks-in-reverse': REFUSED,
  'prime-checks-in-reverse': REFUSED,
  'submit-checks-in-reverse': CARDS,
  'commit-checks-in-reverse': CARDS,
  'import-of-no-file-is-ebadf': REFUSED,
  'any-flags-will-do': REFUSED,
  'a-fault-leaks-a-descriptor': REFUSED,
  'seqnos-do-not-wrap': FAR,
  'merge-compares-what-is-done': FAR,
  'merge-mends-it-on-5.10': FAR,
  'signalled-fences-displace': FAR,
  'poll-forgets-its-callback': `a pending fence has to leave a buffer that was polled: ${FAR}`,
  'upstream-shows-once':
    'a kernel may show a fence once or more often, and the kernel of the model shows it once',
  'poll-holds-the-file-on-5.10': 'programs that end a kernel are not tried, and 5.10 has no import',
  'cpu-write-ignores-reads': NO_OP,
  'cpu-end-waits': NO_OP,
  'names-are-longer': NO_OP,
  'a-name-changes-under-a-driver-on-5.10': NO_OP,
  'a-look-stamps': NO_TIME,
  'vgem-expires-early': NO_TIME,
  'vgem-never-expires': NO_TIME,
  'too-late-is-no-error': NO_TIME,
  'a-closed-card-leaves-its-fences': 'the card is open until the end',
  'open-makes-a-second-handle': CARDS,
  'vkms-exports-on-5.10': CARDS,
  'vkms-lets-go-on-5.10': CARDS,
  'idle-ignores-reads': CARDS,
  'virtio-drops-others': CARDS,
  'virtio-drops-others-upstream': CARDS,
  'virtio-keeps-others-on-5.10': CARDS,
  'a-flip-does-not-wait': CARDS,
  'nothing-overrules-the-buffer': CARDS,
  'vkms-ignores-writers': CARDS,
  'virtio-ignores-writers': CARDS,
  'virtio-waits-for-writers-before-7.3': CARDS,
  'two-commits-at-a-time': CARDS,
  'a-fork-shares-the-table': PROCESSES,
  'the-end-of-a-process-closes-nothing': PROCESSES,
  'a-wakeup-is-lost': PROCESSES,
  'epoll-does-not-look-again': PROCESSES,
  'a-watch-goes-with-its-descriptor': PROCESSES,
  'the-first-close-releases': PROCESSES,
};

/** Whether a program of at most `depth` ops is condemned: on the kernel with the mutant, or by the model with it. */
function shown({ change, kernel }: Mutant, depth: number): boolean {
  const rules: Rules | undefined = profileNamed(kernel)?.rules;
  if (rules === undefined) throw new Error(`no profile ${kernel}`);
  const mutant = { ...rules, ...change };
  const strategy = new Exhaustive(rules, depth, 1);
  for (let batch = strategy.next(); batch !== undefined; batch = strategy.next()) {
    const calls = batch.script.events.map(({ call }) => call);
    for (const [made, judged] of [
      [mutant, rules],
      [rules, mutant],
    ] as const) {
      const checker = new Checker(judged);
      const verdict = checker.push(new Recorder(made).record(calls)) ?? checker.end();
      if (verdict.kind === 'violates') return true;
    }
  }
  return false;
}

test('every mutant is one or the other', async (t) => {
  const names = [...Object.keys(SHOWN_IN), ...Object.keys(NOT_SHOWN)].sort();
  t.same(names, MUTANTS.map(({ name }) => name).sort());
});

for (const mutant of MUTANTS) {
  const depth = SHOWN_IN[mutant.name];
  if (depth === undefined)
    test(`${mutant.name} is not shown: ${NOT_SHOWN[mutant.name]}`, async (t) => {
      t.notOk(shown(mutant, 2));
    });
  else
    test(`${mutant.name} is shown by ${depth} ops`, async (t) => {
      t.ok(shown(mutant, depth));
      if (depth > 1) t.notOk(shown(mutant, depth - 1), 'and not by fewer');
    });
}
