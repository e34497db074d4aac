// SPDX-License-Identifier: MIT
// A real browser opens what was written: nothing is loaded, what a guest said is shown and not run, keys and links work.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import t from 'tap';
import { folderOf } from '../html/testing/folders.js';
import {
  LOST,
  sampleCoverage,
  sampleHistory,
  sampleNight,
  sampleRun,
  violating,
} from '../html/testing/samples.js';
import { silent } from '../progress/progress.js';
import { writeHtml } from './write-html.js';

const BROWSER = '/usr/bin/chromium';
/** FENCELAB_SHOTS=FOLDER keeps pictures of the pages, to be looked at. */
const SHOTS = process.env['FENCELAB_SHOTS'];

const { summary, traces } = sampleRun();
const run = folderOf({ 'results.json': summary, 'coverage.json': sampleCoverage, ...traces });
const night = folderOf({ 'night.json': sampleNight(4), 'cell/results.json': summary });
const bad = { run: folderOf({ 'results.json': '{' }), empty: folderOf({ 'notes.txt': 'x' }) };

let browser: Browser;
t.before(async () => {
  t.ok(existsSync(BROWSER), 'chromium is installed: apt-get install chromium');
  browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox', '--disable-gpu'] });
});
t.teardown(async () => {
  await browser?.close();
  for (const one of [run, night, bad.run, bad.empty]) one.remove();
});

interface Opened {
  readonly page: Page;
  /** What the browser was asked for besides the page, and what it complained of. */
  readonly requests: string[];
  readonly complaints: string[];
}

async function open(file: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: 1380, height: 950 }, ...options });
  const url = `file://${file}`;
  const [requests, complaints]: [string[], string[]] = [[], []];
  page.on('request', (request) => {
    if (request.url() !== url) requests.push(request.url());
  });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  await page.goto(url);
  return { page, requests, complaints };
}

/** All words in it, seen or not. */
const wordsOf = async (where: Locator): Promise<string> => (await where.textContent()) ?? '';

async function shot(page: Page, name: string, selector?: string): Promise<void> {
  if (SHOTS === undefined) return;
  const path = join(SHOTS, `${name}.png`);
  if (selector === undefined) await page.screenshot({ path });
  else {
    await page.locator(selector).first().scrollIntoViewIfNeeded();
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    await page.evaluate('document.querySelector("nav").hidden = true');
    await page.locator(selector).first().screenshot({ path });
    await page.evaluate('document.querySelector("nav").hidden = false');
  }
}

t.test('a page of a run: drawn, self-contained, and nothing in it is run that a guest said', async (t) => {
  const file = join(run.folder, 'report.html');
  await writeHtml(run.folder, file, silent, sampleHistory());
  const { page, requests, complaints } = await open(file);
  t.equal(await wordsOf(page.locator('h1')), 'debian:5.10 (5.10.262)');
  t.match(await page.title(), /^FAILS: debian:5\.10/);
  const drawings = page.locator('article.failure figure svg.scene');
  t.equal(await drawings.count(), 2);
  const [first] = await page.locator('article.failure').all();
  t.match(await first?.textContent(), /t0 is lost: not there any more, or not waited for/);
  t.match(await first?.textContent(), /fencelab rerun results\/run --only import@writer-keeps-readers/);
  t.same(await page.locator('img, body script:not([type="application/json"]):not(:last-of-type)').count(), 0);
  const hostile = page.locator('article.failure', { hasText: 'hostile' });
  t.ok(
    (await hostile.locator('h3').textContent())?.startsWith(
      '<img src=x onerror="document.title=1">⟨U+202E⟩txt.exe</script>',
    ),
  );
  t.ok((await wordsOf(page.locator('#table'))).includes('⟨U+202E⟩txt.exe</script>'));
  t.same([requests, complaints], [[], []]);
  await shot(page, 'overview-light');
  await shot(page, 'failure-light', '#f1');
  await shot(page, 'race-light', '#f2');
  await shot(page, 'hostile-light', 'article.failure:has-text("hostile")');
  await shot(page, 'history-light', '#history');
  await page
    .locator('#coverage details')
    .first()
    .evaluate((one: { open: boolean }) => {
      one.open = true;
    });
  t.match(
    await wordsOf(page.locator('#coverage .source')),
    /14✕\tif \(!dst\)15–\t\treturn -ENOMEM;memory runs out/,
  );
  await shot(page, 'coverage-light', '#coverage');
  t.equal(await page.locator('#mutants, #designs').count(), 2, 'the tables of the project');
  await shot(page, 'mutants-light', '#mutants');
  await page.close();
});

t.test('the policy stops markup that got in all the same', async (t) => {
  const file = join(run.folder, 'injected.html');
  await writeHtml(run.folder, file, silent);
  const text = readFileSync(file, 'utf8');
  const { folder, remove } = folderOf({
    'x.html': text.replace(
      '<footer>',
      '<img src="https://example.org/x" onerror="document.title=1"><script>document.title=2</script><footer>',
    ),
  });
  t.teardown(remove);
  const { page, complaints } = await open(join(folder, 'x.html'));
  t.match(await page.title(), /^FAILS/);
  t.ok(
    complaints.filter((words) => /Content Security Policy/.test(words)).length >= 2,
    complaints.join('\n'),
  );
  await page.close();
});

