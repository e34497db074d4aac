// SPDX-License-Identifier: MIT
import type { Command } from 'commander';
import { type Block, blocksOf, type Row } from './blocks.js';
import { commandsBelow, remarksOf, type Typed } from './tree.js';

/** What the page says beyond its commands. */
export interface PageText {
  readonly version: string;
  readonly exit: readonly (readonly [string, string])[];
  readonly files: readonly (readonly [string, string])[];
  readonly environment: readonly (readonly [string, string])[];
}

/** A manual page of section 1, in the man(7) language, made of the command tree. Pure. */
export function manualPage(program: Command, text: PageText): string {
  const name = program.name();
  const lines = [
    `.TH ${name.toUpperCase()} 1 "" "${name} ${text.version}" "User Commands"`,
    ...['.SH NAME', `${name} \\- ${escaped(firstSentence(program.description()))}`],
    ...['.SH SYNOPSIS', `.B ${name}`, '.I command', '.RI [ options ]'],
    ...['.SH DESCRIPTION', ...plain(program.description())],
    '.SH COMMANDS',
    ...commandsBelow(program).flatMap(commandLines),
    ...section('EXIT STATUS', text.exit),
    ...section('FILES', text.files),
    ...section('ENVIRONMENT', text.environment),
    ...['.SH SEE ALSO', '.BR qemu\\-system\\-x86_64 (1),', '.BR git\\-bisect (1)'],
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines({ name, command }: Typed): string[] {
  const help = command.createHelp();
  const args = help.visibleArguments(command);
  const options = help.visibleOptions(command);
  const tagged = (term: string, meaning: string): string[] => [
    '.TP',
    `.B ${escaped(term)}`,
    ...plain(meaning),
  ];
  return [
    `.SS ${escaped(name)}`,
    `.B ${escaped(name)}`,
    ...plain(command.usage()),
    '.PP',
    ...plain(`${capital(command.description())}.`),
    ...args.flatMap((a) => tagged(help.argumentTerm(a), help.argumentDescription(a))),
    ...options.flatMap((o) => tagged(help.optionTerm(o), help.optionDescription(o))),
    ...remarkLines(remarksOf(command)),
  ];
}

const remarkLines = (remarks: string): string[] => blocksOf(remarks).flatMap(blockLines);

function blockLines(block: Block): string[] {
  switch (block.kind) {
    case 'blank':
      return [];
    case 'heading':
      return ['.PP', `.B ${escaped(block.text)}`];
    case 'paragraph':
      return ['.PP', ...plain(block.text)];
    case 'rows':
      return block.rows.flatMap(rowLines);
  }
}

const rowLines = ({ left, right }: Row): string[] => [
  '.PP',
  '.in +4n',
  `\\fB${escaped(left)}\\fR`,
  ...(right === '' ? [] : ['.br', ...plain(right)]),
  '.in',
];

const section = (title: string, rows: readonly (readonly [string, string])[]): string[] => [
  `.SH ${title}`,
  ...rows.flatMap(([term, meaning]) => ['.TP', `.B ${escaped(term)}`, ...plain(meaning)]),
];

/** Text as a line of roff: what begins with a control character would be taken for a request. */
const plain = (text: string): string[] => (text === '' ? [] : [guarded(escaped(text))]);

const guarded = (line: string): string => (/^[.']/.test(line) ? `\\&${line}` : line);

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replaceAll("'", '\\(aq')
    .replaceAll('"', '\\(dq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll(/\s+/g, ' ');
}

const firstSentence = (text: string): string => (/^.*?[.,]/.exec(text)?.[0] ?? text).replace(/[.,]$/, '');
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
