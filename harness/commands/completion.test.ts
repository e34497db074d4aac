// SPDX-License-Identifier: MIT
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { completionScript, SHELLS } from '../completion/scripts.js';
import { type Known, splitLine, suggest } from '../completion/suggest.js';
import { projectRoot } from '../folders.js';
import { commandsBelow } from '../help/tree.js';
import { commandLine } from '../main.js';
import { KERNEL_PROFILES } from './profiles.js';
import { inProcess } from './testing/in-process.js';

const known: Known = {
  subtests: async () => ['import', 'import@two', 'poll'].map((value) => ({ value, text: '' })),
  kernels: async () => ['debian:5.10', 'debian:6.1'].map((value) => ({ value, text: '' })),
  entries: async () => ['images', 'k1'].map((value) => ({ value, text: '' })),
};
const program = commandLine(() => undefined);
const at = (line: string) => {
  const words = splitLine(line);
  return suggest(program, words.slice(1, -1), words.at(-1) ?? '', known);
};
const values = async (line: string): Promise<string[]> => (await at(line)).items.map(({ value }) => value);

t.test('every command, option and choice of the tree is offered', async (t) => {
  for (const { name, command } of commandsBelow(program)) {
    const before = name.slice(0, name.lastIndexOf(' '));
    t.ok((await values(`${before} `)).includes(command.name()), name);
    const options = await values(`${name} --`);
    for (const option of command.options) {
      if (option.long == null) continue;
      t.equal(options.includes(option.long), !option.hidden, `${name} ${option.long}`);
      if (option.argChoices === undefined || option.hidden) continue;
      t.same(await values(`${name} ${option.long} `), option.argChoices);
      t.same(
        await values(`${name} ${option.long}=`),
        option.argChoices.map((one) => `${option.long}=${one}`),
      );
    }
  }
});

t.test('names that only the machine knows', async (t) => {
  t.same(await values('fencelab check --only im'), ['import', 'import@two']);
  t.same(await values('fencelab check -o im'), ['import', 'import@two'], 'a short option');
  t.same(await values('fencelab check --only=import@'), ['--only=import@two']);
  t.same(await values('fencelab list p'), ['poll']);
  t.same(await values('fencelab check --kernel debian:6'), ['debian:6.1']);
  t.same(await values('fencelab series check -k debian:6'), ['debian:6.1']);
  t.same(await values('fencelab cache clear '), ['images', 'k1']);
  t.same(await values('fencelab check --patch '), ['none', 'auto']);
  t.same(await values('fencelab explore --profile '), [...KERNEL_PROFILES]);
});

t.test('which files make sense', async (t) => {
  t.match(await at('fencelab run '), { files: 'files', extensions: ['prog', 'trace'] });
  t.match(await at('fencelab run a.prog '), { files: 'files', extensions: ['prog', 'trace'] }, 'several');
  t.match(await at('fencelab c '), { files: 'files', extensions: ['prog'] });
  t.match(await at('fencelab c a.prog '), { files: 'none', items: [] }, 'one');
  t.match(await at('fencelab rerun '), { files: 'files', extensions: ['tar.gz', 'prog'] });
  t.match(await at('fencelab pack '), { files: 'folders' });
  t.match(await at('fencelab check --kernel '), { files: 'files', extensions: [] });
  t.match(await at('fencelab check --json '), { files: 'files' });
  t.match(await at('fencelab check --results '), { files: 'folders' });
  t.match(await at('fencelab check --cpus '), { files: 'none', items: [] });
  t.match(await at('fencelab check '), { files: 'none', items: [] });
});

t.test('where one is in the line', async (t) => {
  t.ok((await values('fencelab --')).includes('--version'));
  t.notOk((await values('fencelab check --json x.json --')).includes('--json'), 'given already');
  t.ok((await values('fencelab check --only x --')).includes('--only'), 'may be repeated');
  t.same(
    await values('fencelab check --kernel check --gpu v'),
    ['virgl'],
    'a value that is called like a command',
  );
  t.same(await values('fencelab run -- --'), [], 'behind "--" there are no options');
  t.same(await values('fencelab explore --icount '), [], 'hidden');
  t.same(await values('fencelab moon '), []);
  t.same(splitLine(`fencelab run 'a b' c\\ d "e'f" g`), ['fencelab', 'run', 'a b', 'c d', "e'f", 'g']);
  t.same(splitLine('a '), ['a', '']);
});

