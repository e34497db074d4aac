// SPDX-License-Identifier: MIT
import type { AddCommand } from './add.js';
import { addCache } from './cache.js';
import { addCheck } from './check.js';
import { addDesign } from './design.js';
import { addDoctor } from './doctor.js';
import { addList } from './list.js';
import { addModel } from './model.js';
import { addPack } from './pack.js';
import { addRerun } from './rerun.js';
import { addRun } from './run.js';
import { addSeries } from './series.js';

/** Every command, in the order of --help. */
export const commands: readonly AddCommand[] = [
  addCheck,
  addRun,
  addModel,
  addDesign,
  addList,
  addPack,
  addRerun,
  addSeries,
  addCache,
  addDoctor,
];
