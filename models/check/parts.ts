// SPDX-License-Identifier: MIT
import { CODE } from '../ops/operations.js';
import { POLLIN, POLLOUT } from '../resv/resv.js';
import type { Answer, LeafList } from '../state/answer.js';
import { leafWordsOfCode, listsOfCode, outputsOfCode } from '../trace/fault.js';
import { packLeaf, unpackStatus } from '../trace/record.js';
import type { Entry } from './history.js';

/** Whether each part of what an op gave is what one of `answers` says. */
export function partsExplain(answers: readonly Answer[], entry: Entry, words: Int32Array): boolean {
  const ret = words[entry.ret] as number;
  const fit = answers.filter((answer) => answer.ret >= 0);
  if (ret < 0 || fit.length === 0) return false;
  if (entry.code === CODE.info) return infoExplained(fit, entry, words);
  if (entry.code !== CODE.poll && entry.code !== CODE.observe) return false;
  const asked = entry.code === CODE.poll ? (words[entry.first + 1] ?? 0) : POLLIN | POLLOUT;
  const ready = words[entry.ret + 1] ?? 0;
  return (
    [POLLIN, POLLOUT].every(
      (bit) => (asked & bit) === 0 || fit.some((a) => ((a.outputs[0] ?? 0) & bit) === (ready & bit)),
    ) && (entry.code === CODE.poll ? ret === (ready === 0 ? 0 : 1) : listsExplained(fit, entry, words))
  );
}

/** The lists of a record, as words: of each leaf who and status. Times are not looked at here. */
function listsIn(entry: Entry, words: Int32Array): number[][] {
  const found: number[][] = [];
  let at = entry.ret + 1 + outputsOfCode(entry.code);
  const each = leafWordsOfCode(entry.code);
  for (let list = 0; list < listsOfCode(entry.code); list++) {
    const length = words[at] ?? 0;
    found.push(Array.from({ length }, (_, n) => words[at + 1 + n * each] ?? 0));
    at += 1 + length * each;
  }
  return found;
}

const wordsOf = (list: LeafList): number[] =>
  Array.from({ length: list.length }, (_, n) =>
    packLeaf({ who: list.who[n] as number, status: list.status[n] as number }),
  );

/** Only what some answer shows, and all that every answer shows. */
function listsExplained(answers: readonly Answer[], entry: Entry, words: Int32Array): boolean {
  return listsIn(entry, words).every((seen, list) => {
    const due = answers.map((answer) => wordsOf(answer.lists[list as 0 | 1]));
    const ever = new Set(due.flat());
    return (
      seen.every((w) => ever.has(w)) &&
      (due[0] ?? []).every((w) => !due.every((d) => d.includes(w)) || seen.includes(w))
    );
  });
}

/** A file has the same leaves at all times; each may be shown with the status it has at any. */
function infoExplained(answers: readonly Answer[], entry: Entry, words: Int32Array): boolean {
  const [status, count] = [words[entry.ret + 1] as number, words[entry.ret + 2] as number];
  if (
    !answers.some(
      (a) => count >= (a.outputs[1] as number) && count <= Math.max(a.mostFences, a.outputs[1] as number),
    )
  )
    return false;
  const [seen = []] = listsIn(entry, words);
  if (seen.length === 0) return answers.some((a) => a.outputs[0] === status || a.otherStatus === status);
  const statuses = seen.map(unpackStatus);
  if (status === 1 ? !statuses.every((s) => s === 1) : !statuses.includes(status)) return false;
  const ever = answers.map((a) => wordsOf(a.lists[0]));
  const [first] = answers as [Answer, ...Answer[]];
  return (
    seen.every((word) => ever.some((due) => due.includes(word))) &&
    (ever[0] ?? []).every(
      (_, n) => (first.lists[0].most[n] as number) < 0 || ever.some((due) => seen.includes(due[n] as number)),
    )
  );
}