t.test('no line makes it crash, and all that is offered begins as it should', async () => {
  const word = fc.oneof(
    fc.constantFrom(
      'check',
      'run',
      'cache',
      'clear',
      'series',
      '--only',
      '--kernel',
      '-k',
      '--',
      '-',
      '--profile=',
      '--x=y',
    ),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word), word, async (words, current) => {
      const { items } = await suggest(program, words, current, known);
      return items.every(({ value }) => value.startsWith(current));
    }),
  );
});

t.test('what is printed is a script of that shell, and "complete" needs nothing', async (t) => {
  for (const shell of SHELLS) {
    const said = await inProcess(['completion', shell]);
    t.equal(said.exitCode, 0);
    t.match(said.stdout, /fencelab complete/);
    t.notMatch(said.stdout, /@COMMAND@/);
  }
  t.equal((await inProcess(['completion', 'tcsh'])).exitCode, 2);
  const said = await inProcess(['complete', '--', 'check', '--gpu', '']);
  t.equal(said.stdout, '2d\t\nvirgl\t\nnone\t\n:\tnone\n');
});

/** A shell in a terminal: what is typed, and what the command line was when Enter was hit. */
async function typed(t: Test, shell: (typeof SHELLS)[number], lines: readonly string[]): Promise<string[]> {
  const folder = t.testdir({ 'one.prog': '', 'two.txt': '', sub: {} });
  const cli = join(projectRoot, 'bin', 'fencelab.js');
  // A program in PATH: it answers as fencelab does, and shows what else it is called with
  writeFileSync(
    join(folder, 'fencelab'),
    `#!/bin/sh\nif [ "$1" = complete ]; then exec ${process.execPath} ${cli} "$@"; fi\necho "RAN<$*>"\n`,
    { mode: 0o755 },
  );
  writeFileSync(join(folder, 'script'), completionScript(shell, 'false'));
  const start = {
    bash: `bash --norc --noprofile -i`,
    zsh: `zsh -f -i`,
    fish: `fish --no-config -i`,
  }[shell];
  const first = {
    bash: `PS1='READY''> '; bind 'set bell-style none' 'set enable-bracketed-paste off'; source ./script`,
    zsh: `PS1='READY''> '; unsetopt beep zle_bracketed_paste; autoload -Uz compinit; compinit -u -d ./dump; source ./script`,
    fish: `function fish_prompt; echo -n 'READY''> '; end; source ./script`,
  }[shell];
  const child = spawn('script', ['-qec', `stty cols 200 rows 50; cd ${folder}; ${start}`, '/dev/null'], {
    env: { PATH: `${folder}:${process.env['PATH']}`, TERM: 'xterm', HOME: folder, LC_ALL: 'C.UTF-8' },
  });
  let out = '';
  let wake: () => void = () => undefined;
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString();
    wake();
  });
  const until = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = pattern.exec(out);
      if (found !== null) {
        out = out.slice(found.index + found[0].length);
        return found[1] ?? '';
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  t.teardown(() => child.kill());
  child.stdin.write(`${first}\n`);
  const ran: string[] = [];
  for (const line of lines) {
    await until(/READY>/);
    child.stdin.write(line);
    child.stdin.write('\r');
    ran.push(await until(/RAN<([^>]*)>/));
  }
  child.stdin.write('exit\r');
  return ran;
}

const CASES = [
  ['fencelab expl\t--seed 1', 'explore --seed 1'],
  ['fencelab check --prof\tdeb\t', 'check --profile debug'],
  ['fencelab check --kernel debian:6.12\t--tap', 'check --kernel debian:6.12 --tap'],
  ['fencelab run on\t', 'run one.prog'],
] as const;

for (const shell of SHELLS)
  t.test(`${shell} completes it`, { timeout: 280_000 }, async (t) => {
    const ran = await typed(
      t,
      shell,
      CASES.map(([line]) => line),
    );
    for (const [at, [line, wanted]] of CASES.entries())
      t.equal(ran[at]?.trim(), wanted, line.replaceAll('\t', '<Tab>'));
  });
