// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

/**
 * Who may import whom. A folder may always import itself, and beyond that what its row names: folders and files of the
 * project, packages, `node:` for Node's own modules. A folder without a row may import nothing; the longest row that fits
 * counts.
 */
export const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  // The reference model: readable as a specification, run by anything.
  'models/': [],
  // What was said and what it means: no files, no processes, no clock.
  'harness/result/': [],
  'harness/channel/': ['harness/result/', 'harness/errors.ts'],
  'harness/console/': ['harness/result/'],
  'harness/trace/': ['harness/result/', 'models/index.ts'],
  // Where the reference model is asked; all others see its verdicts only.
  'harness/model/': ['harness/result/', 'harness/channel/', 'harness/trace/', 'models/index.ts'],
  // What people and machines are shown: sees results, never how they came about.
  'harness/progress/': ['log-update', 'picocolors'],
  'harness/report/': [
    ...['harness/result/', 'harness/progress/', 'harness/reading/', 'harness/errors.ts'],
    ...['node:crypto', 'zod'],
  ],
  // The stages of a run. None knows a later one.
  'harness/errors.ts': [],
  'harness/folders.ts': ['node:'],
  // Files and names that people write: what is wrong in them, and where.
  'harness/reading/': ['harness/errors.ts', 'zod'],
  'harness/process/': ['execa'],
  'harness/setup/': ['harness/errors.ts', 'harness/process/', 'harness/progress/', 'node:', 'zx'],
  'harness/cache/': [
    ...['harness/errors.ts', 'harness/process/', 'harness/progress/'],
    ...['node:', 'proper-lockfile', 'zod'],
  ],
  // What can be deleted, and what should be.
  'harness/clean/': ['harness/cache/', 'harness/progress/', 'node:'],
  'harness/kernel/': [
    ...['harness/errors.ts', 'harness/folders.ts', 'harness/process/', 'harness/progress/', 'harness/cache/'],
    ...['node:', 'execa', 'zod'],
  ],
  // What this machine has and lacks.
  'harness/doctor/': [
    ...[
      'harness/errors.ts',
      'harness/process/',
      'harness/cache/',
      'harness/clean/',
      'harness/kernel/debian/',
    ],
    ...['node:', 'zod'],
  ],
  'harness/guest/': [
    ...['harness/errors.ts', 'harness/folders.ts', 'harness/process/', 'harness/progress/', 'harness/cache/'],
    'node:',
  ],
  // Which code was reached.
  'harness/cover/': [
    ...['harness/errors.ts', 'harness/folders.ts', 'harness/process/', 'harness/cache/', 'harness/trace/'],
    ...['harness/reading/', 'node:', 'zod'],
  ],
  'harness/programs/': ['harness/errors.ts', 'models/index.ts', 'node:'],
  'harness/vm/': ['harness/errors.ts', 'harness/folders.ts', 'harness/process/', 'node:', 'execa', 'zod'],
  'harness/record/': [
    ...['harness/errors.ts', 'harness/reading/', 'harness/result/', 'harness/vm/qemu-args.ts'],
    ...['node:', 'tar', 'zod'],
  ],
  'harness/drive/': [
    ...['harness/errors.ts', 'harness/result/', 'harness/channel/', 'harness/console/', 'harness/vm/'],
    ...['harness/trace/', 'harness/model/', 'harness/reading/'],
    ...['node:', 'picomatch'],
  ],
  // Programs as C, for people who do not have fencelab.
  'harness/standalone/': ['harness/errors.ts', 'models/index.ts'],
  // Searching: what to try next, and what becomes of a failure.
  'harness/explore/': [
    ...['harness/errors.ts', 'harness/result/', 'harness/drive/', 'harness/model/', 'harness/programs/'],
    ...['harness/progress/', 'harness/record/', 'harness/vm/', 'harness/cover/', 'models/index.ts'],
    ...['harness/reading/', 'node:', 'zod'],
  ],
  // Searching among commits, patches and options: what to try next, and what to say of it.
  'harness/bisect/': [
    ...['harness/result/', 'harness/explore/signature.ts', 'harness/report/lines.ts'],
    ...['harness/progress/words.ts', 'zod'],
  ],
  // Where in a run a debugger has to stop.
  'harness/debug/': [
    ...[
      'harness/errors.ts',
      'harness/process/',
      'harness/progress/',
      'harness/trace/',
      'models/index.ts',
      'node:',
    ],
  ],
  // Help of the command tree: on lines that fit, as a manual page.
  'harness/help/': ['harness/progress/words.ts', 'commander'],
  // What can be typed next.
  'harness/completion/': ['commander'],
  // Many kernels in one night: what is planned, what is expected, what is new.
  'harness/nightly/': [
    ...['harness/errors.ts', 'harness/result/', 'harness/progress/', 'harness/report/lines.ts'],
    ...['harness/explore/plan.ts', 'harness/explore/signature.ts', 'harness/reading/near.ts'],
    ...['node:crypto', 'picomatch', 'smol-toml', 'zod'],
  ],
  'harness/history/': [
    ...['harness/errors.ts', 'harness/result/', 'harness/progress/', 'harness/cache/lock.ts'],
    ...['harness/report/night-json.ts', 'node:', 'node-sqlite3-wasm', 'zod'],
  ],
  // One page to look at: made of results and traces, no files, no clock.
  'harness/html/': [
    ...['harness/errors.ts', 'harness/result/', 'harness/report/', 'harness/progress/words.ts'],
    ...[
      'harness/cover/coverage-file.ts',
      'harness/explore/row.ts',
      'harness/explore/table.ts',
      'models/index.ts',
      'node:crypto',
      'node:path/posix',
      'zod',
    ],
  ],
  // Where they are put together.
  'harness/commands/': ['harness/', 'models/index.ts', 'node:', 'commander', 'picocolors'],
  'harness/main.ts': ['harness/', 'node:', 'commander'],
  'ci/': ['harness/', 'models/', 'node:', 'execa', 'tap-parser', 'typescript', 'zod'],
};

