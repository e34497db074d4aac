// SPDX-License-Identifier: MIT
import {
  isRed,
  isUndecided,
  type RunSummary,
  type Splat,
  type SubtestResult,
  splatLine,
} from '../result/result.js';
import { byProgram } from './grouping.js';
import { type Case, document, ERRORS, suite } from './junit-suites.js';
import { guestEndLine, knownLines, modelLine, reasons, VERDICTS, verdictWord } from './lines.js';
import type { Reporter, Sink } from './reporter.js';
import { type Element, element } from './xml.js';

/** JUnit XML, as CI services read it: a suite for each program, and one for the run as a whole. */
export function junitReporter(file: Sink): Reporter {
  return {
    name: 'junit',
    ownsStdout: false,
    on: (event) => {
      if (event.kind === 'end') file.write(junitXml(event.summary));
      if (event.kind === 'untestable') file.write(untestableXml(event.reason));
    },
  };
}

export function junitXml(summary: RunSummary): string {
  const suites = byProgram(summary).map(({ program, subtests }) => {
    const results = subtests.flatMap(({ result, dynamic }) => [result, ...dynamic]);
    return suite(program, results.map(caseOf), summary.startedAt);
  });
  return document([...suites, suite('run', [runCase(summary)], summary.startedAt)]);
}

function untestableXml(reason: string): string {
  const body = element('error', { type: 'untestable', message: reason }, reason);
  const run = element('testcase', { classname: 'run', name: 'verdict', time: '0.000' }, body);
  return document([suite('run', [{ element: run, seconds: 0, what: 'error' }], undefined)]);
}

function caseOf(result: SubtestResult): Case {
  const name = result.dynamic === undefined ? result.subtest : `${result.subtest}@${result.dynamic}`;
  const seconds = result.milliseconds / 1000;
  const attributes = { classname: result.program, name, time: seconds.toFixed(3) };
  const out = systemOut(result);
  if (!isRed(result)) {
    const skipped = result.outcome === 'skip';
    const inner = skipped ? [element('skipped', { message: result.skipReason ?? 'no reason given' })] : out;
    return {
      element: element('testcase', attributes, ...inner),
      seconds,
      what: skipped ? 'skipped' : 'pass',
    };
  }
  const what = ERRORS.includes(result.outcome) ? 'error' : 'failure';
  const why = reasons(result);
  const text = [
    ...(result.promises.length > 0 ? [`defends ${result.promises.join(', ')}: ${result.purpose}`] : []),
    ...why,
    ...(result.model?.kind === 'violates'
      ? [`\nmodel: ${result.model.text}again: ${result.model.again}`]
      : []),
    ...result.splats.map((splat) => `\n${splat.text}`),
  ].join('\n');
  const body = element(what, { type: typeOf(result), message: why[0] ?? '' }, text);
  return { element: element('testcase', attributes, body, ...out), seconds, what };
}

function typeOf(result: SubtestResult): string {
  const [splat] = result.splats;
  const word = verdictWord(result);
  return word === 'splat' && splat ? splat.kind : word;
}

/** One element at most: some readers take only the first. */
function systemOut(result: SubtestResult): Element[] {
  const lines = [
    ...result.notes,
    ...knownLines(result),
    ...(isUndecided(result) ? [modelLine(result) ?? ''] : []),
  ];
  return lines.length === 0 ? [] : [element('system-out', {}, lines.join('\n'))];
}

/** The verdict, with what belongs to no subtest. */
function runCase(summary: RunSummary): Case {
  const seconds = 0; // the subtests have their own; twice would be too much
  const attributes = { classname: 'run', name: 'verdict', time: seconds.toFixed(3) };
  if (summary.verdict === 'holds') return { element: element('testcase', attributes), seconds, what: 'pass' };
  const splats: readonly Splat[] = summary.guests.flatMap((guest) => guest.splats);
  const early = summary.guests.map((guest) => guestEndLine(guest, 0)).filter((line) => line !== undefined);
  const message = [VERDICTS[summary.verdict], summary.reason].filter((part) => part !== undefined).join(': ');
  const text = [message, ...early, ...splats.map((s) => `${splatLine(s)}\n${s.text}`)].join('\n');
  const what = summary.verdict === 'untestable' ? 'error' : 'failure';
  return {
    element: element('testcase', attributes, element(what, { type: summary.verdict, message }, text)),
    seconds,
    what,
  };
}
