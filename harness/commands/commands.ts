// SPDX-License-Identifier: MIT
import type { AddCommand } from './add.js';
import { addBisect } from './bisect.js';
import { addC } from './c.js';
import { addCache } from './cache.js';
import { addCheck } from './check.js';
import { addClean } from './clean.js';
import { addCompletion } from './completion.js';
import { addCover } from './cover.js';
import { addDebug } from './debug.js';
import { addDesign } from './design.js';
import { addDoctor } from './doctor.js';
import { addExplore } from './explore.js';
import { addHistory } from './history.js';
import { addHtml } from './html.js';
import { addList } from './list.js';
import { addMan } from './man.js';
import { addMerge } from './merge.js';
import { addModel } from './model.js';
import { addNightly } from './nightly.js';
import { addPack } from './pack.js';
import { addReport } from './report.js';
import { addRerun } from './rerun.js';
import { addRun } from './run.js';
import { addSeries } from './series.js';

/** Every command, in the order of --help. */
export const commands: readonly AddCommand[] = [
  addCheck,
  addRun,
  addCover,
  addExplore,
  addBisect,
  addNightly,
  addMerge,
  addHistory,
  addDebug,
  addModel,
  addDesign,
  addList,
  addC,
  addPack,
  addReport,
  addRerun,
  addSeries,
  addHtml,
  addCache,
  addClean,
  addDoctor,
  addMan,
  addCompletion,
];
