// SPDX-License-Identifier: MIT
import t from 'tap';
import { colorsFor } from './colors.js';
import { NEXT_WORD_MS, plainProgress } from './plain.js';
import { openScreen } from './screen.js';
import { terminalProgress } from './terminal.js';
import { FakeClock, FakePipe, FakeTerminal } from './testing/fake-terminal.js';
import { bar, duration, fit, grouped, share, wrap } from './words.js';

t.test('words', async (t) => {
  t.equal(duration(312), '312 ms');
  t.equal(duration(45_000), '45 s');
  t.equal(duration(182_000), '3 min 2 s');
  t.equal(duration(7_500_000), '2 h 5 min');
  t.equal(bar(5, 10), '[##########----------]');
  t.equal(bar(99, 10), '[####################]');
  t.equal(bar(-1, 10), '[--------------------]');
  t.equal(bar(1, 0), '');
  t.equal(bar(undefined, 10), '');
  t.equal(share(3, undefined), '3');
  t.equal(fit('abcdefgh', 6), 'abc...');
  t.equal(fit('a\nb\u001b[2Jc', 20), 'a b [2Jc');
});

t.test('long text is broken at spaces, and cut in the end', async (t) => {
  t.same(wrap('one two three four', 9, '  ', '    '), ['  one two', '    three', '    four']);
  t.same(wrap('short', 80, '> '), ['> short']);
  t.same(wrap('', 80), ['']);
  t.same(wrap('abcdefghijkl', 6), ['abc...']);
  const long = wrap('word '.repeat(100), 20);
  t.equal(long.length, 4);
  t.match(long.at(-1), /\.\.\.$/);
});

t.test('colours: a terminal has them, NO_COLOR and FORCE_COLOR decide', async (t) => {
  const rows = [
    { terminal: true, env: {}, want: true },
    { terminal: false, env: {}, want: false },
    { terminal: true, env: { TERM: 'dumb' }, want: false },
    { terminal: true, env: { NO_COLOR: '1' }, want: false },
    { terminal: true, env: { NO_COLOR: '' }, want: true },
    { terminal: false, env: { FORCE_COLOR: '1' }, want: true },
    { terminal: true, env: { FORCE_COLOR: '0' }, want: false },
    { terminal: true, env: { FORCE_COLOR: '1', NO_COLOR: '1' }, want: false },
  ];
  for (const { terminal, env, want } of rows)
    t.equal(colorsFor(terminal, env).red('x') !== 'x', want, JSON.stringify({ terminal, env }));
});

t.test('stages on a terminal', async (t) => {
  const terminal = new FakeTerminal(60);
  const clock = new FakeClock();
  const screen = openScreen(terminal, { TERM: 'xterm', NO_COLOR: '1' }, clock);
  const progress = terminalProgress(screen);
  const kernel = progress.stage('Build linux 5.10.262');
  const guest = progress.stage('Build the guest');
  kernel.update('CC drivers/dma-buf/dma-resv.o', 400, 800);
  clock.advance(3200);
  t.equal(
    terminal.text(),
    ['- Build linux 5.10.262: [##########----------] 400/800 C...', '- Build the guest ... (3.2 s)'].join(
      '\n',
    ),
  );
  guest.end('cached');
  progress.say('no KVM here: emulating with TCG');
  clock.advance(100);
  t.match(
    terminal.text(),
    /^ok {5}Build the guest: cached \(3\.2 s\)\nno KVM here: emulating with TCG\n\\ Build linux/,
  );
  kernel.fail('make exited with code 2');
  t.match(terminal.text(), /\nFAILED Build linux 5\.10\.262: make exited with code 2 \(3\.3 s\)$/);
  t.equal(clock.timers, 0, 'nothing ticks when nothing is shown');
  t.ok(terminal.longest() <= 60);
});

t.test('a terminal is drawn ten times a second at most, and not at all if nothing changes', async (t) => {
  const terminal = new FakeTerminal();
  const clock = new FakeClock();
  const screen = openScreen(terminal, { TERM: 'xterm' }, clock);
  const stage = terminalProgress(screen).stage('Unpack');
  const before = terminal.writes;
  for (let i = 0; i < 1000; i++) {
    stage.update(`file ${i}`, i, 1000);
    clock.advance(1);
  }
  t.ok(terminal.writes - before <= 10, `${terminal.writes - before} writes`);
  stage.end('');
  screen.close();
  t.match(terminal.text(), /^ok {5}Unpack \(1\.0 s\)$/);
});

t.test('a terminal that is made narrower or wider', async (t) => {
  const terminal = new FakeTerminal(100);
  const clock = new FakeClock();
  const stage = terminalProgress(openScreen(terminal, { TERM: 'xterm' }, clock)).stage('Unpack');
  stage.update('x'.repeat(200));
  clock.advance(100);
  t.equal(terminal.text().length, 99);
  terminal.columns = 40;
  clock.advance(100);
  t.equal(terminal.text().split('\n').at(-1)?.length, 39);
});

t.test('stages in a log', async (t) => {
  const pipe = new FakePipe();
  const clock = new FakeClock();
  const progress = plainProgress(openScreen(pipe, {}, clock));
  progress.stage('Get linux 5.10').end('cached');
  const build = progress.stage('Build linux');
  build.update('CC fs/read_write.o', 100, 800);
  clock.advance(NEXT_WORD_MS + 3000);
  build.end('412 files');
  build.end('twice');
  t.equal(
    pipe.raw,
    [
      'ok     Get linux 5.10: cached (0 ms)',
      '       Build linux: 100/800 CC fs/read_write.o (2.0 s)',
      '       Build linux: 100/800 CC fs/read_write.o (32 s)',
      'ok     Build linux: 412 files (33 s)',
      '',
    ].join('\n'),
  );
  t.equal(clock.timers, 0);
});

t.test('a dumb terminal gets lines', async (t) => {
  t.equal(openScreen(new FakeTerminal(), { TERM: 'dumb' }).live, false);
  t.equal(openScreen(new FakePipe(), { TERM: 'xterm' }).live, false);
});

t.test('numbers in groups', async (t) => {
  t.same([0, 12, 123, 1234, 1234567.4].map(grouped), ['0', '12', '123', '1 234', '1 234 567']);
});
