// SPDX-License-Identifier: MIT
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import t from 'tap';
import { projectRoot } from '../folders.js';
import { reflow } from '../help/reflow.js';
import { manualPage } from '../help/roff.js';
import { commandsBelow, examplesOf, remarksOf, shellWords } from '../help/tree.js';
import { commandLine } from '../main.js';
import { run } from '../process/run.js';
import { inProcess } from './testing/in-process.js';

const all = commandsBelow(commandLine(() => undefined));

/** The command line with nothing behind it: only whether it understands what is typed. */
function bare() {
  const program = commandLine(() => undefined).configureOutput({ writeErr: () => undefined });
  for (const { command } of commandsBelow(program))
    if (command.commands.length === 0)
      command
        .exitOverride()
        .configureOutput({ writeErr: () => undefined })
        .action(() => undefined);
  return program;
}

t.test('every command says what it does, shows examples, and what its exit status means', async (t) => {
  t.ok(all.length > 15);
  for (const { name, command } of all) {
    const remarks = remarksOf(command);
    t.ok(command.description().length > 10, `${name}: what it does`);
    t.ok(examplesOf(remarks).length > 0, `${name}: examples`);
    t.match(remarks, /^Exit status: ?\S?/m, `${name}: exit status`);
    if (command.options.some(({ long }) => long === '--results'))
      t.match(remarks, /^Files: /m, `${name}: files`);
    for (const option of command.options)
      if (!option.hidden) t.ok(option.description.length > 5, `${name} ${option.flags} is explained`);
  }
});

t.test('every example can be typed', async (t) => {
  let tried = 0;
  for (const { name, command } of all)
    for (const example of examplesOf(remarksOf(command))) {
      const words = shellWords(example);
      const at = words.lastIndexOf('fencelab');
      t.ok(at >= 0, `${name}: ${example}`);
      await bare()
        .parseAsync(words.slice(at + 1), { from: 'user' })
        .then(() => tried++)
        .catch((error: unknown) =>
          t.fail(`${name}: "${example}": ${error instanceof CommanderError ? error.message : error}`),
        );
    }
  t.ok(tried > 30, `${tried} examples`);
  await t.rejects(
    bare().parseAsync(['check', '--moon'], { from: 'user' }),
    /unknown option/,
    'one that cannot is noticed',
  );
});

t.test('no line is longer than the terminal is wide', async (t) => {
  const { columns } = process.stdout;
  t.teardown(() => {
    process.stdout.columns = columns;
  });
  for (const width of [70, 80, 120])
    for (const { name } of all) {
      process.stdout.columns = width;
      const said = await inProcess([...name.split(' ').slice(1), '--help']);
      t.equal(said.exitCode, 0);
      const long = said.stdout.split('\n').filter((line) => line.length > width);
      t.same(long, [], `${name} at ${width}`);
    }
});

t.test('"help" says the same as --help', async (t) => {
  const [a, b] = [await inProcess(['help', 'check']), await inProcess(['check', '--help'])];
  t.equal(a.stdout, b.stdout);
  t.match(a.stdout, /Examples:[\s\S]*Exit status:/);
});

t.test('text that is too long is broken where it can be read on', async (t) => {
  t.equal(reflow('short\n', 80), 'short\n');
  t.equal(reflow('one two three four five\nsix\n', 12), 'one two\nthree four\nfive six\n');
  t.equal(
    reflow('Examples:\n  fencelab a --b c --d e\n', 20),
    'Examples:\n  fencelab a --b c \\\n      --d e\n',
  );
  const rows =
    'Examples:\n  fencelab a    what it is for, in some more words than fit\n                and more\n';
  t.equal(
    reflow(rows, 50),
    'Examples:\n  fencelab a    what it is for, in some more words\n                than fit and more\n',
  );
});

t.test('the manual page is one that man and groff have nothing to say about', async (t) => {
  const said = await inProcess(['man']);
  t.equal(said.exitCode, 0);
  const file = join(t.testdir({}), 'fencelab.1');
  writeFileSync(file, said.stdout);
  const env = { LC_ALL: 'C.UTF-8', MANWIDTH: '80', MANPAGER: 'cat' };
  const groff = await run('groff', ['-man', '-ww', '-z', file], { env });
  t.ok(groff.ok, groff.startError ?? 'groff runs');
  t.equal(groff.output, '');
  const man = await run('man', ['--warnings', '-l', file], { env });
  t.ok(man.ok, man.startError ?? 'man runs');
  t.equal(man.stderr, '');
  for (const { name } of all) t.ok(man.stdout.includes(name), name);
  t.match(man.stdout, /EXIT STATUS[\s\S]*125[\s\S]*git bisect run/);
  t.match(man.stdout, /--only 'poll@\*'/, 'quotes and dashes are as they are typed');
});

t.test('words that roff would take for its own are shown', async (t) => {
  const program = commandLine(() => undefined);
  program.command('odd').description("'.TH \\fB in a .description").option('--x', '.SH no heading');
  const file = join(t.testdir({}), 'odd.1');
  writeFileSync(file, manualPage(program, { version: '1', exit: [], files: [], environment: [] }));
  const man = await run('man', ['--warnings', '-l', file], { env: { LC_ALL: 'C.UTF-8', MANPAGER: 'cat' } });
  t.equal(man.stderr, '');
  t.match(man.stdout, /'\.TH \\fB in a \.description/);
  t.match(man.stdout, /\.SH no heading/);
});

t.test('a reader that goes away is no error, and the exit status stays what it was', async (t) => {
  const script = 'set -o pipefail; node bin/fencelab.js "$@" | true';
  for (const [args, exitCode] of [
    [['man'], 0],
    [['check', '--no-such-option'], 2],
  ] as const) {
    const done = await run('bash', ['-c', script, 'bash', ...args], { cwd: projectRoot });
    t.equal(done.exitCode, exitCode, args.join(' '));
    t.notMatch(done.stderr, /EPIPE/, args.join(' '));
  }
});
