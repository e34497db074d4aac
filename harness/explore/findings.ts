// SPDX-License-Identifier: MIT
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explain, printScript, type Script } from '../../models/index.js';
import { traceText } from '../model/trace-text.js';
import { type Documented, documentedAs } from './documented.js';
import { NoGuest } from './guest-runner.js';
import type { FindingHeader } from './header.js';
import { printHeader } from './header.js';
import { programOf } from './remainder.js';
import type { Ran, Runner } from './runner.js';
import { type SavedPatch, savePatches } from './saved-patches.js';
import type { Handled } from './search.js';
import { type Shrunk, shrink } from './shrink.js';
import { signatureOf, slugOf } from './signature.js';

/** What is the same for all that a search finds. */
export type SearchedAs = Omit<FindingHeader, 'signature' | 'mode' | 'pauses' | 'times' | 'count'>;

export interface Finding {
  readonly signature: string;
  /** Where it is saved. */
  readonly folder: string;
  count: number;
  /** The searches that found it. */
  readonly searches: Set<string>;
  /** Written when it has been shrunk. */
  shrunk: Shrunk | undefined;
  readonly as: SearchedAs;
  readonly original: Ran;
}

export interface FindingsMeans {
  /** Findings go here, a folder each. */
  readonly folder: string;
  /** How long one may be shrunk, in ms. */
  readonly shrinkMs: number;
  /** Saved with each, where `SearchedAs.patches` has their digest. */
  readonly patches?: readonly SavedPatch[];
  /** A line for whoever watches. */
  say(text: string): void;
}

/** After so many of one kind in a search, what is behind them in their batches is not tried any more. */
const MOST_OF_A_KIND = 100;
const LOG_LINES = 200;

/** Failures, told apart: the same bug found a hundred times is one finding with a count. */
export class Findings {
  readonly #means: FindingsMeans;
  readonly #found = new Map<string, Finding>();
  readonly #documented = new Map<Documented, number>();

  constructor(means: FindingsMeans) {
    this.#means = means;
  }

