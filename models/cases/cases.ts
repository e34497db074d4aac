// SPDX-License-Identifier: MIT
import { BUFFER_CASES } from './buffers.js';
import type { Case } from './case.js';
import { ERROR_CASES } from './errors.js';
import { FILE_CASES } from './files.js';
import { WRAP_CASES } from './wrap.js';

/** Every trace that is known to be right. */
export const CASES: readonly Case[] = [...BUFFER_CASES, ...ERROR_CASES, ...FILE_CASES, ...WRAP_CASES];
