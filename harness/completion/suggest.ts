// SPDX-License-Identifier: MIT
import type { Argument, Command, Option } from 'commander';

/** One thing that can be typed next. */
export interface Item {
  readonly value: string;
  /** What it is, in a few words, for shells that show it. */
  readonly text: string;
}

/** What can be typed next, and whether names of files can as well. */
export interface Suggestion {
  readonly items: readonly Item[];
  readonly files: 'none' | 'files' | 'folders';
  /** Where only some files make sense: "prog", "trace". */
  readonly extensions: readonly string[];
}

/** What only the machine knows; each is asked for only when it is wanted. */
export interface Known {
  /** "import", "import@two-writers". */
  subtests(): Promise<readonly Item[]>;
  /** "debian:5.10". */
  kernels(): Promise<readonly Item[]>;
  /** Kinds and names of entries of the cache. */
  entries(): Promise<readonly Item[]>;
}

const NOTHING: Suggestion = { items: [], files: 'none', extensions: [] };

/** Where a command line is: its command, what has been given, and the option whose value comes next. */
interface Place {
  command: Command;
  given: Set<Option>;
  values: number;
  awaited: Option | undefined;
  optionsEnded: boolean;
}

/** What can stand in place of `current` behind `words` ("fencelab" not among them). Only what begins like it. */
export async function suggest(
  program: Command,
  words: readonly string[],
  current: string,
  known: Known,
): Promise<Suggestion> {
  const place = placeBehind(program, words);
  const { command, awaited, optionsEnded } = place;
  const assigned = /^(--[^=]+)=(.*)$/s.exec(current);
  if (awaited !== undefined) return begins(await valuesOf(awaited, known), current);
  if (!optionsEnded && assigned !== null) {
    const option = command.options.find(({ long }) => long === assigned[1]);
    if (option === undefined || option.hidden) return NOTHING;
    const found = begins(await valuesOf(option, known), assigned[2] ?? '');
    return { ...found, items: found.items.map((one) => ({ ...one, value: `${assigned[1]}=${one.value}` })) };
  }
  if (!optionsEnded && current.startsWith('-'))
    return begins({ ...NOTHING, items: optionItems(place, current) }, current);
  const help = command.createHelp();
  const commands = place.values > 0 ? [] : help.visibleCommands(command);
  const items = commands.map((one) => ({ value: one.name(), text: one.description() }));
  const argument = command.registeredArguments[place.values] ?? command.registeredArguments.at(-1);
  const isLeft =
    argument !== undefined && (place.values < command.registeredArguments.length || argument.variadic);
  const values = isLeft ? await argumentValues(argument, known) : NOTHING;
  return begins({ ...values, items: [...items, ...values.items] }, current);
}

function placeBehind(program: Command, words: readonly string[]): Place {
  const place: Place = {
    command: program,
    given: new Set(),
    values: 0,
    awaited: undefined,
    optionsEnded: false,
  };
  for (const word of words) {
    if (place.awaited !== undefined) place.awaited = undefined;
    else if (!place.optionsEnded && word === '--') place.optionsEnded = true;
    else if (!place.optionsEnded && word.startsWith('-') && word !== '-') optionIn(place, word);
    else {
      const below =
        place.values === 0 ? place.command.commands.find((one) => one.name() === word) : undefined;
      if (below === undefined) place.values++;
      else place.command = below;
    }
  }
  return place;
}

function optionIn(place: Place, word: string): void {
  const name = word.split('=')[0] ?? word;
  const option = place.command.options.find(({ long, short }) => long === name || short === name);
  if (option === undefined) return;
  place.given.add(option);
  if (option.required && !word.includes('=')) place.awaited = option;
}

/** Those that can still be given: again only if they add up. */
function optionItems({ command, given }: Place, current: string): Item[] {
  const visible = command.createHelp().visibleOptions(command);
  return visible
    .filter((option) => !given.has(option) || Array.isArray(option.defaultValue))
    .flatMap((option) => {
      const name = current.startsWith('--') ? option.long : (option.long ?? option.short);
      return name == null ? [] : [{ value: name, text: option.description }];
    });
}

/** What help says of a value tells what it is; tests see to it that it does. */
async function wordsOf(description: string, known: Known): Promise<readonly Item[] | undefined> {
  if (description.includes('PROGRAM@SUBTEST')) return known.subtests();
  if (description.includes('debian:VERSION') || description === 'may be repeated') return known.kernels();
  return description.includes('names of entries') ? known.entries() : undefined;
}

async function valuesOf(option: Option, known: Known): Promise<Suggestion> {
  if (option.argChoices !== undefined)
    return { ...NOTHING, items: option.argChoices.map((value) => ({ value, text: '' })) };
  const name = /<(\w+)/.exec(option.flags)?.[1] ?? '';
  const items = (await wordsOf(option.description, known)) ?? quoted(option.description, name);
  if (name === 'folder') return { ...NOTHING, items, files: 'folders' };
  const isFile = name === 'file' || name === 'what';
  return { ...NOTHING, items, files: isFile ? 'files' : 'none' };
}

/** Words that stand in quotes in what an option's help says of it: "none", "auto". */
const quoted = (description: string, name: string): Item[] =>
  name === 'what'
    ? [...description.matchAll(/"([a-z]+)"/g)].map(([, value = '']) => ({ value, text: '' }))
    : [];

async function argumentValues(argument: Argument, known: Known): Promise<Suggestion> {
  if (argument.argChoices !== undefined)
    return { ...NOTHING, items: argument.argChoices.map((value) => ({ value, text: '' })) };
  const items = await wordsOf(argument.description, known);
  if (items !== undefined) return { ...NOTHING, items };
  const extensions = [
    ...new Set(
      [...argument.description.matchAll(/\.?\b(prog|trace|tar\.gz|toml)\b/g)].map((m) => m[1] ?? ''),
    ),
  ];
  const isFolder = /^(?:a )?folder/.test(argument.description) && extensions.length === 0;
  const isFile = extensions.length > 0 || /file/i.test(`${argument.name()} ${argument.description}`);
  return { ...NOTHING, files: isFolder ? 'folders' : isFile ? 'files' : 'none', extensions };
}

const begins = (suggestion: Suggestion, current: string): Suggestion => ({
  ...suggestion,
  items: suggestion.items.filter(({ value }) => value.startsWith(current)),
});

/**
 * Words of a line up to the cursor, as a shell splits them; the last is the one that is being typed ("" behind a blank).
 * Quotes that are open are closed at the end.
 */
export function splitLine(line: string): string[] {
  const words: string[] = [''];
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? '';
    const last = words.length - 1;
    if (character === '\\' && quote !== "'") words[last] += line[++at] ?? '';
    else if (quote !== '') {
      if (character === quote) quote = '';
      else words[last] += character;
    } else if (character === '"' || character === "'") quote = character;
    else if (/\s/.test(character)) {
      if (words[last] !== '') words.push('');
    } else words[last] += character;
  }
  return words;
}
