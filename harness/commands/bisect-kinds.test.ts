// SPDX-License-Identifier: MIT
// Patches, options, and failures that show now and then: the real command and a made-up judge, as in bisect.test.ts.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { bisectLab } from './testing/bisect-lab.js';

t.setTimeout(600_000); // real processes, on machines that may be busy

t.test('how many runs a kernel has to pass', async (t) => {
  const { range, bisect, judged } = await bisectLab(t, ['holds', 'fails x']);
  const done = await bisect({ ...range, rate: 0.05, confidence: 0.99 });
  t.equal(done.exitCode, 0);
  t.ok(
    judged().every((line) => line.endsWith(' 90')),
    judged().join('\n'),
  );
  t.match(
    done.stdout,
    /what holds passed 90 runs: if the failure shows in 5% of them, the chance that one of 1 is wrong is 0\.99%/,
  );
});

const PATCH = (n: number, verdict: string): string =>
  `From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: A Developer <a@example.org>
Date: Sun, 22 Nov 2026 18:00:0${n} +0000
Subject: [PATCH ${n}/6] dma-buf: step ${n}

verdict: ${verdict}
---
diff --git a/a b/a
--- a/a
+++ b/a
@@ -1 +1 @@
-${n}
+${n + 1}
`;

t.test('which patch of a series broke it, or mended it', async (t) => {
  const { root, bisect, history } = await bisectLab(t, ['holds']);
  const series = async (name: string, verdicts: readonly string[]) => {
    const folder = join(root, name);
    await mkdir(folder);
    for (const [n, verdict] of verdicts.entries())
      await writeFile(join(folder, `000${n + 1}-step.patch`), PATCH(n + 1, verdict));
    await writeFile(join(folder, 'series'), verdicts.map((_, n) => `000${n + 1}-step.patch\n`).join(''));
    return folder;
  };
  const on = history.folder;
  const breaks = await series('breaks', ['holds', 'skip', 'holds', 'fails x', 'fails x', 'fails x']);
  const broke = await bisect({ series: breaks, on, broke: true });
  t.equal(broke.exitCode, 0, broke.output);
  t.match(
    broke.stdout,
    /this patch broke it: 4\. 0004-step\.patch: dma-buf: step 4\n {2}A Developer <a@example\.org>, Sun, 22 Nov 2026 18:00:04/,
  );
  t.match(broke.stdout, /how it fails: import@one: P1/);

  const mends = await series('mends', ['fails x', 'fails x', 'holds', 'holds', 'skip', 'holds']);
  const fixed = await bisect({ series: mends, on, fixed: true, from: 1 });
  t.match(fixed.stdout, /this patch mended it: 3\. 0003-step\.patch/);
  t.equal(fixed.exitCode, 0);

  const unclear = await series('unclear', ['holds', 'skip', 'skip', 'fails x']);
  const open = await bisect({ series: unclear, on, broke: true });
  t.equal(open.exitCode, 1);
  t.match(open.stdout, /One of these 3 broke it[^\n]*\n {2}2\. 0002[^\n]*\n {2}3\. [^\n]*\n {2}4\. /);

  const wrong = await bisect({ series: breaks, on, fixed: true });
  t.equal(wrong.exitCode, 2, 'it fails with all of it');
  const both = await bisect({ series: breaks, on });
  t.match([both.exitCode, both.output], [2, /--broke or --fixed/]);
  const beyond = await bisect({ series: breaks, on, broke: true, to: 7 });
  t.match([beyond.exitCode, beyond.output], [2, /the series has 6 patches/]);
});

t.test('which options of a configuration make it fail', async (t) => {
  const { root, bisect, history, judged } = await bisectLab(t, ['holds']);
  const config = async (name: string, on: readonly string[]) => {
    await writeFile(join(root, name), `# ${name}\n${on.map((symbol) => `CONFIG_${symbol}=y\n`).join('')}`);
    return join(root, name);
  };
  const more = Array.from({ length: 40 }, (_, n) => `OPTION_${n}`);
  const good = await config('good.config', ['BASE', 'OLD']);
  const bad = await config('bad.config', ['BASE', 'PARENT', 'CHILD', ...more]);
  const ask = (culprits: string) =>
    bisect({ config: [good, bad], on: history.folder, restart: true }, { FAKE_CULPRITS: culprits });

  const one = await ask('OPTION_17');
  t.equal(one.exitCode, 0, one.output);
  t.match(one.stdout, /it fails with\n {2}CONFIG_OPTION_17: n -> y\n\n/);
  t.match(one.stdout, /differ in 44 options/);
  t.ok(judged().length < 14, `${judged().length} kernels`);

  const two = await ask('OPTION_3 OPTION_30');
  t.match(
    two.stdout,
    /it fails with\n {2}CONFIG_OPTION_(3|30): n -> y\nand only together with\n {2}CONFIG_OPTION_(3|30): n -> y\n\n/,
  );

  const child = await ask('CHILD');
  t.match(
    child.stdout,
    /it fails with\n {2}CONFIG_(CHILD|PARENT): n -> y\nand only together with\n {2}CONFIG_(CHILD|PARENT): n -> y\n/,
  );
  t.match(child.stdout, /what the configuration then changes by itself\n {2}CONFIG_HELPER: n -> y/);
  t.match(child.stdout, /decides otherwise: CONFIG_(CHILD|HELPER) is [ny], not [ny]/);

  const odd = await config('odd.config', ['X']);
  await writeFile(odd, 'CONFIG_X=y\nno config\n');
  const refused = await bisect({ config: [good, odd], on: history.folder });
  t.match([refused.exitCode, refused.output], [2, /odd\.config, line 2: "no config" is no config line/]);
  t.match((await bisect({ config: [good], on: history.folder })).output, /wants two files/);
});
