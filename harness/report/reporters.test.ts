// SPDX-License-Identifier: MIT
import t from 'tap';
import { openScreen } from '../progress/screen.js';
import { FakeClock, FakePipe, FakeTerminal } from '../progress/testing/fake-terminal.js';
import { eventsReporter, parseEvents } from './events.js';
import { jsonReporter } from './json.js';
import { junitReporter } from './junit.js';
import { liveReporter } from './live.js';
import { plainReporter } from './plain.js';
import type { Reporter, RunEvent, Sink } from './reporter.js';
import { tapReporter } from './tap.js';
import { golden } from './testing/golden.js';
import { eventsOf, green, mixed } from './testing/sample.js';
import { TextSink } from './testing/text-sink.js';

/** Each reporter, with where its text can be found afterwards. */
const reporters: Record<string, { make: () => { reporter: Reporter; text: () => string }; file: string }> = {
  tap: { file: 'tap', make: () => toText((sink) => tapReporter(sink)) },
  junit: { file: 'xml', make: () => toText((sink) => junitReporter(sink)) },
  json: { file: 'json', make: () => toText((sink) => jsonReporter(sink)) },
  plain: {
    file: 'plain.txt',
    make: () => {
      const pipe = new FakePipe();
      return {
        reporter: plainReporter(openScreen(pipe, {}, new FakeClock()), true),
        text: () => pipe.raw,
      };
    },
  },
  live: {
    file: 'live.txt',
    make: () => {
      const terminal = new FakeTerminal(100);
      const screen = openScreen(terminal, { TERM: 'xterm', NO_COLOR: '1' }, new FakeClock());
      return { reporter: liveReporter(screen, true), text: () => `${terminal.text()}\n` };
    },
  },
};

function toText(make: (sink: Sink) => Reporter): { reporter: Reporter; text: () => string } {
  const sink = new TextSink();
  return { reporter: make(sink), text: () => sink.text };
}

/** What the events reporter saves, read back. */
function saved(events: readonly RunEvent[]): readonly RunEvent[] {
  const { reporter, text } = toText((sink) => eventsReporter(() => sink));
  for (const event of events) reporter.on(event);
  return parseEvents(text(), 'events.jsonl');
}

for (const [name, { make, file }] of Object.entries(reporters))
  t.test(name, async (t) => {
    for (const [run, summary] of Object.entries({ mixed, green })) {
      const live = make();
      for (const event of eventsOf(summary)) await live.reporter.on(event);
      golden(t, `${run}.${file}`, live.text());
      const again = make();
      for (const event of saved(eventsOf(summary))) await again.reporter.on(event);
      // The order of keys is not part of JSON.
      const plain = (text: string): unknown => (name === 'json' ? JSON.parse(text) : text);
      t.same(plain(again.text()), plain(live.text()), `${run}: the same from the saved events`);
    }
  });

t.test('at most one of them owns standard output', async (t) => {
  const owners = Object.values(reporters).filter(({ make }) => make().reporter.ownsStdout);
  t.equal(owners.length, 3, 'tap, plain and live may; junit and json never do');
});

t.test('no report has control codes in it', async (t) => {
  for (const [name, { make }] of Object.entries(reporters)) {
    const { reporter, text } = make();
    for (const event of eventsOf(mixed)) reporter.on(event);
    t.notMatch(text().replaceAll('\n', ''), /\p{Cc}/u, name);
  }
});

t.test('a file of events: damaged in the middle is refused, cut off at the end is read', async (t) => {
  const lines = eventsOf(green).map((event) => JSON.stringify(event));
  t.equal(parseEvents(lines.join('\n').slice(0, -20), 'f').length, lines.length - 1);
  t.throws(() => parseEvents(['{', ...lines].join('\n'), 'f'), { message: /line 1 of f/ });
});
