// SPDX-License-Identifier: MIT
import type { Call } from './call.js';
import { operationNamed } from './layout.js';
import type { Operation } from './operation.js';
import type { OperationName } from './operations.js';

/** A call whose last arguments may be left out, as in the text form. */
export function makeCall(name: OperationName, ...args: number[]): Call {
  const op = operationNamed(name) as Operation;
  const made = op.makes === undefined ? 0 : 1;
  const rest = op.args.slice(args.length - made).map((arg) => arg.optional ?? 0);
  return { op, args: [...args, ...rest] };
}