/** Folders whose code may not touch the process it runs in either. */
export const PURE: readonly string[] = [
  'models/',
  ...['harness/result/', 'harness/channel/', 'harness/console/', 'harness/trace/', 'harness/model/'],
  'harness/standalone/',
];
const IMPURE_GLOBALS = new Set([
  'process',
  'Buffer',
  'require',
  'fetch',
  'setTimeout',
  'setInterval',
  'performance',
  'Date',
]);

/** Tests may use these besides, and whatever is made for tests. */
const FOR_TESTS: readonly string[] = [
  ...[
    'node:',
    'tap',
    'fast-check',
    'tap-parser',
    'saxes',
    'ajv',
    'yaml',
    'playwright-core',
    'models/index.ts',
  ],
];
/** Tests, their helpers, arbitraries and benches: nothing that a user's command runs. */
const isTest = (file: string): boolean =>
  /\.(?:test|guest)\.ts$|\/testing\/|\/(?:arbitrary|bench)\.ts$/.test(file);

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** What one file does that its folder may not. `file` is its path from the project's root, with "/". */
export function checkFile(file: string, text: string): Violation[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const own = rowFor(file);
  const imports = ts.preProcessFile(text, true, true).importedFiles.flatMap(({ fileName, pos }) => {
    const target = resolveImport(file, fileName);
    if (own !== undefined && mayImport(file, own, target)) return [];
    const why = own === undefined ? 'its folder has no row' : `${own} may not`;
    return [violation(source, pos, `imports ${target}: ${why} (the table is in ci/imports.ts)`)];
  });
  return [...imports, ...impurities(source)];
}

function rowFor(file: string): string | undefined {
  return Object.keys(ALLOWED)
    .filter((row) => fits(file, row))
    .sort((a, b) => b.length - a.length)[0];
}