  get all(): readonly Finding[] {
    return [...this.#found.values()];
  }

  /** Defects that were known before, and how often they were seen again. */
  get documented(): ReadonlyMap<Documented, number> {
    return this.#documented;
  }

  /** One more failure: a new one is shrunk and saved, one of a documented defect only counted. */
  async add(
    ran: Ran,
    runnerFor: () => Promise<Runner>,
    as: SearchedAs,
    signal: AbortSignal,
  ): Promise<Handled> {
    // Patches of one's own make another kernel: one that mends the defect would be wrong if it were met again
    const documented = this.#means.patches === undefined ? documentedAs(ran, as.release) : undefined;
    if (documented !== undefined) {
      this.#documented.set(documented, (this.#documented.get(documented) ?? 0) + 1);
      return { program: undefined, goOn: true, documented: true };
    }
    const runner = await runnerFor();
    const located = ran.outcome.kind === 'died' ? await this.#locate(ran, runner, signal) : ran;
    const signature = signatureOf(located);
    const program = programOf(located);
    const known = this.#found.get(signature);
    if (known !== undefined) {
      known.count++;
      known.searches.add(as.strategy);
      this.#write(known);
      return { program, goOn: known.count < MOST_OF_A_KIND };
    }
    const slug = this.#freeSlug(slugOf(signature));
    const finding: Finding = {
      signature,
      folder: join(this.#means.folder, slug),
      count: 1,
      searches: new Set([as.strategy]),
      shrunk: undefined,
      as,
      original: located,
    };
    this.#found.set(signature, finding);
    this.#write(finding);
    if (this.#means.patches !== undefined) savePatches(finding.folder, this.#means.patches);
    this.#means.say(`found: ${signature}`);
    finding.shrunk = await shrink({
      runner,
      ran: located,
      same: (one) => signatureOf(one) === signature,
      until: performance.now() + this.#means.shrinkMs,
      signal,
    });
    this.#write(finding);
    this.#means.say(`  ${this.#howSmall(finding)}: ${join(finding.folder, PROGRAM)}`);
    return { program, goOn: true };
  }

  /** A guest that died took its trace along: once more, with each op told of before it is done. */
  async #locate(ran: Ran, runner: Runner, signal: AbortSignal): Promise<Ran> {
    if (ran.verdict?.kind === 'violates') return ran;
    const mode = { ...ran.batch.mode, careful: true };
    const batch = { ...ran.batch, name: `${ran.batch.name}-careful`, mode };
    const [again] = await runner.run([batch], signal).catch((error: unknown) => {
      if (error instanceof NoGuest) return [];
      throw error;
    });
    return again !== undefined && again.outcome.kind === 'died'
      ? { ...again, batch: { ...again.batch, mode } }
      : ran;
  }

  #freeSlug(slug: string): string {
    const taken = new Set(this.all.map(({ folder }) => folder));
    for (let n = 1; ; n++) {
      const name = n === 1 ? slug : `${slug}-${n}`;
      if (!taken.has(join(this.#means.folder, name))) return name;
    }
  }

  #keepTrace(folder: string, { outcome: { trace }, verdict }: Ran): void {
    const file = join(folder, FINDING_TRACE);
    if (trace === undefined || verdict?.kind !== 'violates') rmSync(file, { force: true });
    else writeFileSync(file, traceText([explain(verdict)], trace.setting, trace.words));
  }

  #howSmall({ shrunk, original }: Finding): string {
    if (shrunk === undefined) return 'it did not fail a second time; saved as it was';
    const [from, to] = [original.batch.script, shrunk.script].map(({ events }) => events.length);
    return `shrunk from ${from} ops to ${to} in ${shrunk.trials} trials${shrunk.minimal ? '' : ', out of time'}`;
  }

  #write(finding: Finding): void {
    const { folder, shrunk, original } = finding;
    mkdirSync(folder, { recursive: true });
    const best = shrunk?.ran ?? original;
    const { script } = original.batch;
    const text = fileOf(finding, shrunk?.script ?? script, best, shrunk?.times ?? 1);
    writeFileSync(join(folder, PROGRAM), text);
    if (shrunk !== undefined)
      writeFileSync(join(folder, 'original.prog'), fileOf(finding, script, original, 1));
    this.#keepTrace(folder, best);
    writeFileSync(join(folder, 'report.txt'), `${this.#howSmall(finding)}\n\n${reportOf(finding, best)}`);
  }
}

export const PROGRAM = 'program.prog';
/** What the program did, where the model does not allow it. */
export const FINDING_TRACE = 'program.trace';

const bare = ({ setting, events }: Script): Script => ({
  setting,
  events: events.map(({ call, thread }) => ({
    call,
    results: [],
    ...(thread === undefined ? {} : { thread }),
  })),
});

function fileOf({ signature, as, count }: Finding, script: Script, { batch }: Ran, times: number): string {
  const { careful, observe, faults, cover, signals, pressure, pauses } = batch.mode;
  const on = Object.entries({ careful, observe, faults, cover, signals, pressure }).filter(
    ([, value]) => value === true,
  );
  const header: FindingHeader = {
    ...{ signature, ...as, count },
    mode: on.length === 0 ? 'plain' : on.map(([name]) => name).join(' '),
    ...(pauses === undefined ? {} : { pauses }),
    ...(times === 1 ? {} : { times }),
  };
  return `# ${signature}\n${printHeader(header)}${printScript(bare(script))}`;
}

function reportOf(finding: Finding, { verdict, result }: Ran): string {
  const lines = [
    finding.signature,
    `seen ${finding.count} times, by ${[...finding.searches].join(', ')}`,
    '',
  ];
  if (verdict?.kind === 'violates') lines.push(explain(verdict), '');
  for (const { where, text } of result.failures) lines.push(`${where}: ${text}`);
  for (const { kind, title, text } of result.splats)
    lines.push(
      `${kind === 'hang' ? 'the kernel spins' : 'kernel log'}: ${title}`,
      ...text.split('\n').slice(0, LOG_LINES),
      '',
    );
  return `${lines.join('\n').trimEnd()}\n`;
}
