// SPDX-License-Identifier: MIT
import { UntestableError } from '../../errors.js';
import { run, tail, whyFailed } from '../../process/run.js';

/** Where this machine gets Debian from; `undefined` where its apt names no such place. */
export interface Mirrors {
  readonly main: string | undefined;
  readonly security: string | undefined;
}

/** Suite names of Debian's own archive; what else apt may be told of (a vendor's, Ubuntu's) is no Debian mirror. */
const DEBIAN_SUITE =
  /^(?:(?:old){0,2}stable|testing|unstable|sid|bullseye|bookworm|trixie|forky|duke)(-security|-updates|-proposed-updates|-backports|-backports-sloppy)?$/;

/** Tell Debian's mirrors from lines of "URI SUITE COMPONENT", as apt-get indextargets prints them. */
export function pickMirrors(lines: string): Mirrors {
  let main: string | undefined;
  let security: string | undefined;
  for (const line of lines.split('\n')) {
    const [uri, suite = '', component] = line.trim().split(' ');
    const named = DEBIAN_SUITE.exec(suite);
    if (uri === undefined || component !== 'main' || named === null) continue;
    if (named[1] === '-security') security ??= uri;
    else main ??= uri;
  }
  return { main, security };
}

/** Ask the machine's apt for its Debian mirrors. Works before the first `apt-get update` as well. */
export async function findMirrors(signal: AbortSignal): Promise<Mirrors> {
  // --no-release-info: list what is configured, not only what has been fetched.
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)';
  const asked = await run('apt-get', ['indextargets', '--no-release-info', '--format', format], { signal });
  signal.throwIfAborted();
  if (!asked.ok)
    throw new UntestableError(`apt-get ${whyFailed(asked)}; Debian's kernel sources are fetched with it.`, {
      remedy: 'On a machine without apt, give a kernel tree or a tarball: --kernel PATH.',
      detail: tail(asked.output),
    });
  return pickMirrors(asked.stdout);
}
