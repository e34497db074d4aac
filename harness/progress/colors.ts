// SPDX-License-Identifier: MIT
import picocolors from 'picocolors';

export type Colors = Pick<
  ReturnType<typeof picocolors.createColors>,
  'green' | 'red' | 'yellow' | 'dim' | 'bold'
>;

export const noColors: Colors = picocolors.createColors(false);

export type Env = Readonly<Record<string, string | undefined>>;

/** Colours on a terminal, unless NO_COLOR says no or FORCE_COLOR says yes (no-color.org; an empty value is none). */
export function colorsFor(isTerminal: boolean, env: Env): Colors {
  const force = env['FORCE_COLOR'];
  const wanted = env['NO_COLOR']
    ? false
    : force !== undefined && force !== ''
      ? force !== '0' && force !== 'false'
      : isTerminal && env['TERM'] !== 'dumb';
  return picocolors.createColors(wanted);
}
