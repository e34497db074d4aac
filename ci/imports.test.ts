// SPDX-License-Identifier: MIT
import t from 'tap';
import { projectRoot } from '../harness/folders.js';
import { ALLOWED, checkFile, checkProject, PURE } from './imports.js';

t.test('the project keeps to its table', async (t) => {
  const { files, violations } = checkProject(projectRoot, ['models', 'harness', 'ci']);
  t.ok(files > 50, `${files} files were looked at`);
  t.same(
    violations.map((v) => `${v.file}:${v.line} ${v.text}`),
    [],
  );
});

t.test('what breaks the table is caught', async (t) => {
  const rows = [
    {
      file: 'models/resv.ts',
      text: "import { x } from '../harness/result/result.js';",
      says: /imports harness\/result\/result\.ts: models\/ may not/,
    },
    { file: 'models/resv.ts', text: "import { readFileSync } from 'node:fs';", says: /imports node:fs/ },
    {
      file: 'harness/report/live.ts',
      text: "import { startMachine } from '../vm/machine.js';",
      says: /harness\/vm\/machine\.ts/,
    },
    { file: 'harness/report/live.ts', text: "\n\nexport * from '../drive/run.js';", says: /drive/, line: 3 },
    { file: 'harness/report/live.ts', text: "import type { A } from '../vm/machine.js';", says: /vm/ },
    { file: 'harness/report/live.ts', text: "type A = import('../vm/machine.js').A;", says: /vm/ },
    { file: 'harness/report/live.ts', text: "const m = await import('../vm/machine.js');", says: /vm/ },
    {
      file: 'harness/kernel/build.ts',
      text: "import { x } from '../vm/qemu-args.js';",
      says: /harness\/kernel\/ may not/,
    },
    { file: 'harness/console/report.ts', text: "import { readFileSync } from 'node:fs';", says: /node:fs/ },
    { file: 'harness/channel/parse.ts', text: 'export const p = process.pid;', says: /uses process/ },
    { file: 'harness/channel/parse.ts', text: 'export const b = Buffer.from([1]);', says: /uses Buffer/ },
    {
      file: 'models/x.ts',
      text: 'function f(process: number) {}\nprocess.exit();',
      says: /process/,
      line: 2,
    },
    { file: 'harness/new/thing.ts', text: "import { z } from 'zod';", says: /no row/ },
    { file: 'harness/report/live.ts', text: "import tap from 'tap';", says: /imports tap/ },
    { file: 'harness/report/live.test.ts', text: "import { x } from '../vm/machine.js';", says: /vm/ },
  ];
  for (const { file, text, says, line = 1 } of rows) {
    const found = checkFile(file, text);
    t.match(found, [{ line, text: says }], `${file}: ${text}`);
    t.equal(found.length, 1);
  }
});

t.test('what keeps to it is not', async (t) => {
  const rows = [
    {
      file: 'models/resv.ts',
      text: "import { x } from './deeper/x.js'; import { y } from '../models/y.js';",
    },
    {
      file: 'harness/report/json.ts',
      text: "import { z } from 'zod/v4'; import { isRed } from '../result/result.js';",
    },
    {
      file: 'harness/report/live.test.ts',
      text: "import { F } from '../progress/testing/fake-terminal.js'; import t from 'tap';",
    },
    { file: 'harness/record/pack.ts', text: "import { GPUS } from '../vm/qemu-args.js';" },
    {
      file: 'harness/channel/parse.ts',
      text: 'const x = { process: 1 }; export const y = x.process; interface A { process: number }',
    },
    {
      file: 'models/state/world.ts',
      text: 'class W { process = 1; f(process: number) { return process; } } for (const process of []) process;',
    },
    {
      file: 'harness/channel/parse.ts',
      text: "// import { x } from 'node:fs'; process.exit()\nexport const s = 'process';",
    },
  ];
  for (const { file, text } of rows) t.same(checkFile(file, text), [], `${file}: ${text}`);
});

t.test('the table names what exists', async (t) => {
  for (const folder of PURE) t.ok(ALLOWED[folder], folder);
  for (const entries of Object.values(ALLOWED)) t.equal(new Set(entries).size, entries.length);
});
