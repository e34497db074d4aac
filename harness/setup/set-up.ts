// SPDX-License-Identifier: MIT
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { $, ProcessOutput } from 'zx';
import { EXIT, FencelabError } from '../errors.js';
import { tail } from '../process/run.js';
import type { Progress } from '../progress/progress.js';
import type { Need } from './packages.js';

/** Which of `needs` this machine lacks: by dpkg's own word where there is dpkg, else by looking for the file. */
export async function missing(needs: readonly Need[]): Promise<readonly Need[]> {
  const dpkg = inPath('dpkg-query');
  if (!dpkg) return needs.filter((need) => !isShown(need));
  const installed = await installedPackages(needs.map((n) => n.package));
  // A tool built by hand is as good as a package, but a library's header may belong to another version: ask dpkg for both.
  return needs.filter((need) => !installed.has(need.package));
}

async function installedPackages(names: readonly string[]): Promise<ReadonlySet<string>> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const format = '-f=${Package} ${db:Status-Status}\n';
  const r = await $({ nothrow: true, quiet: true })`dpkg-query -W ${format} ${[...names]}`;
  const installed = r.stdout.split('\n').filter((line) => line.endsWith(' installed'));
  return new Set(installed.map((line) => line.slice(0, line.indexOf(' '))));
}

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
 * @throws FencelabError (exit 125) naming the packages, where that is not possible.
 */
export async function ensure(needs: readonly Need[], progress: Progress): Promise<void> {
  const lacking = await missing(needs);
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
  const apt = $({ env, quiet: true, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    await apt`${[...asRoot, 'apt-get', 'update', '-qq']}`;
    await apt`${[...asRoot, 'apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...names]}`;
  } catch (error) {
    stage.fail('apt-get failed');
    const detail = error instanceof ProcessOutput ? tail(`${error.stdout}${error.stderr}`, 8) : String(error);
    throw refuse('apt-get could not install them', detail);
  }
  stage.end(names.join(' '));
}
