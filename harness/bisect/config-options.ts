// SPDX-License-Identifier: MIT

/** An option in which two configurations differ. Values as .config spells them; `n` where it is not set. */
export interface Option {
  readonly symbol: string;
  readonly good: string;
  readonly bad: string;
}

/** Every option in which they differ, by name. */
export function differing(good: ReadonlyMap<string, string>, bad: ReadonlyMap<string, string>): Option[] {
  const symbols = new Set([...good.keys(), ...bad.keys()]);
  return [...symbols]
    .map((symbol) => ({ symbol, good: good.get(symbol) ?? 'n', bad: bad.get(symbol) ?? 'n' }))
    .filter((option) => option.good !== option.bad)
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

/** The good configuration, with the bad one's value for some options. */
export function composed(good: ReadonlyMap<string, string>, chosen: readonly Option[]): string {
  const values = new Map(good);
  for (const { symbol, bad } of chosen) values.set(symbol, bad);
  return [...values]
    .map(([symbol, value]) =>
      value === 'n' ? `# CONFIG_${symbol} is not set\n` : `CONFIG_${symbol}=${value}\n`,
    )
    .join('');
}

/** An option that did not come out as it was asked for. */
export interface Overridden {
  readonly symbol: string;
  readonly asked: string;
  readonly got: string;
}

/** What the kernel's configuration made of the options in question. */
export function overridden(
  all: readonly Option[],
  chosen: readonly Option[],
  effective: ReadonlyMap<string, string>,
): Overridden[] {
  const on = new Set(chosen.map(({ symbol }) => symbol));
  return all
    .map(({ symbol, good, bad }) => ({
      symbol,
      asked: on.has(symbol) ? bad : good,
      got: effective.get(symbol) ?? 'n',
    }))
    .filter(({ asked, got }) => asked !== got);
}

/** "CONFIG_PREEMPT: n -> y" */
export const optionLine = ({ symbol, good, bad }: Option): string => `CONFIG_${symbol}: ${good} -> ${bad}`;
