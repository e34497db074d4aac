// SPDX-License-Identifier: MIT
import t from 'tap';
import { misnamed, readExpectations } from './expectations.js';

const read = (files: Readonly<Record<string, string>>, slug = '6.1-fast') =>
  readExpectations(
    slug,
    Object.entries(files).map(([name, text]) => ({ name, text })),
    'ci/expectations',
  );

t.test('a line is a subtest, a program or a glob; behind # is why', async (t) => {
  const all = read({
    '6.1-fast-fails.txt': '# known\n\nimport@old-fence # found by the model\nexport@*status*\r\n',
    '6.1-fast-flakes.txt': '  poll  # a race\n',
    '6.1-fast-skips.txt': 'virtio-gpu@hangs',
  });
  t.match(all.of('import@old-fence'), { expected: 'fail', why: 'found by the model' });
  t.match(all.of('export@merged-status-x'), { expected: 'fail', why: '' });
  t.match(all.of('poll@anything'), { expected: 'flaky', why: 'a race' });
  t.match(all.of('virtio-gpu@hangs'), { expected: 'skip' });
  for (const other of ['import@other', 'pollution@x', 'virtio-gpu@hangs-not'])
    t.match(all.of(other), { expected: 'pass' });
});

t.test('skips count before flakes, and flakes before fails', async (t) => {
  const all = read({
    '6.1-fast-fails.txt': 'import@*',
    '6.1-fast-flakes.txt': 'import@a*',
    '6.1-fast-skips.txt': 'import@ab*',
  });
  t.same(
    ['import@x', 'import@ax', 'import@abx'].map((name) => all.of(name).expected),
    ['fail', 'flaky', 'skip'],
  );
});

t.test('files of others do not count', async (t) => {
  const all = read({
    '6.1-debug-fails.txt': 'import',
    '6.12-fast-fails.txt': 'import',
    '6.1-fast-notes.txt': 'import',
  });
  t.match(all.of('import@x'), { expected: 'pass' });
});

t.test('findings of searches and the log of the kernel are tests like others', async (t) => {
  const all = read({ '6.1-fast-fails.txt': 'explore@p1-*\nkernel-log@warning-dma-fence-release' });
  t.equal(all.of('explore@p1-observe-vgem-is-lost').expected, 'fail');
  t.equal(all.of('kernel-log@warning-dma-fence-release').expected, 'fail');
});

t.test('a line that matches nothing is named', async (t) => {
  const all = read({ '6.1-fast-fails.txt': 'import@a\n\nimport@typo', '6.1-fast-skips.txt': 'poll' });
  t.same(all.unmatched(['import@a', 'export@b']), [
    'ci/expectations/6.1-fast-fails.txt, line 3: import@typo',
    'ci/expectations/6.1-fast-skips.txt, line 1: poll',
  ]);
});

t.test('what comes and goes, and is a test only when it comes, is not missed', async (t) => {
  const all = read({
    '6.1-fast-flakes.txt': 'kernel-log@warning-x\nexplore@hang\nimport@gone',
    '6.1-fast-fails.txt': 'kernel-log@bug-y',
  });
  t.same(
    all.unmatched([]),
    [
      'ci/expectations/6.1-fast-fails.txt, line 1: kernel-log@bug-y',
      'ci/expectations/6.1-fast-flakes.txt, line 3: import@gone',
    ],
    'one that was always there and is no more is said',
  );
});

const WRONG: readonly [string, string, RegExp][] = [
  [
    'two words',
    'import@a\nimport@b import@c\n',
    /^ci\/expectations\/6\.1-fast-fails\.txt, line 2: "import@b import@c" is two words/,
  ],
  ['a reason without #', 'import@a known to fail', /line 1: .* is two words/],
  ['a path', 'import/a', /line 1: "import\/a" has a character that no test has/],
  ['a letter that no test has', '\nimport@ä', /line 2: .*character/],
  ['all', '*', /line 1: "\*" is every test/],
  ['all of all', '# x\n*@*', /line 2: "\*@\*" is every test/],
  [
    'one twice',
    'import@a\nimport@b\nimport@a # again',
    /line 3: "import@a" is there already: .*fails\.txt, line 1/,
  ],
];
for (const [what, text, words] of WRONG)
  t.test(`${what}: the line and the reason are said`, async (t) => {
    t.throws(() => read({ '6.1-fast-fails.txt': text }), { exitCode: 2, message: words });
  });

t.test('the same pattern in two files is a contradiction', async (t) => {
  t.throws(() => read({ '6.1-fast-fails.txt': 'import@a', '6.1-fast-skips.txt': '# x\nimport@a' }), {
    message: /6\.1-fast-skips\.txt, line 2: "import@a" is there already: .*6\.1-fast-fails\.txt, line 1/,
  });
});

t.test('a misnamed file is found', async (t) => {
  t.equal(misnamed(['README.md', '6.1-fast-fails.txt', '6.1-fast-fail.txt']), '6.1-fast-fail.txt');
  t.equal(misnamed(['README.md', '5.10+series-debug-flakes.txt', 'x-skips.txt']), undefined);
});
