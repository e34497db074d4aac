// SPDX-License-Identifier: MIT
import { GUEST_RESULTS, type Said, type SubtestName, TRAIT_VALUES, TRAITS } from './event.js';

/**
 * The whole wire format between the guest and the harness: every line that exists, with an example.
 *
 * A line is `FL ` and a keyword, then fields, with a TAB before each, then a newline; one write(2) a line. The writer is
 * vm-images/guest/runtime/report.c; `wire.test.ts` holds the two together.
 */
export const PROTOCOL_VERSION = 1;
export const PREFIX = 'FL ';
/** The guest cuts its lines at 2000 bytes; more than this is damage. */
export const MAX_LINE_BYTES = 4096;

/** Reads one field, or says by `undefined` that it is not what belongs there. */
type Field<T> = (text: string) => T | undefined;
type Fields<T extends readonly unknown[]> = { readonly [I in keyof T]: Field<T[I]> };

/** Free text may be anything, also empty. */
const text: Field<string> = (t) => t;
const word: Field<string> = (t) => (/^[\x21-\x7e]+$/.test(t) ? t : undefined);
/** Decimal, and far below 2^53: a time in microseconds or a small number. */
const count: Field<number> = (t) => (/^\d{1,15}$/.test(t) ? Number(t) : undefined);
const path: Field<{ path: string | undefined }> = (t) =>
  t === '-' ? { path: undefined } : word(t) === undefined ? undefined : { path: t };
const program: Field<string> = (t) => (isName(t) ? t : undefined);
const subtest: Field<Omit<SubtestName, 'program'>> = (t) => {
  const at = t.indexOf('@');
  const [outer, dynamic] = at < 0 ? [t, undefined] : [t.slice(0, at), t.slice(at + 1)];
  if (!isName(outer)) return undefined;
  return dynamic === undefined || word(dynamic) !== undefined ? { subtest: outer, dynamic } : undefined;
};
const result: Field<(typeof GUEST_RESULTS)[number]> = (t) => GUEST_RESULTS.find((r) => r === t);

const trait: Field<(typeof TRAITS)[number]> = (t) => TRAITS.find((name) => name === t);
const traitValue: Field<(typeof TRAIT_VALUES)[number]> = (t) => TRAIT_VALUES.find((value) => value === t);

/** What a program and a subtest may be called. */
export function isName(t: string): boolean {
  return /^[A-Za-z0-9][\w.+-]*$/.test(t);
}

export interface LineKind {
  readonly keyword: Said['kind'];
  readonly meaning: string;
  readonly example: string;
  /** `undefined`: the fields are not what this line has. */
  readonly read: (fields: readonly string[]) => Said | undefined;
}

function line<T extends readonly unknown[]>(
  keyword: Said['kind'],
  meaning: string,
  example: string,
  fields: Fields<T>,
  make: (...values: T) => Said,
): LineKind {
  return {
    keyword,
    meaning,
    example,
    read: (texts) => {
      if (texts.length !== fields.length) return undefined;
      const values: unknown[] = [];
      for (const [i, field] of fields.entries()) {
        const value = (field as Field<unknown>)(texts[i] ?? '');
        if (value === undefined) return undefined;
        values.push(value);
      }
      return make(...(values as unknown as T));
    },
  };
}

export const LINES: readonly LineKind[] = [
  line(
    'hello',
    'the first line: protocol version, kernel release, microseconds since boot',
    'FL hello\t1\t5.10.262\t603127',
    [count, word, count],
    (version, release, uptimeMicroseconds) => ({ kind: 'hello', version, release, uptimeMicroseconds }),
  ),
  line(
    'device',
    'a device the tests may use: name, path or "-", remark',
    'FL device\tvirtio-gpu\t/dev/dri/card1\t2d',
    [word, path, text],
    (name, where, remark) => ({ kind: 'device', name, path: where.path, text: remark }),
  ),
  line(
    'trait',
    'what the kernel does, as far as it was probed: name, yes, no or unknown',
    'FL trait\tdeadline\tno',
    [trait, traitValue],
    (name, value) => ({ kind: 'trait', name, value }),
  ),
  line(
    'start',
    'a subtest begins, in the process of this pid; "subtest@dynamic" inside "subtest"',
    'FL start\texport\tflags@read-write\t117',
    [program, subtest, count],
    (p, name, pid) => ({ kind: 'start', program: p, ...name, pid }),
  ),
  line(
    'note',
    'a remark of the innermost running subtest',
    'FL note\tthe list holds 3 fences',
    [text],
    (remark) => ({ kind: 'note', text: remark }),
  ),
  line(
    'fail',
    'a claim of the innermost running subtest that does not hold: place, then expression and values',
    'FL fail\texport.c:120\tP8: poll(fd, POLLIN) == 0: 1 against 0, errno 0',
    [text, text],
    (where, claim) => ({ kind: 'fail', where, text: claim }),
  ),
  line(
    'skip',
    'a requirement of the innermost running subtest that is not met',
    'FL skip\tneeds a virtio-gpu with 3D',
    [text],
    (reason) => ({ kind: 'skip', text: reason }),
  ),
  line(
    'end',
    'a subtest is over: result, microseconds',
    'FL end\texport\tflags@read-write\tpass\t1843',
    [program, subtest, result, count],
    (p, name, r, microseconds) => ({ kind: 'end', program: p, ...name, result: r, microseconds }),
  ),
  line(
    'hung',
    'a process of this subtest cannot be killed; the guest does no more',
    'FL hung\timport\tclose-while-polled',
    [program, subtest],
    (p, name) => ({ kind: 'hung', program: p, ...name }),
  ),
  line('fatal', 'the guest cannot go on, and why', 'FL fatal\t/job: there is no job', [text], (reason) => ({
    kind: 'fatal',
    text: reason,
  })),
  line(
    'ready',
    'the guest waits for the rest of its job: microseconds since boot',
    'FL ready\t612044',
    [count],
    (uptimeMicroseconds) => ({ kind: 'ready', uptimeMicroseconds }),
  ),
  line('done', 'the last line: how many subtests were run', 'FL done\t112', [count], (n) => ({
    kind: 'done',
    count: n,
  })),
];
