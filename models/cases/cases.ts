// SPDX-License-Identifier: MIT
import { BUFFER_CASES } from './buffers.js';
import type { Case } from './case.js';
import { COMMIT_CASES } from './commits.js';
import { DEVICE_CASES } from './devices.js';
import { EPOLL_CASES } from './epoll.js';
import { ERROR_CASES } from './errors.js';
import { FILE_CASES } from './files.js';
import { PROCESS_CASES } from './processes.js';
import { TIMESTAMP_CASES } from './timestamps.js';
import { WRAP_CASES } from './wrap.js';

/** Every trace that is known to be right. */
export const CASES: readonly Case[] = [
  ...BUFFER_CASES,
  ...ERROR_CASES,
  ...FILE_CASES,
  ...WRAP_CASES,
  ...PROCESS_CASES,
  ...EPOLL_CASES,
  ...DEVICE_CASES,
  ...COMMIT_CASES,
  ...TIMESTAMP_CASES,
];
