// SPDX-License-Identifier: MIT
// The one gate: system packages, types (the bootstrap has compiled), lint, unit tests, and tests that boot real kernels.
import { execa } from 'execa';
import { Parser, type Result } from 'tap-parser';
import { projectRoot } from '../harness/folders.js';
import { run } from '../harness/process/run.js';
import type { Progress } from '../harness/progress/progress.js';
import { browserNeeds, clusterNeeds, needs, shellNeeds, virglNeeds } from '../harness/setup/packages.js';
import { ensure } from '../harness/setup/set-up.js';

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Plain lines: the gate is read in a log more often than on a terminal. */
const progress: Progress = {
  stage: (title) => ({
    update: () => undefined,
    end: (text) => say(`${title}: ${text || 'done'}`),
    fail: (text) => say(`${title}: FAILED, ${text}`),
  }),
  say,
};

interface Count {
  passed: number;
  failed: number;
}

/**
 * Run test files with tap and count their assertions. Every failed one is printed with where it is; a file that prints
 * a bad plan, dies or times out counts as failed, by tap's own rules.
 */
async function tap(title: string, args: readonly string[]): Promise<Count> {
  const began = performance.now();
  const count: Count = { passed: 0, failed: 0 };
  const child = execa('npx', ['tap', 'run', '--disable-coverage', '--reporter=tap', ...args], {
    cwd: projectRoot,
    reject: false,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
    buffer: false,
    preferLocal: true,
  });
  const parser = new Parser((results) => {
    if (!results.ok && count.failed === 0) count.failed = 1;
  });
  listen(parser, [], count);
  child.stdout.pipe(parser);
  const ended = await child;
  await new Promise((resolve) => setImmediate(resolve));
  if (ended.failed && count.failed === 0) {
    count.failed = 1;
    say(`  not ok - tap itself ended with ${ended.exitCode ?? ended.signal}`);
  }
  if (count.passed + count.failed === 0) {
    count.failed = 1;
    say('  not ok - no test ran');
  }
  say(
    `${title}: ${count.passed} passed, ${count.failed} failed, ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );
  return count;
}

const DIAGNOSIS_LINES = 24;

/** Where an assertion failed and what differed; the rest of tap's diagnosis is its own stack. */
function diagnosis(diag: unknown): string {
  if (typeof diag !== 'object' || diag === null) return '';
  const part = (name: string): unknown => (name in diag ? Reflect.get(diag, name) : undefined);
  const at = part('at');
  const place =
    typeof at === 'object' && at !== null && 'fileName' in at && 'lineNumber' in at
      ? `${at.fileName}:${at.lineNumber}`
      : '';
  const shown = ['diff', 'error', 'message', 'found', 'exitCode', 'signal', 'timeout'].flatMap((name) =>
    part(name) === undefined ? [] : [`${name}: ${text(part(name))}`],
  );
  return [place, ...shown]
    .join('\n')
    .split('\n')
    .slice(0, DIAGNOSIS_LINES)
    .join('\n')
    .replace(/^/gm, '      ');
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value.trimEnd() : JSON.stringify(value);

/** Count the leaves of a TAP tree: a test with subtests is not counted beside them. */
function listen(parser: Parser, path: readonly string[], count: Count): void {
  let lastChild: string | undefined;
  parser.on('child', (child: Parser) => {
    lastChild = child.name;
    if (path.length === 0) say(`  ${child.name.replace(/^dist\//, '')}`);
    listen(child, [...path, child.name], count);
  });
  parser.on('assert', (result: Result) => {
    const isParent = lastChild !== undefined && result.name === lastChild;
    lastChild = undefined;
    if (!result.ok) {
      say(`  not ok - ${[...path, result.name].join(' > ')}`);
      if (!isParent) say(diagnosis(result.diag));
    }
    if (isParent && result.ok) return;
    if (result.ok) count.passed++;
    else count.failed++;
  });
}

async function lint(): Promise<boolean> {
  const r = await run(
    'node_modules/@biomejs/cli-linux-x64/biome',
    ['check', '--error-on-warnings', '--max-diagnostics=20', '.'],
    {
      cwd: projectRoot,
    },
  );
  say(r.ok ? 'Lint: clean' : `Lint: FAILED\n${r.output}`);
  return r.ok;
}

/** What `npm test` runs; `npm test -- unit` stops before the guests. Returns the exit status. */
export async function gate(args: readonly string[]): Promise<number> {
  const total: Count = { passed: 0, failed: 0 };
  const add = (count: Count): void => {
    total.passed += count.passed;
    total.failed += count.failed;
  };
  await ensure([...needs, ...virglNeeds, ...shellNeeds, ...clusterNeeds, ...browserNeeds], progress);
  say('Types: checked');
  add((await lint()) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
  add(
    await tap('Unit tests', [
      '--timeout=600',
      'dist/models/**/*.test.js',
      'dist/harness/**/*.test.js',
      'dist/ci/**/*.test.js',
    ]),
  );
  if (!args.includes('unit'))
    add(
      await tap('Guest tests', [
        '--jobs=1',
        '--timeout=1500',
        'dist/harness/**/*.guest.js',
        'dist/ci/**/*.guest.js',
      ]),
    );
  say(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}
