// SPDX-License-Identifier: MIT
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { FakeTerminal } from '../progress/testing/fake-terminal.js';

const demo = `${JSON.stringify(process.execPath)} ${JSON.stringify(fileURLToPath(new URL('testing/demo.js', import.meta.url)))}`;

/** Runs a command in a terminal that the kernel makes (script, of bsdutils), 60 columns wide; gives what came out of it. */
async function inTerminal(command: string, env: Record<string, string> = {}): Promise<string> {
  const args = ['-qec', `stty cols 60 rows 20; ${command}`, '/dev/null'];
  const options = { env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm', ...env }, timeout: 60_000 };
  return (await promisify(execFile)('script', args, options)).stdout;
}

/** "<ESC>" for the character, which a regular expression may not hold. */
const readable = (out: string): string => out.replaceAll('\u001b', '<ESC>');

t.test('a real terminal shows the region, and is left as it was found', async (t) => {
  const out = await inTerminal(`${demo} 60`);
  const codes = readable(out);
  t.match(codes, /<ESC>\[31m/, 'colours');
  t.match(codes, /Build linux 5\.10\.262: \[#{2,}-+\] \d\/10/, 'the bar of a stage');
  t.match(codes, /Test \[[#-]{20}\] \d\/11/, 'the bar of the tests');
  t.ok(codes.lastIndexOf('<ESC>[?25h') > codes.lastIndexOf('<ESC>[?25l'), 'the cursor is shown again');
  const screen = new FakeTerminal(60);
  screen.write(out.replaceAll('\r\n', '\n'));
  t.match(screen.text(), /^ok {5}Build linux 5\.10\.262: 412 files/);
  t.notMatch(screen.text(), /Test \[/, 'the region is gone at the end');
  t.ok(screen.longest() <= 60, 'no line is wider than the terminal');
});

t.test('NO_COLOR is honoured in a real terminal', async (t) => {
  t.notMatch(readable(await inTerminal(`${demo} 5`, { NO_COLOR: '1' })), /<ESC>\[\d+m/);
});

t.test('a reader that goes away does no harm', async (t) => {
  t.match(await inTerminal(`(${demo} 5; echo "status $?" >&2) | head -n 1`), /status 0/);
});
