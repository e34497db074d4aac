// SPDX-License-Identifier: MIT
import t from 'tap';
import { jsonText, parseSummary } from './json.js';
import { mixed, summaryOf } from './testing/sample.js';

t.test('what is written is read back', async (t) => {
  t.same(parseSummary(jsonText(mixed), 'results.json'), mixed);
});

t.test('a u64 keeps all its digits', async (t) => {
  t.equal(
    jsonText({ seqno: 2n ** 64n - 1n, other: 2n ** 53n + 1n }),
    '{\n  "seqno": "18446744073709551615",\n  "other": "9007199254740993"\n}\n',
  );
});

t.test('what is not a summary is refused, with the place', async (t) => {
  t.throws(() => parseSummary('{', 'results.json'), { message: /results\.json, line 1: this is not JSON/ });
  const wrong = { ...summaryOf([]), verdict: 'maybe' };
  t.throws(() => parseSummary(JSON.stringify(wrong), 'results.json'), {
    message: /results\.json, line \d+: verdict: /,
    detail: /the results of a run/,
  });
});
