// SPDX-License-Identifier: MIT
import t from 'tap';
import { openProgress } from '../progress/open.js';
import { FakePipe, FakeTerminal } from '../progress/testing/fake-terminal.js';
import { describeFault, FanOut } from './fan-out.js';
import { liveReporter } from './live.js';
import { plainReporter } from './plain.js';
import { eventsOf, mixed } from './testing/sample.js';

const START = { kind: 'subtest-start', name: 'a@b', guest: 0 } as const;

t.test('a reporter that fails costs itself only, at once or later', async (t) => {
  const got: string[] = [];
  const fan = new FanOut([
    {
      name: 'throws',
      ownsStdout: false,
      on: () => {
        throw new Error('at once');
      },
    },
    { name: 'rejects', ownsStdout: false, on: () => Promise.reject(new Error('later')) },
    { name: 'good', ownsStdout: true, on: (event) => void got.push(event.kind) },
  ]);
  fan.tell(START);
  fan.tell(START);
  await fan.settled();
  t.same(fan.faults.map(describeFault), [
    'The throws report could not be written: at once',
    'The rejects report could not be written: later',
  ]);
  t.equal(got.length, 2, 'the good one hears everything');
});

t.test('one owner of standard output at most', async (t) => {
  const owner = { ownsStdout: true, on: () => undefined };
  const both = [
    { name: 'tap', ...owner },
    { name: 'live', ...owner },
  ];
  t.throws(() => new FanOut(both), { message: /\[fencelab bug\] tap and live/ });
});

t.test('stages and tests share one screen', async (t) => {
  const terminal = new FakeTerminal(70);
  const shown = openProgress(terminal, { TERM: 'xterm', NO_COLOR: '1' });
  const fan = new FanOut([liveReporter(shown.screen, true)]);
  shown.progress.stage('Build linux').end('cached');
  const late = shown.progress.stage('Look for leaks');
  for (const event of eventsOf(mixed).slice(0, 3)) fan.tell(event);
  t.match(terminal.text(), /^ok {5}Build linux: cached \(\d+ ms\)\n- Look for leaks .*\nTest \[-+\] 0\/11/);
  late.end('none');
  for (const event of eventsOf(mixed).slice(3)) fan.tell(event);
  shown.close();
  t.match(terminal.text(), /ok {5}Look for leaks: none[\s\S]*FAILS/);
  t.notMatch(terminal.text(), /Test \[/, 'the region is gone');
  t.ok(terminal.longest() <= 70);
});

t.test('whoever closes the pipe early gets no more, and the run goes on', async (t) => {
  class ClosedPipe extends FakePipe {
    #fail: (error: Error) => void = () => undefined;
    on(_event: 'error', listener: (error: Error) => void): void {
      this.#fail = listener;
    }
    override write(text: string): boolean {
      super.write(text);
      this.#fail(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      return false;
    }
  }
  const pipe = new ClosedPipe();
  const shown = openProgress(pipe, {});
  const fan = new FanOut([plainReporter(shown.screen, true)]);
  for (const event of eventsOf(mixed)) fan.tell(event);
  t.equal(pipe.raw.split('\n').length, 2, 'nothing is written after the first line');
  t.same(fan.faults, []);
});
