// SPDX-License-Identifier: MIT
// The README is true: what it tells people to type exists, with these options, and the files it links to are there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import t from 'tap';
import { projectRoot } from '../folders.js';
import { commands } from './commands.js';

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');

/** Everything behind "fencelab" in the README's code, up to a comment or the end of the code. */
function typed(): string[][] {
  const code = [...readme.matchAll(/`([^`]+)`/g), ...readme.matchAll(/^ {4}(.+)$/gm)].map((m) => m[1] ?? '');
  return code
    .flatMap((text) =>
      [...text.matchAll(/(?:npx(?: --prefix \S+)? )fencelab ([^#]*)/g)].map((m) => m[1] ?? ''),
    )
    .map((text) => text.trim().split(/\s+/));
}

function program(): Command {
  const root = new Command('fencelab');
  for (const add of commands) add(root, () => undefined);
  return root;
}

t.test('every command and option in the README exists', async (t) => {
  const all = typed();
  t.ok(all.length > 10, `${all.length} commands were found in it`);
  for (const words of all) {
    let command: Command | undefined = program();
    for (const word of words) {
      const sub: Command | undefined = command?.commands.find((c) => c.name() === word);
      if (sub === undefined) break;
      command = sub;
    }
    t.not(command?.name(), 'fencelab', `"${words.join(' ')}" begins with a command`);
    // Behind "--" stands what is handed on
    const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
    const options = own.filter((word) => word.startsWith('-'));
    for (const option of options)
      t.ok(
        command?.options.some((o) => o.long === option || o.short === option),
        `${command?.name()} has ${option}`,
      );
  }
});

t.test('every script and file it names exists', async (t) => {
  const scripts = new Set(
    Object.keys(JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')).scripts),
  );
  for (const [, name = ''] of readme.matchAll(/\bnpm (?:run )?(start|test|bench|lint)\b/g))
    t.ok(scripts.has(name), `npm ${name}`);
  for (const [, target = ''] of readme.matchAll(/\]\(([^)#:]+)\)/g))
    t.ok(existsSync(join(projectRoot, target)), target);
  for (const [, path = ''] of readme.matchAll(/(kernel-patch\/[\w./-]+)/g))
    t.ok(existsSync(join(projectRoot, path)), path);
});
