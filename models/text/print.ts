// SPDX-License-Identifier: MIT
import type { Call, Result } from '../ops/call.js';
import { DEFAULT_SETTING, type Event, type Script, type Setting } from '../ops/event.js';
import { printArgument, printLeaf, printReturn, printStatus, printVariable } from './words.js';

/** `s0 = export b0 read` */
export function printCall({ op, args }: Call): string {
  const words: string[] = op.makes === undefined ? [] : [printVariable(args[0] ?? -1), '='];
  words.push(op.name);
  const skip = op.makes === undefined ? 0 : 1;
  let last = op.args.length;
  while (
    last > 0 &&
    op.args[last - 1]?.optional !== undefined &&
    args[skip + last - 1] === op.args[last - 1]?.optional
  )
    last--;
  for (const [at, arg] of op.args.slice(0, last).entries())
    words.push(printArgument(arg.type, args[skip + at] ?? 0));
  return words.join(' ');
}

/** `0 status pending fences 2 leaves t0:pending t1:done` */
export function printResult(op: Call['op'], result: Result): string {
  const words = [printReturn(result.ret)];
  for (const [at, value] of result.outputs.entries()) {
    const output = op.outputs?.[at];
    if (output === undefined) continue;
    const { type } = output;
    words.push(output.name, type.kind === 'status' ? printStatus(value) : printArgument(type, value));
  }
  for (const [at, leaves] of result.lists.entries())
    words.push(op.lists?.[at] ?? '', ...leaves.map(printLeaf));
  return words.join(' ');
}

/** `0.1:`, thread 1 of process 0; nothing for the subtest itself. */
const printThread = (thread: number): string => (thread === 0 ? '' : `${thread >> 4}.${thread & 15}: `);

export function printEvent({ call, results, thread, start, took, before }: Event): string {
  const parts = [printThread(thread ?? 0) + printCall(call)];
  if (results.length > 0) parts.push(`-> ${results.map((r) => printResult(call.op, r)).join(' | ')}`);
  if (start !== undefined || before !== undefined)
    parts.push(`@${start ?? 0}+${took ?? 0}${before === undefined ? '' : `/${before}`}`);
  return parts.join(' ');
}

function printSetting(setting: Setting): string {
  const words: string[] = [];
  if (setting.first !== DEFAULT_SETTING.first) words.push('first', String(setting.first));
  if (setting.limit !== DEFAULT_SETTING.limit) words.push('limit', String(setting.limit));
  if (setting.nomem) words.push('nomem');
  return words.length === 0 ? '' : `with ${words.join(' ')}\n`;
}

/** A program or trace, one op a line. `parseScript` reads it back to the same. */
export const printScript = (script: Script): string =>
  printSetting(script.setting) + script.events.map((event) => `${printEvent(event)}\n`).join('');
