// SPDX-License-Identifier: MIT
import { decode, type Event, printScript, recordFault, type Setting } from '../../models/index.js';

/** More records than this are not written out as text: a person reads no further, and the bytes are in trace.bin. */
const MAX_RECORDS = 200_000;

/** The records of a trace for people, up to the first that cannot be read. */
export function eventsOf(words: Int32Array, most = MAX_RECORDS): Event[] {
  const events: Event[] = [];
  for (let at = 0; at < words.length && events.length < most; ) {
    if (recordFault(words, at, words.length) !== undefined) break;
    events.push(decode(words, at));
    at += (words[at] as number) & 0xffff;
  }
  return events;
}

/** In a trace of one thread the number of ops that had ended says nothing that the order of lines does not. */
function uncounted(events: readonly Event[]): readonly Event[] {
  if (!events.every(({ before }, at) => before === undefined || before === at)) return events;
  return events.map(({ before: _, ...event }) => event);
}

/** A trace as a file that `fencelab model` and `fencelab run` read, with what there is to say about it on top. */
export function traceText(remarks: readonly string[], setting: Setting, words: Int32Array): string {
  const head = remarks.flatMap((remark) => remark.trimEnd().split('\n')).map((line) => `# ${line}`.trimEnd());
  return `${head.join('\n')}\n${printScript({ setting, events: uncounted(eventsOf(words)) })}`;
}
