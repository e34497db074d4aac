// SPDX-License-Identifier: MIT
import t from 'tap';
import { cellsOf } from './cells.js';
import { parseNightFile } from './night-file.js';

const KNOWN = { profiles: ['fast', 'debug', 'race', 'cover'], gpus: ['2d', 'virgl', 'none'] };
const cells = (text: string) => cellsOf(parseNightFile(text, 'n.toml'), KNOWN);
const ids = (text: string) => cells(text).cells.map(({ id }) => id);
const OK = '[[matrix]]\nkernels = ["debian:6.1"]\n';

t.test(
  'a matrix is every kernel with every profile, gpu and strategy, in the order of the file',
  async (t) => {
    t.same(ids(OK), ['debian:6.1/fast/2d/check']);
    t.same(
      ids(`[[matrix]]
kernels = ["debian:5.10+series", "debian:6.1"]
profiles = "race"
gpus = ["2d", "none"]
strategies = ["check", "exhaustive 4"]`),
      [
        'debian:5.10+series/race/2d/check',
        'debian:5.10+series/race/2d/exhaustive 4',
        'debian:5.10+series/race/none/check',
        'debian:5.10+series/race/none/exhaustive 4',
        'debian:6.1/race/2d/check',
        'debian:6.1/race/2d/exhaustive 4',
        'debian:6.1/race/none/check',
        'debian:6.1/race/none/exhaustive 4',
      ],
    );
  },
);

t.test('cells are left out with a reason, and added', async (t) => {
  const { cells: found, left } = cells(`${OK}profiles = ["fast", "debug"]
[[exclude]]
profiles = ["debug"]
why = "takes an hour"
[[include]]
kernel = "debian:7.3"
cpus = 2
minutes = 1.5`);
  t.same(
    found.map(({ id }) => id),
    ['debian:6.1/fast/2d/check', 'debian:7.3/fast/2d/check/2cpus'],
  );
  t.same(left, [{ id: 'debian:6.1/debug/2d/check', why: 'takes an hour' }]);
  t.match(found[1], { cpus: 2, milliseconds: 90_000, slug: '7.3-fast' });
});

t.test('what excludes may be impossible otherwise', async (t) => {
  const text = `${OK}profiles = ["fast", "debug"]\nstrategies = ["check", "faults"]
[[exclude]]
profiles = "fast"
strategies = "faults"
why = "only debug can make an allocation fail"`;
  t.same(ids(text), ['debian:6.1/fast/2d/check', 'debian:6.1/debug/2d/check', 'debian:6.1/debug/2d/faults']);
});

t.test('kernels have names, patches and files of expectations', async (t) => {
  const [series, plain, own, named] = cells(`[kernels.mine]
kernel = "../linux"
patch = ["fixes", "one.patch"]
[kernels.tarball]
kernel = "linux.tar.xz"
patch = "series"
[[matrix]]
kernels = ["debian:5.10.223+series", "debian:5.10", "mine", "tarball"]`).cells;
  t.match(series, { kernel: 'debian:5.10.223', patch: ['auto'], slug: '5.10.223+series-fast' });
  t.match(plain, { kernel: 'debian:5.10', patch: ['none'], slug: '5.10-fast' });
  t.match(own, {
    id: 'mine/fast/2d/check',
    kernel: '../linux',
    patch: ['fixes', 'one.patch'],
    slug: 'mine-fast',
  });
  t.match(named, { kernel: 'linux.tar.xz', patch: ['auto'] });
});

t.test('time and seed of a search come from the cell, else from the file, else they are usual', async (t) => {
  const strategy = (text: string) => cells(`${text}strategies = ["random"]`).cells[0]?.strategy;
  t.match(strategy(OK), { kind: 'random', seconds: 600, seed: 1 });
  t.match(strategy(`time = "2h"\nseed = 7\n${OK}`), { seconds: 7200, seed: 7 });
  t.match(strategy(`time = "2h"\n${OK}time = "90s"\nseed = 0\n`), { seconds: 90, seed: 0 });
  const [all] = cells(`time = "5m"\n${OK}strategies = "exhaustive 4"`).cells;
  t.match(
    all?.strategy,
    { kind: 'exhaustive', depth: 4, seconds: undefined },
    'what is exhaustive ends by itself',
  );
});

