// SPDX-License-Identifier: MIT
// Makes a clone able to run its own TypeScript: node_modules as package-lock.json wants them, and dist/ no older
// than the sources. Everything is checked before it is done, so that a second run costs a few milliseconds.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const say = (text) => process.stderr.write(`fencelab: ${text}\n`);

/** Run a step of the set-up with its output on stderr only if it fails; ends the process with 125 if it does. */
function step(title, command, args, remedy) {
  say(title);
  const r = spawnSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (r.status === 0) return;
  process.stderr.write(`${r.stdout ?? ''}${r.stderr ?? ''}`);
  const why = r.error ? r.error.message : r.signal ? `killed by ${r.signal}` : `exit code ${r.status}`;
  say(`"${command} ${args.join(' ')}" failed (${why}); its output is above.`);
  say(remedy);
  process.exit(125);
}

/** The newest modification time below the folders that are compiled, in ms. */
function newestSource() {
  let newest = 0;
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.name.endsWith('.ts')) newest = Math.max(newest, statSync(path).mtimeMs);
    }
    newest = Math.max(newest, statSync(folder).mtimeMs);
  };
  for (const folder of ['models', 'harness', 'ci']) if (existsSync(at(folder))) walk(at(folder));
  return Math.max(newest, statSync(at('tsconfig.json')).mtimeMs);
}

function modulesStamp() {
  return createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex');
}

/** Install and compile what is missing or stale. Compiling needs the development packages, so they are always there. */
export async function ready() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 11)) {
    say(`Node.js 20.11 or newer is needed; this is ${process.versions.node}.`);
    process.exit(125);
  }
  const installed = at('node_modules', '.fencelab-lock');
  const want = modulesStamp();
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== want) {
    step(
      'installing node modules (npm ci, about half a minute) …',
      'npm',
      ['ci', '--no-audit', '--no-fund'],
      'Check that the npm registry can be reached, then run the same command again.',
    );
    writeFileSync(installed, want);
  }
  const stamp = at('dist', '.compiled');
  const newest = newestSource();
  if (!existsSync(stamp) || Number(readFileSync(stamp, 'utf8')) < newest) {
    mkdirSync(at('dist'), { recursive: true });
    const tsc = at('node_modules', 'typescript', 'bin', 'tsc');
    step(
      'compiling (tsc) …',
      process.execPath,
      [tsc, '-p', at('tsconfig.json')],
      'The sources of this clone do not compile: undo the last change to them, or fix it.',
    );
    writeFileSync(stamp, String(newest));
  }
}
