// SPDX-License-Identifier: MIT
import { UntestableError } from '../errors.js';
import { type PlannedSubtest, SUBTEST_FLAGS } from '../result/result.js';
import { isName } from './wire.js';

/** A line of `fencelab-guest plan`: program, subtest, flags, limit in seconds, promises, purpose. */
export const PLAN_EXAMPLE =
  'export\tsnapshot\tslow,fatal\t20\tP1,P8\tA fence attached after the export must not delay it.';

/** Everything `fencelab-guest plan` printed. Refuses a plan with one bad line: half a plan would test half. */
export function parsePlan(output: string): PlannedSubtest[] {
  const seen = new Set<string>();
  const plan = output
    .split('\n')
    .map((line, i) => ({ line: line.replace(/\r$/, ''), number: i + 1 }))
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => {
      const planned = parsePlanLine(line, number);
      const name = `${planned.program}@${planned.subtest}`;
      if (seen.has(name)) throw bad(number, line, `${name} is there twice`);
      seen.add(name);
      return planned;
    });
  if (plan.length === 0) throw bad(1, output, 'it has no subtest');
  return plan;
}

function parsePlanLine(line: string, number: number): PlannedSubtest {
  const fields = line.split('\t');
  const [program = '', subtest = '', flagList = '', limit = '', promises = '', purpose = ''] = fields;
  if (fields.length !== 6) throw bad(number, line, `it has ${fields.length} fields, not 6`);
  if (!isName(program)) throw bad(number, line, `"${program}" cannot be the name of a program`);
  if (!isName(subtest)) throw bad(number, line, `"${subtest}" cannot be the name of a subtest`);
  if (!/^[1-9]\d{0,4}$/.test(limit)) throw bad(number, line, `"${limit}" is not a number of seconds`);
  const flags = (flagList === '-' ? [] : flagList.split(',')).map((flag) => {
    const known = SUBTEST_FLAGS.find((f) => f === flag);
    if (known === undefined) throw bad(number, line, `"${flag}" is not one of ${SUBTEST_FLAGS.join(', ')}`);
    return known;
  });
  const promised = promises === '-' ? [] : promises.split(',');
  const wrong = promised.find((p) => !/^[A-Z][A-Z0-9]*$/.test(p));
  if (wrong !== undefined) throw bad(number, line, `"${wrong}" is not a promise such as P1 or ABI`);
  if (purpose.trim() === '') throw bad(number, line, 'it does not say what the subtest is for');
  return { program, subtest, flags, limitSeconds: Number(limit), promises: promised, purpose };
}

function bad(number: number, line: string, why: string): UntestableError {
  return new UntestableError(`line ${number} of the guest's plan cannot be used: ${why}.`, {
    detail: line.slice(0, 300),
    remedy: 'Run `fencelab-guest plan` by hand; the form of its lines is in harness/channel/plan.ts.',
  });
}