/** What is wrong in a file; the line it must be said of; the words. */
const WRONG: readonly [string, string, RegExp][] = [
  ['not TOML', 'a = 1\nb = zzz\n', /^n\.toml, line 2, column \d+: invalid value$/],
  ['the same key twice', 'seed = 1\nseed = 2\n', /^n\.toml, line 2, column \d+: /],
  ['nothing', '', /line 1: it has no cells$/],
  ['an unknown key', `retrys = 1\n${OK}`, /line 1: there is no key "retrys" here; is "retries" meant\?$/],
  [
    'a key of the prototype',
    `${OK}[kernels.x]\nkernel = "a"\n__proto__ = 1`,
    /line 5: there is no key "__proto__" here/,
  ],
  [
    'an unknown key in a block',
    `${OK}\nprofles = ["fast"]`,
    /line 4: there is no key "profles" here; is "profiles" meant\?$/,
  ],
  [
    'one with nothing like it',
    `${OK}zzz = 1`,
    /line 3: there is no key "zzz" here; there are: kernels, profiles, /,
  ],
  [
    'a key that is missing',
    'seed = 1\n[[matrix]]\nprofiles = ["fast"]',
    /line 2: "kernels" is missing in \[\[matrix\]\]$/,
  ],
  [
    'a reason that is missing',
    `${OK}[[exclude]]\nkernels = "debian:6.1"`,
    /line 3: "why" is missing in \[\[exclude\]\]$/,
  ],
  [
    'a kernel that is missing',
    `${OK}[kernels.a]\npatch = "series"`,
    /line 3: "kernel" is missing in \[kernels\.a\]$/,
  ],
  [
    'a number for a text',
    '[[matrix]]\nkernels = [\n"debian:6.1",\n5]',
    /line 4: kernels must be a text, in quotes$/,
  ],
  [
    'a number for texts',
    '[[matrix]]\nkernels = 5',
    /line 2: kernels must be a text, or several in brackets$/,
  ],
  [
    'no texts',
    '[[matrix]]\nkernels = []',
    /line 2: kernels must (be a text, or several in brackets|not be empty)$/,
  ],
  [
    'a table for a list',
    '[matrix]\nkernels = ["debian:6.1"]',
    /line 1: write \[\[matrix\]\], in two pairs of brackets/,
  ],
  ['a number out of bounds', `\nretries = -1\n${OK}`, /line 2: retries must be at least 0$/],
  ['half a number', `retries = 1.5\n${OK}`, /line 1: retries must be a whole number$/],
  ['too many processors', `${OK}cpus = 9`, /line 3: cpus must be at most 8$/],
  ['no time', `${OK}minutes = 0`, /line 3: minutes must be more than 0$/],
  ['a word for a switch', `strict = "yes"\n${OK}`, /line 1: strict must be true or false$/],
  [
    'a time without a unit',
    `${OK}strategies = "random"\ntime = "5 m"`,
    /line 4: time must be a number and a unit, as "90s"/,
  ],
  [
    'a search of no time',
    `${OK}strategies = "random"\ntime = "0s"`,
    /line 3: a search of no time finds nothing$/,
  ],
  [
    'a profile',
    `${OK}profiles = [\n"fast",\n"debg"]`,
    /line 5: there is no profile "debg"; is "debug" meant\?$/,
  ],
  ['a gpu', `${OK}gpus = "3d"`, /line 3: there is no gpu "3d"; is "2d" meant\?$/],
  ['a strategy', `${OK}strategies = ["chekc"]`, /line 3: there is no strategy "chekc"; is "check" meant\?$/],
  ['exhaustive without a number', `${OK}strategies = ["exhaustive"]`, /line 3: .* from 1 to 8/],
  ['exhaustive with too much', `${OK}strategies = ["exhaustive 9"]`, /line 3: .* from 1 to 8/],
  [
    'a number where there is none',
    `${OK}strategies = ["random 5"]`,
    /line 3: .*only exhaustive has a number/,
  ],
  [
    'a kernel',
    '[[matrix]]\nkernels = [\n"debian:6.1",\n"debain:6.1"]',
    /line 4: there is no kernel "debain:6.1"/,
  ],
  [
    'a kernel that has a name nearly',
    '[kernels.mine]\nkernel = "x"\n[[matrix]]\nkernels = "mien"',
    /line 4: .*; is "mine" meant\?$/,
  ],
  [
    'a name for a kernel',
    '[kernels."a/b"]\nkernel = "x"\n[[matrix]]\nkernels = "a/b"',
    /line 1: "a\/b" is no name for a kernel/,
  ],
  [
    'a cell that is there',
    `${OK}[[include]]\nkernel = "debian:6.1"`,
    /line 3: the cell debian:6.1\/fast\/2d\/check is there already, from line 1$/,
  ],
  [
    'an exclude that does nothing',
    `${OK}[[exclude]]\nkernels = "debian:6.2"\nwhy = "x"`,
    /line 3: this excludes no cell$/,
  ],
  ['all is excluded', `${OK}[[exclude]]\nkernels = "debian:6.1"\nwhy = "x"`, /it has no cells$/],
  ['a search the kernel cannot have', `${OK}\nstrategies = "faults"`, /line 4: faults needs --profile debug/],
  [
    'subtests of a search',
    `${OK}only = ["import"]\nstrategies = "random"`,
    /line 4: "only" chooses subtests, and random has none$/,
  ],
  [
    'processors of a search',
    `${OK}cpus = 2\nstrategies = "race"`,
    /line 4: "cpus" is of a check: race chooses its machines itself$/,
  ],
];
for (const [what, text, words] of WRONG)
  t.test(`${what}: the line and the reason are said`, async (t) => {
    t.throws(() => cells(text), { exitCode: 2, message: words });
  });