/** "harness/vm/" fits everything below it, "harness/errors.ts" that file, "node:" Node's modules, "zod" zod/anything. */
function fits(target: string, entry: string): boolean {
  if (entry.endsWith('/') || entry === 'node:') return target.startsWith(entry);
  return target === entry || target.startsWith(`${entry}/`);
}

function mayImport(file: string, own: string, target: string): boolean {
  if (fits(target, own) || (ALLOWED[own] ?? []).some((entry) => fits(target, entry))) return true;
  return isTest(file) && (FOR_TESTS.some((entry) => fits(target, entry)) || /\/testing\//.test(target));
}

/** From "./x.js" in harness/report/y.ts to "harness/report/x.ts"; packages as they are. */
function resolveImport(file: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');
}

function impurities(source: ts.SourceFile): Violation[] {
  const file = source.fileName;
  if (isTest(file) || !PURE.some((folder) => file.startsWith(folder))) return [];
  const found: Violation[] = [];
  const own = ownNames(source);
  const visit = (node: ts.Node): void => {
    if (
      ts.isIdentifier(node) &&
      IMPURE_GLOBALS.has(node.text) &&
      !own.has(node.text) &&
      !isMemberName(node) &&
      !isLocal(node)
    )
      found.push(violation(source, node.getStart(source), `uses ${node.text}, but its folder is pure`));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** What the file imports or declares at its top: a `Buffer` of the model's own is not Node's. */
function ownNames(source: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      const bindings = statement.importClause?.namedBindings;
      if (bindings !== undefined && ts.isNamedImports(bindings))
        for (const element of bindings.elements) names.add(element.name.text);
    } else if (
      (ts.isInterfaceDeclaration(statement) ||
        ts.isTypeAliasDeclaration(statement) ||
        ts.isClassDeclaration(statement) ||
        ts.isFunctionDeclaration(statement)) &&
      statement.name !== undefined
    )
      names.add(statement.name.text);
  }
  return names;
}

/** A parameter or variable of that name is declared around it: a `process` of the model's own is not Node's. */
function isLocal(node: ts.Identifier): boolean {
  const declares = (name: ts.BindingName): boolean =>
    ts.isIdentifier(name)
      ? name.text === node.text
      : name.elements.some((e) => ts.isBindingElement(e) && declares(e.name));
  const inList = (list: ts.Node | undefined): boolean =>
    list !== undefined &&
    ts.isVariableDeclarationList(list) &&
    list.declarations.some((d) => declares(d.name));
  for (let around: ts.Node = node.parent; !ts.isSourceFile(around); around = around.parent) {
    if (ts.isFunctionLike(around) && around.parameters.some((p) => declares(p.name))) return true;
    if (ts.isForStatement(around) || ts.isForOfStatement(around) || ts.isForInStatement(around))
      if (inList(around.initializer)) return true;
    if (ts.isBlock(around) || ts.isCaseOrDefaultClause(around))
      if (around.statements.some((s) => ts.isVariableStatement(s) && inList(s.declarationList))) return true;
  }
  return false;
}

/** The name in `x.process`, `{ process: 1 }` or an interface is no global. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) return parent.name === node;
  return ts.isMethodDeclaration(parent) || ts.isMethodSignature(parent) || ts.isPropertyDeclaration(parent);
}

function violation(source: ts.SourceFile, pos: number, text: string): Violation {
  return { file: source.fileName, line: source.getLineAndCharacterOfPosition(pos).line + 1, text };
}

/** Every TypeScript file below these folders of the project. */
export function checkProject(
  root: string,
  folders: readonly string[],
): { files: number; violations: Violation[] } {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => posix.join(folder, name.replaceAll('\\', '/'))),
  );
  const violations = files.flatMap((file) => checkFile(file, readFileSync(join(root, file), 'utf8')));
  return { files: files.length, violations };
}
