// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import t from 'tap';
import { z } from 'zod';
import { UsageError } from '../errors.js';
import { readJson } from './json.js';
import { lineAt, placeOfValue, whereNoJson } from './json-places.js';
import { didYouMean, distance, nearNames } from './near.js';

const schema = z.strictObject({ name: z.string(), runs: z.array(z.object({ ms: z.number() })) });
const GOOD = `{
  "name": "x",
  "runs": [
    { "ms": 1 },
    { "ms": 2 }
  ]
}
`;
const read = (text: string) => readJson(text, 'a.json', schema, { what: 'a test' });

t.test('what is wrong in a JSON file is said with its line', async (t) => {
  t.same(read(GOOD), { name: 'x', runs: [{ ms: 1 }, { ms: 2 }] });
  const refused = (text: string, message: RegExp) =>
    t.throws(() => read(text), { exitCode: 2, message }, text);
  refused(GOOD.replace('2 }', '"2" }'), /^a\.json, line 5: runs\.1\.ms: /);
  refused(GOOD.replace('"ms": 2', '"sm": 2'), /^a\.json, line 5: runs\.1\.ms: /);
  refused(GOOD.replace('"name": "x",', '"name": "x", "moon": 1,'), /^a\.json, line 2: moon: /);
  refused(
    GOOD.replace('"x",', '"x"'),
    /^a\.json, line 3: this is not JSON: "}" or "," was expected, not "\\""/,
  );
  refused(GOOD.replace('2 }', '2 '), /^a\.json, line 6: this is not JSON: .* not "]"/);
  refused(GOOD.slice(0, 18), /^a\.json, line 3: this is not JSON: it breaks off/);
  refused(GOOD.slice(0, 20), /^a\.json, line 3: this is not JSON: this string has no end/);
  refused(`${GOOD}x`, /^a\.json, line 8: this is not JSON: there is more behind its end/);
  refused('', /^a\.json, line 1: this is not JSON: it breaks off/);
  refused("{\n'name': 1}", /line 2: .* a string in double quotes was expected, not "'"/);
  refused('[1]', /^a\.json, line 1: it: /);
  refused('['.repeat(100_000), /nested too deeply/);
});

t.test('it takes for JSON what JSON.parse does', async () => {
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const damaged = fc
    .tuple(fc.json(), fc.nat(), fc.string({ maxLength: 2 }))
    .map(
      ([text, at, more]) =>
        text.slice(0, at % (text.length + 1)) + more + text.slice((at % (text.length + 1)) + 1),
    );
  fc.assert(
    fc.property(
      fc.oneof(fc.json(), damaged, fc.string()),
      (text) => (whereNoJson(text) === undefined) === isJson(text),
    ),
  );
});

t.test('every value has its place', async () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), fc.nat(), (values, n) => {
      const text = JSON.stringify(values, undefined, 2);
      const at = placeOfValue(text, [n % values.length]);
      return text.startsWith(
        JSON.stringify(values[n % values.length], undefined, 2).split('\n')[0] ?? '',
        at,
      );
    }),
  );
});

t.test('no text and no schema make it crash', async () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      try {
        read(text);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
      }
    }),
  );
});

t.test('the line of a character', async (t) => {
  t.equal(lineAt('a\nb\n', 0), 1);
  t.equal(lineAt('a\nb\n', 2), 2);
});

t.test('names that are near', async (t) => {
  t.equal(distance('import', 'imprt'), 1);
  t.equal(distance('import', 'imopr'), 2);
  t.equal(distance('ab', 'ba'), 1, 'two letters that changed places');
  const names = ['import', 'export', 'poll', 'import@two-writers', 'vgem'];
  t.same(nearNames('imprt', names), ['import']);
  t.same(nearNames('import@two-writer', names), ['import@two-writers']);
  t.same(nearNames('moon', names), []);
  t.same(nearNames('exp', names), ['export'], 'a beginning');
  t.equal(didYouMean(['a', 'b', 'c']), 'Did you mean a, b or c? ');
  t.equal(didYouMean(['a']), 'Did you mean a? ');
  t.equal(didYouMean([]), '');
});

t.test('a distance is one', async () => {
  const word = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const d = distance(a, b);
      return d === distance(b, a) && (d === 0) === (a === b) && d <= Math.max(a.length, b.length);
    }),
  );
});
