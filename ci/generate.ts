// SPDX-License-Identifier: MIT
// node dist/ci/generate.js: writes the files that are made from models/. A test says when they are stale.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../harness/folders.js';
import { cHeader } from '../models/index.js';

export const GENERATED: readonly { readonly path: string; readonly text: () => string }[] = [
  { path: 'vm-images/guest/trace/operations.h', text: cHeader },
];

if (process.argv[1]?.endsWith('generate.js'))
  for (const { path, text } of GENERATED) writeFileSync(join(projectRoot, path), text());
