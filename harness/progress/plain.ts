// SPDX-License-Identifier: MIT
import type { Progress } from './progress.js';
import type { Screen } from './screen.js';
import { stagesOn } from './stages.js';
import { stageText } from './words.js';

/** A stage that is over sooner leaves one line only. */
export const FIRST_WORD_MS = 2000;
/** A log must show that there is life, and must not fill. */
export const NEXT_WORD_MS = 30_000;

/** Stages as lines of a log. */
export function plainProgress(screen: Screen): Progress {
  return stagesOn(screen, (state) => {
    let next = FIRST_WORD_MS;
    return screen.clock.every(FIRST_WORD_MS / 4, () => {
      const now = state();
      if (now.elapsedMs < next) return;
      next = now.elapsedMs + NEXT_WORD_MS;
      screen.print(`       ${stageText(now, false)}`);
    });
  });
}
