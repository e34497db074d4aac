// SPDX-License-Identifier: MIT
import type { Progress, Stage } from './progress.js';
import type { Screen } from './screen.js';
import { fit, type StageState, stageEnd } from './words.js';

/** Shows a stage while it is under way; what comes back takes it away. */
export type ShowStage = (state: () => StageState) => () => void;

/** What terminal and log have in common: a stage's state, its clock, and the line it leaves behind. */
export function stagesOn(screen: Screen, show: ShowStage): Progress {
  return {
    say: (text) => screen.print(fit(text, 1000)),
    stage: (title) => openStage(title, screen, show),
  };
}

function openStage(title: string, screen: Screen, show: ShowStage): Stage {
  const start = screen.clock.now();
  let now: Pick<StageState, 'text' | 'done' | 'total'> = { text: '', done: undefined, total: undefined };
  let over = false;
  const state = (): StageState => ({ title, ...now, elapsedMs: screen.clock.now() - start });
  const hide = show(state);
  const end = (how: 'ok' | 'failed', text: string): void => {
    if (over) return;
    over = true;
    hide();
    screen.print(stageEnd(how, state(), fit(text, 1000), screen.colors));
  };
  return {
    update: (text, done, total) => {
      now = { text, done, total };
    },
    end: (text) => end('ok', text),
    fail: (text) => end('failed', text),
  };
}