t.test(
  'keys: skip link, / filters, Escape clears, j and k go from failure to failure, links lead there',
  async (t) => {
    const file = join(run.folder, 'report.html');
    await writeHtml(run.folder, file, silent);
    const { page } = await open(file);
    const focused = (): Promise<string> =>
      page.evaluate('document.activeElement.id || document.activeElement.className');
    await page.keyboard.press('Tab');
    t.equal(await focused(), 'skiplink');
    t.ok(((await page.locator('.skiplink').boundingBox())?.x ?? -1) >= 0, 'it is seen when it has the focus');
    await page.keyboard.press('Enter');
    t.equal(await focused(), 'main');
    for (const [key, id] of [
      ['j', 'f1'],
      ['j', 'f2'],
      ['k', 'f1'],
      ['k', 'f1'],
    ] as const) {
      await page.keyboard.press(key);
      t.equal(await focused(), id, key);
    }
    await page.keyboard.press('/');
    t.equal(await focused(), 'filter');
    await page.keyboard.type('two-at-once');
    await page.locator('#f1').waitFor({ state: 'hidden' });
    t.ok(await page.locator('#f2').isVisible());
    t.match(await wordsOf(page.locator('#shown')), /^1 of 7$/);
    await page.keyboard.press('Escape');
    await page.locator('#f1').waitFor({ state: 'visible' });
    await page.locator('.matrix a').first().click();
    t.match(page.url(), /#f\d+$/);
    await page.selectOption('#which', 'skip');
    t.match(await wordsOf(page.locator('#shown')), /^1 of 7$/);
    await page.close();
  },
);

/** Contrast of text and what is behind it, of every element with words of its own: the worst. */
const CONTRAST = `(() => {
  const parse = (c) => (c.match(/[\\d.]+/g) ?? []).map(Number);
  const lum = ([r, g, b]) => { const f = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const behind = (e) => { for (let at = e; at; at = at.parentElement) { const c = parse(getComputedStyle(at).backgroundColor); if (c.length === 3 || c[3] > 0.99) return c; } return [255, 255, 255]; };
  let worst = { ratio: 99, words: '' };
  for (const e of document.querySelectorAll('body *')) {
    const words = [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join('');
    if (words === '' || e.closest('script, style, .sr, title, noscript') || e.getClientRects().length === 0) continue;
    const style = getComputedStyle(e);
    const color = parse(e.closest('svg') ? style.fill : style.color);
    if (color.length === 4 && color[3] === 0) continue;
    const [a, b] = [lum(color), lum(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < worst.ratio) worst = { ratio, words: words.slice(0, 40) + ' ' + (e.getAttribute('class') ?? e.tagName) };
  }
  return worst;
})()`;

t.test('light and dark: every word has a contrast of 4.5 at least', async (t) => {
  const file = join(run.folder, 'report.html');
  await writeHtml(run.folder, file, silent, sampleHistory());
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await open(file, { colorScheme });
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
    const { ratio, words }: { ratio: number; words: string } = await page.evaluate(CONTRAST);
    t.ok(ratio >= 4.5 && ratio < 99, `${colorScheme}: ${ratio.toFixed(2)} of "${words}"`);
    if (colorScheme === 'dark') {
      await page.evaluate(
        'for (const one of document.querySelectorAll("details:not(.state)")) one.open = false',
      );
      await page.evaluate('scrollTo(0, 0)');
      await shot(page, 'overview-dark');
      await shot(page, 'failure-dark', '#f1');
      await shot(page, 'race-dark', '#f2');
      await shot(page, 'history-dark', '#history');
    }
    await page.close();
  }
});

t.test('without JavaScript: overview and failures with their drawings', async (t) => {
  const file = join(run.folder, 'report.html');
  await writeHtml(run.folder, file, silent);
  const { page } = await open(file, { javaScriptEnabled: false });
  t.ok(await page.locator('.matrix').isVisible());
  t.ok(await page.locator('#f1 svg.scene').isVisible());
  t.ok(await page.locator('#results noscript').isVisible());
  t.equal(await page.locator('#list').isVisible(), false);
  t.equal(await page.locator('#find').isVisible(), false);
  await page.close();
});

t.test('a night: what is new comes first; what is not here is said', async (t) => {
  const file = join(night.folder, 'report.html');
  await writeHtml(night.folder, file, silent, sampleHistory());
  const { page, requests, complaints } = await open(file);
  const words = await wordsOf(page.locator('#overview'));
  t.ok(words.indexOf('newly failing') < words.indexOf('Programs and kernels'), words);
  t.equal(await page.locator('.matrix thead th').count(), 5);
  t.match(await wordsOf(page.locator('.matrix thead')), /COULD NOT BE TESTED.*it does not boot/);
  t.equal(await page.locator('article.failure').count(), 1);
  t.match(
    await page.locator('article.failure').textContent(),
    /Not drawn: the folder of this run is not here/,
  );
  t.same([requests, complaints], [[], []]);
  await shot(page, 'night-light');
  await page.close();
});

