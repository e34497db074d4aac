// SPDX-License-Identifier: MIT
import type { Progress } from './progress.js';
import type { Screen } from './screen.js';
import { stagesOn } from './stages.js';
import { fit, stageText } from './words.js';

const SPINNER = ['-', '\\', '|', '/'];

/** Stages in the region of a terminal: one line each, with spinner, bar and elapsed time. */
export function terminalProgress(screen: Screen): Progress {
  return stagesOn(screen, (state) =>
    screen.region((width, frame) => [
      fit(`${SPINNER[frame % SPINNER.length]} ${stageText(state(), true)}`, width),
    ]),
  );
}
