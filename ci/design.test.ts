// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { projectRoot } from '../harness/folders.js';
import { analyseAll, designSummary } from '../models/index.js';

test('the table of designs in the README is what "fencelab design" prints', async (t) => {
  const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  for (const row of designSummary(analyseAll()).trimEnd().split('\n')) t.ok(readme.includes(row), row);
});