t.test('a search: each finding is drawn from its trace', async (t) => {
  const signature = 'P1, observe: t is lost: not there any more, or not waited for';
  const row = {
    search: 'exhaustive, 3 ops',
    kernel: 'debian:5.10 (5.10.262), series, fast',
    seed: 1,
    programs: 9,
    lost: 0,
  };
  const counts = {
    ops: 99,
    states: 7,
    findings: 2,
    failures: 32,
    undecided: {},
    guests: 1,
    milliseconds: 900,
    complete: true,
  };
  const header = `#: signature ${signature}\n#: kernel debian:5.10\n#: patch auto\n#: profile fast\n#: release 5.10.262\n#: gpu 2d\n#: cpus 1\n#: mode plain\n#: strategy exhaustive, 3 ops\n#: count 32\n`;
  const { model } = violating('x', LOST);
  const search = folderOf({
    'explore.json': { formatVersion: 1, rows: [{ ...row, ...counts }] },
    'findings/lost/program.prog': `${header}c0 = card\n`,
    'findings/lost/program.trace': LOST,
    'findings/lost/report.txt': model?.kind === 'violates' ? model.text : '',
    'findings/hang/program.prog': `${header.replace(signature, 'the guest hangs')}c0 = card\n`,
  });
  t.teardown(search.remove);
  const file = join(search.folder, 'report.html');
  await writeHtml(search.folder, file, silent);
  const { page, complaints } = await open(file);
  t.match(await page.title(), /^FINDINGS/);
  t.equal(await page.locator('article.failure').count(), 2);
  const drawn = page.locator('article.failure', { hasText: signature });
  t.equal(await drawn.locator('svg.scene').count(), 1);
  t.match(await wordsOf(drawn), /fencelab rerun .*program\.prog/);
  t.match(
    await wordsOf(page.locator('article.failure', { hasText: 'hangs' })),
    /Not drawn: no trace of it was saved/,
  );
  t.match(await wordsOf(page.locator('#overview')), /exhaustive, 3 ops/);
  t.same(complaints, []);
  await page.close();
});

t.test('what is printed: a page as PDF', async (t) => {
  const file = join(run.folder, 'report.html');
  await writeHtml(run.folder, file, silent);
  const { page } = await open(file);
  const pdf = await page.pdf({ format: 'A4', landscape: true });
  t.equal(pdf.subarray(0, 5).toString('latin1'), '%PDF-');
  await page.emulateMedia({ media: 'print' });
  t.equal(await page.locator('nav').isVisible(), false);
  t.ok(await page.locator('#f1 svg.scene').isVisible());
  await page.close();
});

t.test('100 000 results: the page opens, scrolls and is filtered', async (t) => {
  const large = folderOf({ 'night.json': sampleNight(3334) });
  t.teardown(large.remove);
  const file = join(large.folder, 'report.html');
  await writeHtml(large.folder, file, silent);
  const { page, complaints } = await open(file);
  const { loaded }: { loaded: number } = await page.evaluate(
    '({ loaded: Math.round(performance.getEntriesByType("navigation")[0].loadEventEnd) })',
  );
  t.comment(`opened in ${loaded} ms, ${(readFileSync(file).length / 1e6).toFixed(1)} MB`);
  t.match(await wordsOf(page.locator('#shown')), /^100020 of 100020$/);
  const rows = (): Promise<number> => page.locator('#space [role=row]').count();
  t.ok((await rows()) < 100, 'only rows that are seen are there');
  await page.evaluate('const list = document.getElementById("table"); list.scrollTop = list.scrollHeight;');
  await page.getByText('share@subtest-3333').waitFor();
  t.ok((await rows()) < 100);
  await page.fill('#filter', 'vgem@subtest-3333');
  await page.getByText('3 of 100020').waitFor();
  t.equal(await rows(), 3);
  t.same(complaints, []);
  await page.close();
});

t.test('what is no run is refused in words', async (t) => {
  const file = join(run.folder, 'x.html');
  await t.rejects(writeHtml(bad.run.folder, file, silent), {
    message: /results\.json, line \d+: this is not JSON/,
    exitCode: 2,
  });
  await t.rejects(writeHtml(bad.empty.folder, file, silent), { message: /has no results/, exitCode: 2 });
  await t.rejects(writeHtml('/nowhere/at/all', file, silent), { message: /there is no folder/, exitCode: 2 });
  await t.rejects(writeHtml(run.folder, '/nowhere/x.html', silent), {
    message: /cannot be written/,
    exitCode: 2,
  });
  t.equal(existsSync(file), false, 'nothing is written then');
});
