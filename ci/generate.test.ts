// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { projectRoot } from '../harness/folders.js';
import { GENERATED } from './generate.js';

for (const { path, text } of GENERATED)
  test(`${path} is what models/ makes of it (else run: node dist/ci/generate.js)`, async (t) => {
    t.equal(readFileSync(join(projectRoot, path), 'utf8'), text());
  });
