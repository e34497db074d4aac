// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import t from 'tap';
import { escapeJson, escapeText, html, text, visible } from './escape.js';

t.test('control characters and those that turn text around can be seen', async (t) => {
  t.equal(visible('a\u00adb\u3164'), 'a⟨U+00AD⟩b⟨U+3164⟩');
  t.equal(visible('a\u0000\u001b[31m\u007f\u009b'), 'a⟨U+0000⟩⟨U+001B⟩[31m⟨U+007F⟩⟨U+009B⟩');
  t.equal(visible('evil\u202etxt.exe'), 'evil⟨U+202E⟩txt.exe');
  t.equal(visible('a\u200bb\ufeff\u2066'), 'a⟨U+200B⟩b⟨U+FEFF⟩⟨U+2066⟩');
  t.equal(visible('half \ud800 of one'), 'half ⟨U+D800⟩ of one');
  t.equal(visible('two\nlines\tand a tab'), 'two⟨U+000A⟩lines\tand a tab');
  t.equal(visible('two\r\nlines', true), 'two⟨U+000D⟩\nlines');
  t.equal(visible('Übergröße 漢字 🙂'), 'Übergröße 漢字 🙂');
});

t.test('nothing that was put in is markup', async (t) => {
  t.equal(
    escapeText('<a href="x" id=\'y\'>&</a>'),
    '&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;&lt;/a&gt;',
  );
  t.equal(html`<p>${text('<b>')}${3}${undefined}</p>`, '<p>&lt;b&gt;3</p>');
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      (words) => !/[<>"'\u202a-\u202e]|[^\P{Cc}\t]/u.test(escapeText(words)),
    ),
  );
});

t.test('JSON in a script element ends where it should, and reads back to the same', async (t) => {
  const hostile = { name: '</script><!--<script>', also: '\u2028\u2029&' };
  const json = escapeJson(hostile);
  t.notMatch(json, /[<>&\u2028\u2029]/);
  t.same(JSON.parse(json), hostile);
  fc.assert(
    fc.property(fc.anything({ values: [fc.string({ unit: 'grapheme' })] }), (value) => {
      const written = JSON.stringify(value);
      if (written === undefined) return true;
      return JSON.stringify(JSON.parse(escapeJson(value))) === JSON.stringify(JSON.parse(written));
    }),
  );
});
