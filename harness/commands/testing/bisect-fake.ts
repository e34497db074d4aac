// SPDX-License-Identifier: MIT
// `fencelab bisect` with a judge that reads its verdict from a file of the tree: "holds", "fails" or "skip". Its command
// line is the options as JSON and the words behind "--"; FAKE_LOG is a file that gets the id of everything that is judged,
// FAKE_SLOW how many milliseconds that takes. Its configuration system: CHILD needs PARENT, and PARENT brings HELPER; a kernel
// fails if all of FAKE_CULPRITS are on.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, FencelabError } from '../../errors.js';
import type { Candidate, Judge } from '../bisect-judge.js';
import { bisect } from '../bisect-run.js';

const [json = '{}', ...words] = process.argv.slice(2);

const judge =
  (folder: string): Judge =>
  async (candidate, { runs }, signal) => {
    await sleep(Number(process.env['FAKE_SLOW'] ?? 0), undefined, { signal });
    const [word = '', how = ''] = verdictOf(candidate, folder).trim().split(' ');
    const outcome = word === 'holds' || word === 'fails' ? word : 'skip';
    appendFileSync(process.env['FAKE_LOG'] ?? '/dev/null', `${candidate.id} ${outcome} ${runs}\n`);
    const failures =
      outcome === 'fails'
        ? [{ test: 'import@one', how, text: 'P1: t0 is lost', finding: 'b0: t0 is lost\n  slots: none' }]
        : [];
    return {
      ...{ id: candidate.id, title: candidate.title, outcome, failures, runs, differs: false, built: 'full' },
      reason:
        outcome === 'holds' ? '' : outcome === 'fails' ? 'import@one: P1: t0 is lost' : 'it does not build',
      ...{ buildMilliseconds: 100, runMilliseconds: 50 },
      ...(candidate.more?.config === undefined ? {} : { config: configFile(candidate) }),
    };
  };

/** Of a tree what stands in `verdict`; of a configuration or a series what the test made of it. */
function verdictOf(candidate: Candidate, folder: string): string {
  const { target, more } = candidate;
  if (more?.config !== undefined) {
    const config = effective(more.config.text);
    mkdirSync(join(folder, 'configs'), { recursive: true });
    writeFileSync(join(folder, configFile(candidate)), config);
    const culprits = (process.env['FAKE_CULPRITS'] ?? '').split(' ');
    return culprits.every((symbol) => config.includes(`CONFIG_${symbol}=y\n`)) ? 'fails' : 'holds';
  }
  if (target.patch !== undefined && target.patch.length > 0) {
    const last = target.patch.at(-1) ?? '';
    return last === 'none' ? 'holds' : (/^verdict: (.*)$/m.exec(readFileSync(last, 'utf8'))?.[1] ?? '');
  }
  return readFileSync(join(target.kernel, 'verdict'), 'utf8');
}

const configFile = ({ id }: Candidate): string => `configs/${id.replaceAll(' ', '-')}.config`;

function effective(text: string): string {
  const on = new Set([...text.matchAll(/^CONFIG_(\w+)=y$/gm)].map((match) => match[1] ?? ''));
  if (!on.has('PARENT')) on.delete('CHILD');
  if (on.has('PARENT')) on.add('HELPER');
  return [...on].map((symbol) => `CONFIG_${symbol}=y\n`).join('');
}

const options = {
  ...{ firstParent: false, path: [], sameFailure: false, restart: false },
  ...JSON.parse(json),
};
try {
  process.exitCode = await bisect(words, options, ({ folder }) => judge(folder));
} catch (error) {
  process.exitCode = error instanceof FencelabError ? error.exitCode : EXIT.untestable;
  process.stderr.write(
    `${error instanceof FencelabError ? `${error.message}\n${error.detail ?? ''}\n${error.remedy ?? ''}` : String(error)}\n`,
  );
}
