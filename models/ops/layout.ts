// SPDX-License-Identifier: MIT
import type { Operation } from './operation.js';
import { OPERATIONS } from './operations.js';

const byName = new Map<string, Operation>(OPERATIONS.map((op) => [op.name, op]));
const byCode: (Operation | undefined)[] = [];
for (const op of OPERATIONS) byCode[op.code] = op;

export const operationNamed = (name: string): Operation | undefined => byName.get(name);
export const operationWithCode = (code: number): Operation | undefined => byCode[code];

/** Words of arguments: the variable that is made comes first, if one is. */
export const argumentWords = (op: Operation): number => op.args.length + (op.makes === undefined ? 0 : 1);
export const outputWords = (op: Operation): number => op.outputs?.length ?? 0;
export const listCount = (op: Operation): number => op.lists?.length ?? 0;
