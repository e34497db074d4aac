// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import t from 'tap';
import { TomlLines } from './toml-lines.js';

const DOCUMENT = `# a comment with [brackets] and "quotes
top = 1 # = 2
"quoted key" = 'it is # not a comment'

[table]
text = """
[not.a.table]
key = "no"
""" # behind
after = true
nested.key = 5

[[list]]
many = [
  1, # [one]
  [2,
   3],
  "a ] b",
]
inline = { a = 1, b = { c = [1, 2] } }

[[list]]
date = 2026-11-24T01:02:03Z

[list.inside]
x = '''two''
'lines'''
y = 1
[[list.inside.deep]]
z = "\\"] # \\\\"
end = 1
`;

t.test('each key, table and element is on its line', async (t) => {
  parse(DOCUMENT); // it is valid
  const lines = new TomlLines(DOCUMENT);
  const rows: [readonly (string | number)[], number][] = [
    [['top'], 2],
    [['quoted key'], 3],
    [['table'], 5],
    [['table', 'text'], 6],
    [['table', 'after'], 10],
    [['table', 'nested', 'key'], 11],
    [['list', 0], 13],
    [['list', 0, 'many'], 14],
    [['list', 0, 'many', 0], 15],
    [['list', 0, 'many', 1], 16],
    [['list', 0, 'many', 1, 1], 17],
    [['list', 0, 'many', 2], 18],
    [['list', 0, 'inline', 'b', 'c', 1], 20],
    [['list', 1], 22],
    [['list', 1, 'date'], 23],
    [['list', 1, 'inside', 'x'], 26],
    [['list', 1, 'inside', 'y'], 28],
    [['list', 1, 'inside', 'deep', 0, 'z'], 30],
    [['list', 1, 'inside', 'deep', 0, 'end'], 31],
  ];
  for (const [path, line] of rows) t.equal(lines.lineOf(path), line, path.join('.'));
});

t.test('what is not there is on the line of what is around it', async (t) => {
  const lines = new TomlLines(DOCUMENT);
  t.equal(lines.lineOf(['list', 1, 'missing']), 22);
  t.equal(lines.lineOf(['list', 0, 'many', 9]), 14);
  t.equal(lines.lineOf(['nothing', 'at', 'all']), 1);
  t.equal(new TomlLines('').lineOf(['x']), 1);
  t.equal(new TomlLines('a = 1\r\nb = 2\r\n').lineOf(['b']), 2, 'ends of lines as Windows has them');
});

t.test('any valid document is read to its end', async () => {
  const value = fc.letrec<{ value: unknown; table: Record<string, unknown> }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.array(fc.string(), { maxLength: 3 }),
      tie('table'),
    ),
    table: fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  })).table;
  fc.assert(
    fc.property(value, (table) => {
      const text = `${stringify(table)}\nlast_key_of_all = 1\n`;
      // The last key may have become part of the last table
      const lines = new TomlLines(text);
      const last = text.trimEnd().split('\n').length;
      const found = find(parse(text), 'last_key_of_all');
      return found !== undefined && lines.lineOf(found) === last;
    }),
    { numRuns: 300 },
  );
});

function find(value: unknown, key: string): (string | number)[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inside] of Object.entries(value)) {
    const part = Array.isArray(value) ? Number(name) : name;
    if (name === key) return [part];
    const deeper = find(inside, key);
    if (deeper !== undefined) return [part, ...deeper];
  }
  return undefined;
}
