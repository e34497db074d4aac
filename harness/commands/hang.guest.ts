// SPDX-License-Identifier: MIT
// A kernel that spins with interrupts off says nothing any more: where it is, is seen from outside.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DOCUMENTED } from '../explore/documented.js';
import { projectRoot } from '../folders.js';
import { parseSummary } from '../report/json.js';
import { fencelab } from './testing/cli.js';

t.setTimeout(1_500_000);

for (const { program, signature, calls, release } of DOCUMENTED.filter((row) =>
  row.signature.startsWith('hang'),
))
  t.test(`${program} shows ${signature} on 6.1`, async (t) => {
    const folder = t.testdir();
    const json = join(folder, 'results.json');
    const process = await fencelab([
      ...['run', join(projectRoot, program), '--kernel', 'debian:6.1'],
      ...['--results', folder, '--json', json],
    ]);
    const summary = parseSummary(readFileSync(json, 'utf8'), json);
    t.equal(process.exitCode, 1, process.output);
    t.match(summary.target.release, release);
    const [result] = summary.results;
    const [splat] = result?.splats ?? [];
    t.match(result, { outcome: 'hang' });
    t.match(splat, { kind: 'hang', title: signature });
    for (const call of calls) t.match(splat?.text, `${call}+0x`);
    t.match(process.output, `the kernel spins: ${signature}`);
  });
