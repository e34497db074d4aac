// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { parseCandidates } from './debian/apt.js';
import { pickMirrors } from './debian/mirrors.js';
import { isUpstream } from './debian/source.js';
import { suitesFor } from './debian/suites.js';
import { asConfig, merge, parseFragment, profileRequirements } from './fragments.js';
import { instrumentation, instrumentationKey } from './instrumented.js';
import { explain, parseConfig, parseFacts, unmet } from './kconfig.js';
import { firstErrors } from './make.js';
import { ourSeries, parseSeries, pathsOf, readPatches } from './patches.js';
import { parseKernelSpec } from './spec.js';
import { patchLineThree } from './testing/fake-kernel.js';

t.test('--kernel: Debian versions, trees, tarballs, and what is none of them', async (t) => {
  const folder = t.testdir({ 'linux.tar.xz': '', 'linux.zip': '', tree: {} });
  t.same(await parseKernelSpec('debian:5.10'), { kind: 'debian', series: '5.10', exact: undefined });
  t.same(await parseKernelSpec('debian:5.10.223'), { kind: 'debian', series: '5.10', exact: '5.10.223' });
  t.match(await parseKernelSpec('tree', folder), { kind: 'tree' });
  t.match(await parseKernelSpec('linux.tar.xz', folder), { kind: 'tarball' });
  await t.rejects(parseKernelSpec('linux.zip', folder), {
    exitCode: 2,
    message: /must be a \.tar/,
    remedy: /--image/,
  });
  await t.rejects(parseKernelSpec('debian:bookworm'), { message: /"bookworm" is not a kernel version/ });
});

t.test("the machine's mirrors are told apart by suite, and other vendors' are not taken", async (t) => {
  const lines = [
    'https://vendor.example/apt/ nodistro main',
    'http://archive.example/ubuntu/ noble main',
    'http://mirror.example/debian/ bookworm-updates contrib',
    'http://mirror.example/debian/ bookworm main',
    'http://mirror.example/debian-security/ bookworm-security main',
    'http://second.example/debian/ trixie main',
  ];
  const main = 'http://mirror.example/debian/';
  t.same(pickMirrors(lines.join('\n')), { main, security: 'http://mirror.example/debian-security/' });
  t.same(pickMirrors(lines.slice(0, 2).join('\n')), { main: undefined, security: undefined });
  t.same(
    suitesFor('5.10').map(({ name }) => name),
    ['bullseye', 'bullseye-security'],
  );
  t.same(
    suitesFor('7.3').map(({ name }) => name),
    ['trixie-backports'],
  );
});

t.test('apt-cache show is read; a version is matched as a whole', async (t) => {
  const digest = 'ab'.repeat(32);
  const record = (version: string) => `Package: x\nVersion: ${version}\nSHA256: ${digest}\nDescription: y\n`;
  const text = `${record('5.10.262-1')}\n${record('5.10.26-1')}`;
  t.same(parseCandidates(text), [
    { version: '5.10.262-1', sha256: digest },
    { version: '5.10.26-1', sha256: digest },
  ]);
  t.same(parseCandidates('N: Unable to locate package'), []);
  t.same([isUpstream('5.10.262-1', '5.10.26'), isUpstream('7.3.4-1~bpo13+1', '7.3.4')], [false, true]);
});

t.test('a fragment is read strictly, marks included; the last word on a symbol counts', async (t) => {
  const base = parseFragment(
    '# text\n\nCONFIG_A=y NEEDED\nCONFIG_B="a b" OPTIONAL\n# CONFIG_C is not set\n',
    'f',
  );
  t.match(base, [
    { symbol: 'A', value: 'y', needed: true, optional: false, from: 'f:3' },
    { symbol: 'B', value: '"a b"', needed: false, optional: true },
    { symbol: 'C', value: 'n', from: 'f:5' },
  ]);
  const merged = merge([base, parseFragment('CONFIG_C=8\n', 'g')]);
  t.equal(asConfig(merged), 'CONFIG_A=y\nCONFIG_B="a b"\nCONFIG_C=8\n');
  t.throws(() => parseFragment('CONFIG_A\n', 'f'), { message: /f:1: "CONFIG_A" is no config line/ });
  t.throws(() => parseFragment('CONFIG_A=y OPTIONL\n', 'f'), { message: /"OPTIONL" is no mark/ });
});

t.test('every profile in vm-images is well-formed, and an unknown one is refused', async (t) => {
  for (const profile of ['fast', 'debug']) {
    const requirements = await profileRequirements(profile);
    t.ok(
      requirements.some(({ symbol, needed }) => symbol === 'SYNC_FILE' && needed),
      profile,
    );
  }
  await t.rejects(profileRequirements('fats'), {
    exitCode: 2,
    message: /--profile fats/,
    remedy: /debug, fast/,
  });
});

