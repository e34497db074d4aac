// SPDX-License-Identifier: MIT
import { run } from '../process/run.js';
import type { Requirement } from './fragments.js';

/** The symbols of a .config that are set, with their values as written. */
export function parseConfig(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const match of text.matchAll(/^CONFIG_(\w+)=(.*)$/gm)) {
    const [, symbol, value] = match;
    if (symbol !== undefined && value !== undefined) values.set(symbol, value);
  }
  return values;
}

/** A requirement that a configuration does not meet. */
export interface Unmet {
  readonly requirement: Requirement;
  readonly got: string;
}

/** Which requirements a configuration does not meet; a symbol it does not name is `n`. */
export function unmet(requirements: readonly Requirement[], config: ReadonlyMap<string, string>): Unmet[] {
  return requirements
    .map((requirement) => ({ requirement, got: config.get(requirement.symbol) ?? 'n' }))
    .filter(({ requirement, got }) => got !== requirement.value);
}

/** What a tree's Kconfig files say of one symbol. */
export interface SymbolFacts {
  /** "drivers/dma-buf/Kconfig:12"; empty when the tree does not know the symbol. */
  readonly places: readonly string[];
  /** The expressions of its own `depends on` lines. */
  readonly dependsOn: readonly string[];
}

/** Look a symbol up in a tree. `if` blocks and menus around it are not looked at. */
export async function lookUp(tree: string, symbol: string, signal: AbortSignal): Promise<SymbolFacts> {
  const pattern = `^[[:space:]]*(menu)?config[[:space:]]+${symbol}[[:space:]]*$`;
  // The help of a symbol may be long, its `depends on` lines are near the top.
  const args = ['-rnE', '-A', '30', '--include=Kconfig*', pattern, '.'];
  const found = await run('grep', args, { cwd: tree, signal, env: { LC_ALL: 'C' } });
  signal.throwIfAborted();
  return parseFacts(found.stdout, symbol);
}

/** Read `grep -rn -A`: `FILE:LINE:text` for the match, `FILE-LINE-text` after it, `--` between blocks. */
export function parseFacts(text: string, symbol: string): SymbolFacts {
  const places: string[] = [];
  const dependsOn: string[] = [];
  let inside = false;
  for (const line of text.split('\n')) {
    const start = /^(?:\.\/)?(.+):(\d+):\s*(?:menu)?config\s+(\w+)\s*$/.exec(line);
    if (start !== null) {
      inside = start[3] === symbol;
      if (inside) places.push(`${start[1]}:${start[2]}`);
      continue;
    }
    const content = /^(?:\.\/)?.+?-\d+-(.*)$/.exec(line)?.[1] ?? '';
    if (/^\s*(?:(?:menu)?config|choice|endchoice|menu|endmenu|if|endif|source|comment)\b/.test(content))
      inside = false;
    const depends = /^\s*depends on\s+(.*?)\s*(?:#.*)?$/.exec(content)?.[1];
    if (inside && depends !== undefined) dependsOn.push(depends);
  }
  return { places, dependsOn };
}

/** "depends on DRM && PCI (PCI=n)": an unmet requirement in one line, for an error. */
export function explain(miss: Unmet, facts: SymbolFacts, config: ReadonlyMap<string, string>): string {
  const { symbol, value, from } = miss.requirement;
  const asked = `CONFIG_${symbol}=${value} (${from}) became ${miss.got}`;
  if (facts.places.length === 0) return `${asked}: this kernel does not know the symbol`;
  const where = facts.places.join(', ');
  if (facts.dependsOn.length === 0) return `${asked}: see ${where} and what is around it`;
  const symbols = new Set(facts.dependsOn.join(' ').match(/\b[A-Z][A-Z0-9_]*\b/g) ?? []);
  const values = [...symbols].map((each) => `${each}=${config.get(each) ?? 'n'}`).join(', ');
  return `${asked}: depends on ${facts.dependsOn.join(' && ')} (here ${values}), see ${where}`;
}
