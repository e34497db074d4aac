// SPDX-License-Identifier: MIT
import type { RunListener } from '../drive/run.js';
import type { Progress } from '../progress/progress.js';
import { fullName, isRed, type PlannedSubtest, type RunSummary } from '../result/result.js';

export interface ReportOptions {
  readonly tap?: boolean;
  readonly junit?: string;
  readonly json?: string;
}
export interface Reports {
  readonly progress: Progress;
  readonly listener: RunListener;
  onBegin(plan: readonly PlannedSubtest[], folder: string): void;
  onEnd(summary: RunSummary, folder: string): number;
}
const say = (t: string): void => void process.stderr.write(`${t}\n`);
export async function withReports(_o: ReportOptions, body: (r: Reports) => Promise<number>): Promise<number> {
  return body({
    progress: {
      stage: (title) => {
        say(`${title} …`);
        return {
          update: () => undefined,
          end: (t) => say(`${title}: ${t}`),
          fail: (t) => say(`${title}: FAILED ${t}`),
        };
      },
      say,
    },
    listener: {
      onBoot: (g, ms) => say(`guest ${g} booted ${ms | 0}`),
      onSubtestEnd: (r) => {
        if (isRed(r) || r.outcome === 'skip')
          say(
            `${r.outcome} ${fullName(r)} ${r.skipReason ?? ''} ${r.failures.map((f) => `${f.where} ${f.text}`).join('; ')}`,
          );
      },
      onGuestEnd: (r, again) => say(`guest ${r.index} ${r.ended} ${r.reason ?? ''} ${again}`),
    },
    onBegin: (plan, folder) => say(`${plan.length} subtests, ${folder}`),
    onEnd: (s) => {
      say(`${s.verdict} ${s.reason ?? ''} ${JSON.stringify(s.counts)} ${s.milliseconds}`);
      return s.verdict === 'holds' ? 0 : s.verdict === 'fails' ? 1 : 125;
    },
  });
}