t.test('an option that did not take is explained by what it depends on', async (t) => {
  const config = parseConfig('CONFIG_DRM=y\n# CONFIG_PCI is not set\nCONFIG_NR=8\n');
  const missing = unmet(parseFragment('CONFIG_DRM=y\n# CONFIG_PCI is not set\nCONFIG_VGEM=y\n', 'f'), config);
  t.match(missing, [{ requirement: { symbol: 'VGEM' }, got: 'n' }]);
  const kconfig = [
    './drivers/gpu/drm/Kconfig:12:config VGEM',
    './drivers/gpu/drm/Kconfig-13-	tristate "Virtual GEM"',
    './drivers/gpu/drm/Kconfig-14-	depends on DRM && PCI',
    './drivers/gpu/drm/Kconfig-15-	help',
    './drivers/gpu/drm/Kconfig-16-',
    './drivers/gpu/drm/Kconfig-17-config OTHER',
    './drivers/gpu/drm/Kconfig-18-	depends on NOTHING',
  ].join('\n');
  const facts = parseFacts(kconfig, 'VGEM');
  t.same(facts, { places: ['drivers/gpu/drm/Kconfig:12'], dependsOn: ['DRM && PCI'] });
  const [miss] = missing;
  if (miss === undefined) throw new Error('nothing is missing');
  t.equal(
    explain(miss, facts, config),
    'CONFIG_VGEM=y (f:3) became n: depends on DRM && PCI (here DRM=y, PCI=n), see drivers/gpu/drm/Kconfig:12',
  );
  t.match(explain(miss, parseFacts('', 'VGEM'), config), /does not know the symbol/);
});

t.test('a series file and the paths of a diff', async (t) => {
  t.same(parseSeries('# ours\n0001-a.patch\n\n0002-b.patch # later\n'), [
    { name: '0001-a.patch', line: 2 },
    { name: '0002-b.patch', line: 4 },
  ]);
  t.same(pathsOf(patchLineThree('x')), ['drivers/dma-buf/dma-buf.c']);
  const rename = 'diff --git a/old.c b/new.c\nsimilarity index 100%\nrename from old.c\nrename to new.c\n';
  t.same(pathsOf(rename), ['old.c', 'new.c']);
  t.same(pathsOf('--- /dev/null\n+++ b/new file.c\n'), ['new file.c']);
});

t.test('patches that are none, lead outside, or are listed and absent', async (t) => {
  const folder = t.testdir({
    'notes.patch': 'nothing here\n',
    'evil.patch': '--- a/../../etc/passwd\n+++ b/../../etc/passwd\n@@ -1 +1 @@\n-a\n+b\n',
    series: 'gone.patch\n',
  });
  const tree = { kind: 'tree', path: '/' } as const;
  await t.rejects(readPatches([join(folder, 'notes.patch')], tree), {
    exitCode: 2,
    message: /changes no file/,
  });
  await t.rejects(readPatches([join(folder, 'evil.patch')], tree), {
    exitCode: 2,
    message: /evil\.patch, line 1: .* is outside the kernel tree/,
  });
  await t.rejects(readPatches([folder], tree), {
    exitCode: 2,
    message: /series, line 1: the patch gone\.patch cannot be read: ENOENT/,
  });
  await t.rejects(readPatches(['none', folder], tree), { exitCode: 2, message: /cannot be combined/ });
  t.same(await readPatches(['auto'], tree), []);
});

const absent = existsSync(ourSeries) ? false : 'this checkout has no kernel-patch/linux-5.10';
t.test('our own series is listed whole, and is what auto means for 5.10', { skip: absent }, async (t) => {
  const listed = await readFile(join(ourSeries, 'series'), 'utf8');
  const patches = await readPatches(['auto'], { kind: 'debian', series: '5.10', exact: undefined });
  t.same(
    patches.map(({ name }) => name),
    parseSeries(listed).map(({ name }) => name),
  );
  t.same(await readPatches(['auto'], { kind: 'debian', series: '6.1', exact: undefined }), []);
});

t.test('the first errors of a build are told, with the source under them', async (t) => {
  const output = [
    '  CC      drivers/dma-buf/dma-buf.o',
    "drivers/dma-buf/dma-buf.c: In function 'f':",
    "drivers/dma-buf/dma-buf.c:7:9: error: 'x' undeclared",
    '    7 |  return x;',
    '      |         ^',
    '  CC      lib/a.o',
    'make[3]: *** [scripts/Makefile.build:286: drivers/dma-buf/dma-buf.o] Error 1',
  ];
  t.equal(firstErrors(output.join('\n')), [output[2], output[3], output[4], output[6]].join('\n'));
});

t.test('only a kernel with KCOV is instrumented, and that is part of what it is', async (t) => {
  for (const profile of ['fast', 'debug']) {
    const requirements = await profileRequirements(profile);
    t.same(instrumentation(requirements), {});
    t.equal(instrumentationKey(requirements), '');
  }
  const cover = await profileRequirements('cover');
  const made = instrumentation(cover);
  for (const name of ['dma-buf', 'dma-resv', 'dma-fence-leaves', 'sync_file', 'vgem_fence'])
    t.equal(made[`KCOV_INSTRUMENT_${name}.o`], 'y', name);
  t.match(instrumentationKey(cover), /KCOV_INSTRUMENT_dma-buf\.o/);
});
