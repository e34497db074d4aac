// SPDX-License-Identifier: MIT
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { UntestableError } from '../../errors.js';
import { type Finished, run, tail, whyFailed } from '../../process/run.js';
import { exists } from '../source.js';
import type { Stats } from './scan.js';

/**
 * What a build in the tree itself leaves behind, wherever it may be. Everything that kbuild makes has a `.NAME.cmd`
 * beside it too, see {@link withoutProducts}; these are the rest.
 */
const PRODUCTS = [
  ...['.*', '*.o', '*.a', '*.ko', '*.mod', '*.mod.c', '*.cmd', '*.order', '*.symvers', '*.dtb', '*.dtb.S'],
  ...['*.lex.c', '*.tab.[ch]', '*.asn1.[ch]', '*.elf', '*.so', '*.so.dbg', '*.gcno', '*.gcda', '*.su'],
  ...['*.rej', '*.orig', '*~', 'vmlinux', 'bzImage', 'modules.builtin*'],
  ...['/include/config/', '/include/generated/', '/include/ksym/', '/arch/*/include/generated/'],
];

/** Files that only look like products. */
const SOURCES_ALL_THE_SAME = new Set(['.gitignore', '.gitattributes', '.mailmap', '.clang-format']);

/**
 * Which files of a tree are its source. A git checkout says it itself: what is tracked or could be, uncommitted
 * changes and new files included. For a plain tree the .gitignore files below its top say it, with the list above:
 * distributions change the one at the top (Debian's ignores everything).
 */
export async function sourceFiles(
  tree: string,
  files: Stats,
  scratch: string,
  signal: AbortSignal,
): Promise<Set<string>> {
  const listed = (await isGitTop(tree, signal))
    ? await git(tree, ['ls-files', '-z', '-co', '--exclude-standard'], signal)
    : await listPlain(tree, files, scratch, signal);
  const belong = new Set<string>();
  for (const path of listed) if (files.has(path)) belong.add(path);
  return withoutBuildFolders(withoutProducts(belong, files), files);
}

/** Drop what kbuild made: `X` where there is a `.X.cmd`. Tracked files never have one, so this is safe in a checkout. */
export function withoutProducts(belong: ReadonlySet<string>, files: Stats): Set<string> {
  const products = new Set<string>();
  for (const path of files.keys()) {
    const made = /^(.*\/)?\.([^/]+)\.cmd$/.exec(path);
    if (made !== null) products.add(`${made[1] ?? ''}${made[2]}`);
  }
  return new Set([...belong].filter((path) => !products.has(path)));
}

/** Drop `O=` folders that someone keeps inside the tree: those with a .config and a `source` link back. */
function withoutBuildFolders(belong: ReadonlySet<string>, files: Stats): Set<string> {
  const folders = [...files.keys()]
    .filter((path) => path.endsWith('/source') && files.has(`${path.slice(0, -'source'.length)}.config`))
    .map((path) => path.slice(0, -'source'.length));
  if (folders.length === 0) return new Set(belong);
  return new Set([...belong].filter((path) => !folders.some((folder) => path.startsWith(folder))));
}

async function isGitTop(tree: string, signal: AbortSignal): Promise<boolean> {
  if (!(await exists(join(tree, '.git')))) return false;
  const asked = await run('env', gitCommand(tree, ['rev-parse', '--show-toplevel']), { cwd: tree, signal });
  signal.throwIfAborted();
  return asked.ok && (await realpath(asked.stdout)) === (await realpath(tree));
}

/** List a plain tree with the help of git, folder by folder, so that the .gitignore at the top is not read. */
async function listPlain(
  tree: string,
  files: Stats,
  scratch: string,
  signal: AbortSignal,
): Promise<string[]> {
  const empty = join(scratch, 'no-repository');
  if (!(await exists(join(empty, 'HEAD')))) {
    await mkdir(scratch, { recursive: true });
    const made = await run('git', ['init', '-q', '--bare', empty], { signal });
    if (!made.ok) throw new UntestableError(`git init ${whyFailed(made)}.`, { detail: tail(made.output) });
  }
  const tops = new Set<string>();
  const found: string[] = [];
  for (const path of files.keys()) {
    const slash = path.indexOf('/');
    if (slash > 0) tops.add(path.slice(0, slash));
    else if (!isProductAtTop(path)) found.push(path);
  }
  const patterns = PRODUCTS.filter((pattern) => !pattern.startsWith('/'));
  for (const top of tops) {
    if (top.startsWith('.')) continue;
    const anchored = PRODUCTS.filter((pattern) => pattern.startsWith(`/${top}/`)).map((pattern) =>
      pattern.slice(top.length + 1),
    );
    const excludes = [...patterns, ...anchored].flatMap((pattern) => ['-x', pattern]);
    const options = [`--git-dir=${empty}`, `--work-tree=${join(tree, top)}`, '-c', 'core.bare=false'];
    const args = ['ls-files', '-z', '-o', '--exclude-per-directory=.gitignore', ...excludes];
    for (const path of await git(join(tree, top), args, signal, options)) found.push(`${top}/${path}`);
  }
  for (const path of files.keys()) if (SOURCES_ALL_THE_SAME.has(path.replace(/^.*\//, ''))) found.push(path);
  return found;
}

function isProductAtTop(name: string): boolean {
  if (name.startsWith('.')) return !SOURCES_ALL_THE_SAME.has(name);
  return /^(vmlinux.*|System\.map|Module\..*|modules.*|.*\.(o|a|cmd|order|symvers|rej|orig)|tags|TAGS|cscope\..*)$/.test(
    name,
  );
}

async function git(
  cwd: string,
  args: readonly string[],
  signal: AbortSignal,
  options: readonly string[] = [],
): Promise<string[]> {
  const done: Finished = await run('env', gitCommand(cwd, args, options), { cwd, signal });
  signal.throwIfAborted();
  if (!done.ok)
    throw new UntestableError(`git could not list ${cwd}: git ${args[0]} ${whyFailed(done)}.`, {
      detail: tail(done.stderr),
    });
  return done.stdout.split('\0').filter((path) => path !== '');
}

/**
 * git that writes nothing to the checkout, whoever owns it, whatever the user's own ignore file says, and although
 * `git bisect run` may have set GIT_DIR.
 */
function gitCommand(folder: string, args: readonly string[], options: readonly string[] = []): string[] {
  const unset = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX'].flatMap((name) => ['-u', name]);
  const settings = [`safe.directory=${folder}`, 'core.excludesFile=/dev/null', 'core.fsmonitor=false'];
  return [
    ...unset,
    'LC_ALL=C',
    'GIT_OPTIONAL_LOCKS=0',
    'git',
    ...settings.flatMap((each) => ['-c', each]),
    ...options,
    ...args,
  ];
}
