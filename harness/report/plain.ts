// SPDX-License-Identifier: MIT
import type { Screen } from '../progress/screen.js';
import { fit } from '../progress/words.js';
import { isRed, isUndecided } from '../result/result.js';
import { few, guestEndLine, plural, reasons, resultLine } from './lines.js';
import type { Reporter, RunEvent } from './reporter.js';
import { summaryText } from './summary.js';

/** A line for each subtest, as it ends: for logs and pipes. */
export function plainReporter(screen: Screen, ownsStdout: boolean): Reporter {
  let folder = '.';
  const say = (event: RunEvent): readonly string[] => {
    switch (event.kind) {
      case 'begin':
        folder = event.plan.shownFolder;
        return [`${plural(event.plan.subtests.length, 'subtest')}; results go to ${folder}`];
      case 'boot':
        return [
          `guest ${event.guest} booted ${event.release} in ${(event.milliseconds / 1000).toFixed(2)} s`,
        ];
      case 'subtest-start':
        return [];
      case 'subtest-end': {
        const told = isRed(event.result) || isUndecided(event.result);
        const why = told ? few(reasons(event.result), 6) : [];
        return [resultLine(event.result, screen.colors), ...why.map((line) => `        ${fit(line, 400)}`)];
      }
      case 'guest-end':
        return [guestEndLine(event.record, event.again)].filter((line) => line !== undefined);
      case 'end':
        return ['', summaryText(event.summary, { folder, colors: screen.colors }).trimEnd()];
      case 'untestable':
        return []; // the error itself is printed by the command line
    }
  };
  return {
    name: 'plain',
    ownsStdout,
    on: (event) => {
      for (const line of say(event)) screen.print(line);
    },
  };
}
