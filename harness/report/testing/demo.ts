// SPDX-License-Identifier: MIT
import { setTimeout as sleep } from 'node:timers/promises';
import { openProgress } from '../../progress/open.js';
import { liveReporter } from '../live.js';
import { plainReporter } from '../plain.js';
import { eventsOf, mixed } from './sample.js';

/** A run without a kernel, slow enough to be looked at: `node dist/harness/report/testing/demo.js [ms a subtest]`. */
const pace = Number(process.argv[2] ?? 300);
const { screen, progress, close } = openProgress(process.stdout, process.env);
const build = progress.stage('Build linux 5.10.262');
for (let i = 0; i <= 10; i++) {
  build.update(`part-${i}.o`, i, 10);
  await sleep(pace / 2);
}
build.end('412 files');
const reporter = screen.live ? liveReporter(screen, true) : plainReporter(screen, true);
for (const event of eventsOf(mixed)) {
  if (event.kind === 'subtest-end') await sleep(pace);
  await reporter.on(event);
}
close();
