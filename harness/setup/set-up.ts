// SPDX-License-Identifier: MIT
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { $, ProcessOutput } from 'zx';
import { EXIT, FencelabError, UntestableError } from '../errors.js';
import { type Finished, run, tail, whyFailed } from '../process/run.js';
import type { Progress } from '../progress/progress.js';
import type { Need } from './packages.js';

/**
 * Which of `needs` this machine lacks: by dpkg's own word where there is dpkg, else by looking for the file.
 * @throws UntestableError where dpkg-query does not answer. Its silence is no word on any package.
 */
export async function missing(needs: readonly Need[]): Promise<readonly Need[]> {
  if (!inPath('dpkg-query')) return needs.filter((need) => !isShown(need));
  const installed = await installedPackages(needs.map((n) => n.package));
  // A tool built by hand is as good as a package, but a library's header may belong to another version: ask dpkg for both.
  return needs.filter((need) => !installed.has(need.package));
}

async function installedPackages(names: readonly string[]): Promise<ReadonlySet<string>> {
  // In a group of its own, for the terminal's Ctrl-C. What ends a whole job (scancel) still reaches it, at times before us.
  const ask = (): Promise<Finished> => run('dpkg-query', ['-W', QUERY_FORMAT, ...names], { group: true });
  const first = await ask();
  const asked = first.signal === undefined ? first : await ask();
  // 1: it knows not all of the packages (dpkg-query(1))
  if (asked.exitCode !== 0 && asked.exitCode !== 1)
    throw new UntestableError(
      `which packages this machine has is not known: dpkg-query ${whyFailed(asked)}`,
      { detail: tail(asked.output, 8), remedy: 'Run the same command again.' },
    );
  const installed = asked.stdout.split('\n').filter((line) => line.endsWith(' installed'));
  return new Set(installed.map((line) => line.slice(0, line.indexOf(' '))));
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
const QUERY_FORMAT = '-f=${Package} ${db:Status-Status}\n';

function inPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function isShown(need: Need): boolean {
  return 'program' in need.shownBy ? inPath(need.shownBy.program) : existsSync(need.shownBy.file);
}

/**
 * Install what is missing with apt, as root or through sudo. Does nothing, in some milliseconds, where nothing is missing.
 * `signal` ends it while packages are looked for and downloaded; once dpkg unpacks them it is let finish, as a dpkg that
 * was interrupted refuses all that comes after it.
 * @throws FencelabError (exit 125) naming the packages, where that is not possible.
 */
export async function ensure(
  needs: readonly Need[],
  progress: Progress,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const lacking = await missing(needs);
  signal.throwIfAborted();
  if (lacking.length === 0) return;
  const names = lacking.map((n) => n.package);
  const byHand = `Install them yourself, then run the same command again:\n  apt-get install ${names.join(' ')}`;
  const refuse = (why: string, detail?: string): FencelabError =>
    new FencelabError(EXIT.untestable, `this machine lacks ${names.join(', ')}, and ${why}`, {
      remedy: byHand,
      detail,
    });
  if (!inPath('apt-get')) throw refuse('it has no apt-get to install them with');
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (asRoot.length > 0 && !inPath('sudo')) throw refuse('installing needs root or sudo');
  const stage = progress.stage('Install system packages');
  stage.update(names.join(' '));
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Detached: what the terminal sends to us must not reach dpkg
  const apt = $({ env, quiet: true, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const until = apt({ signal });
  const install = [...asRoot, 'apt-get', 'install', '-y', '-qq', '--no-install-recommends'];
  try {
    await until`${[...asRoot, 'apt-get', 'update', '-qq']}`;
    await until`${[...install, '--download-only', ...names]}`;
    signal.throwIfAborted();
    await apt`${[...install, ...names]}`;
  } catch (error) {
    stage.fail(signal.aborted ? 'interrupted' : 'apt-get failed');
    signal.throwIfAborted();
    const detail = error instanceof ProcessOutput ? tail(`${error.stdout}${error.stderr}`, 8) : String(error);
    throw refuse('apt-get could not install them', detail);
  }
  stage.end(names.join(' '));
}
