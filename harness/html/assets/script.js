// SPDX-License-Identifier: MIT
// What a report does beyond being read: the list of results, the filter, and keys. Everything is set as text, never as markup.

const ROW = 28;
const SIGNS = { good: '✓', bad: '✕', skip: '–', open: '?', warn: '!' };
const byId = (id) => document.getElementById(id);
const filter = byId('filter');
const data = JSON.parse(byId('data').textContent);
const table = byId('table');
const space = byId('space');

let order = data.rows.map((_, at) => at);
/** @type {Map<number, HTMLElement>} */
const drawn = new Map();

const duration = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

function element(name, words, className) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (words !== undefined) made.textContent = words;
  return made;
}

function cell(content, className) {
  const made = element('div', undefined, className);
  made.setAttribute('role', 'cell');
  made.append(content);
  if (typeof content === 'string') made.title = content;
  return made;
}

function rowOf(place) {
  const [name, where, word, ms, why, failure] = data.rows[order[place]];
  const said = data.words[word];
  const tone = element('span', undefined, `tone ${said.tone}`);
  const sign = element('span', SIGNS[said.tone], 'sign');
  sign.setAttribute('aria-hidden', 'true');
  tone.append(sign, said.word);
  const row = element('div');
  row.setAttribute('role', 'row');
  row.setAttribute('aria-rowindex', String(place + 1));
  row.style.top = `${place * ROW}px`;
  const link = element('a', name);
  if (failure > 0) link.href = `#f${failure}`;
  const named = cell(failure > 0 ? link : name, 'name');
  row.append(cell(tone), named, cell(data.cells[where]), cell(duration(ms), 'time'), cell(why, 'why'));
  return row;
}

/** Rows that can be seen, and some around them. */
function draw() {
  const first = Math.max(0, Math.floor(table.scrollTop / ROW) - 10);
  const last = Math.min(order.length, Math.ceil((table.scrollTop + table.clientHeight) / ROW) + 10);
  for (const [place, row] of drawn)
    if (place < first || place >= last) {
      row.remove();
      drawn.delete(place);
    }
  for (let place = first; place < last; place++) {
    if (drawn.has(place)) continue;
    const row = rowOf(place);
    drawn.set(place, row);
    space.append(row);
  }
}

function choose() {
  const words = filter.value.trim().toLowerCase();
  const which = byId('which').value;
  const sort = byId('sort').value;
  order = [];
  for (let at = 0; at < data.rows.length; at++) {
    const row = data.rows[at];
    if (which && data.words[row[2]].word !== which) continue;
    if (words && !`${row[0]} ${data.cells[row[1]]} ${row[4]}`.toLowerCase().includes(words)) continue;
    order.push(at);
  }
  if (sort === 'name') order.sort((a, b) => (data.rows[a][0] < data.rows[b][0] ? -1 : 1));
  if (sort === 'time') order.sort((a, b) => data.rows[b][3] - data.rows[a][3]);
  for (const row of drawn.values()) row.remove();
  drawn.clear();
  space.style.height = `${Math.max(1, order.length) * ROW}px`;
  table.setAttribute('aria-rowcount', String(order.length));
  byId('shown').textContent = `${order.length} of ${data.rows.length}`;
  draw();
}

const filtered = [...document.querySelectorAll('.filtered')];

function hide() {
  const words = filter.value.trim().toLowerCase();
  for (const one of filtered) one.hidden = words !== '' && !one.dataset.words.toLowerCase().includes(words);
}

let waiting;
filter.addEventListener('input', () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    hide();
    choose();
  }, 80);
});
byId('which').addEventListener('change', choose);
byId('sort').addEventListener('change', choose);
table.addEventListener('scroll', draw, { passive: true });
addEventListener('resize', draw);
byId('list').hidden = false;
byId('find').hidden = false;
choose();

/** The failure after or before the one at hand. */
function move(by) {
  const all = [...document.querySelectorAll('article.failure:not([hidden])')];
  if (all.length === 0) return;
  const now = all.indexOf(document.activeElement?.closest('article.failure'));
  const next = all[now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + by))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'start' });
}

const KEYS = { j: () => move(1), k: () => move(-1), '/': () => filter.select() };

addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && document.activeElement === filter) {
    filter.value = '';
    filter.dispatchEvent(new Event('input'));
    filter.blur();
    return;
  }
  const typing = /^(?:INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? '');
  const action = KEYS[event.key];
  if (typing || event.ctrlKey || event.metaKey || event.altKey || action === undefined) return;
  event.preventDefault();
  action();
});

/** What is folded is printed as well. */
addEventListener('beforeprint', () => {
  for (const one of document.querySelectorAll('article.failure details')) one.open = true;
});
