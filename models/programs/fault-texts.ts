// SPDX-License-Identifier: MIT

/** What is there before an op whose allocations fail. */
const BUFFERS = {
  empty: '',
  read: 't8 = timeline\ns8 = fence t8 1\nimport b0 read s8',
  written: 't8 = timeline\ns8 = fence t8 1\nimport b0 write s8',
  both: 't8 = timeline\ns8 = fence t8 1\nt9 = timeline\ns9 = fence t9 1\nimport b0 read s8\nimport b0 write s9',
  merged:
    't8 = timeline\ns8 = fence t8 1\nt9 = timeline\ns9 = fence t9 1\ns18 = merge s8 s9\nimport b0 write s18',
  done: 't8 = timeline\ns8 = fence t8 1\nimport b0 read s8\nimport b0 write s8\ninc t8 1',
} as const;

/** A file of one leaf, of two, of one that is done, and of both, and an older fence of a timeline that has a later one. */
const FILES = {
  'a leaf': 't0 = timeline\ns0 = fence t0 1',
  'two leaves': 't0 = timeline\nt1 = timeline\ns1 = fence t0 1\ns2 = fence t1 1\ns0 = merge s1 s2',
  'what is done': 't0 = timeline\ns0 = fence t0 1\ninc t0 1',
  'half of it done':
    't0 = timeline\nt1 = timeline\ns1 = fence t0 1\ns2 = fence t1 1\ns0 = merge s1 s2\ninc t0 1',
  'an older fence': 't0 = timeline\ns1 = fence t0 2\ns0 = fence t0 1\nimport b0 write s1',
} as const;

const OPENED = {
  vgem: 'g0 = dumb c0\nb0 = prime c0 g0',
  heap: 'b0 = heap',
} as const;

/** Each access of each kind of buffer in each state: what comes out of it, and every kind of file going in. Done twice. */
function* accesses(): Generator<string> {
  for (const opened of Object.values(OPENED))
    for (const before of Object.values(BUFFERS))
      for (const access of ['read', 'write', 'read+write']) {
        yield `${opened}\n${before}\ns10 = export b0 ${access}\ns11 = export b0 ${access}\ninfo s10 8\ninfo s11 8`;
        for (const file of Object.values(FILES))
          yield `${opened}\n${before}\n${file}\nimport b0 ${access} s0\nimport b0 ${access} s0\nobserve b0`;
      }
}

/** Everything else that allocates, where it can do something and where it cannot. */
const OTHERS: readonly string[] = [
  't0 = timeline\nt1 = timeline\ns0 = fence t0 1\ns1 = fence t0 0\ninc t0 1\ns2 = fence t0 1\ns3 = fence t0 1 unmapped\ns3 = fence t0 1 readonly\ninfo s2 1',
  ...Object.values(FILES)
    .filter((file) => !file.includes('b0'))
    .flatMap((file) => [
      `${file}\nt5 = timeline\ns5 = fence t5 1\ns6 = merge s0 s5\ns7 = merge s5 s0\ns8 = merge s0 s0\ninfo s6 8\ninfo s7 8\ninfo s8 8\ninfo s8 0`,
      // An array that an epoll has asked hears of errors, whether there was memory for the watch or not
      `${file}\ne0 = epoll\nwatch e0 add s0 in\nwoken e0\nclose t0\ninfo s0 0\nwatch e0 change s0 in+edge\nwoken e0\nwatch e0 remove s0 in`,
    ]),
  's1 = merge none none\ns1 = export none read\nimport none read none\ninfo none 1\nb1 = prime c0 none\ng1 = open c0 none',
  'g0 = dumb c0\ng1 = dumb c0\nb0 = prime c0 g0\nb1 = prime c0 g0\ng2 = open c0 b0\nname b0 5\nname b0 31\nname b0 5 unmapped',
  'c1 = card\ng0 = dumb c0\nb0 = prime c0 g0\ng1 = open c1 b0\ng2 = open c1 b0\nb1 = prime c1 g1\nobserve b1\ndrop c1 g1\ndrop c1 g1\nclose c1',
  'b0 = heap\ng0 = open c0 b0\nf0 = attach c0 g0 write\nb1 = prime c0 g0\nobserve b1\nsignal c0 f0',
  'g0 = dumb c0\nb0 = prime c0 g0\nf0 = attach c0 g0 read\nf1 = attach c0 g0 write\nf2 = attach c0 g0 read\nobserve b0\nsignal c0 f0\nsignal c0 f2\nf3 = attach c0 g0 write\nobserve b0\nsignal c0 f3',
  `g0 = dumb c0\nb0 = prime c0 g0\n${BUFFERS.both}\ne0 = epoll\nwatch e0 add b0 in+out\nwatch e0 add s8 in\nwoken e0\ninc t8 1\ninc t9 1\nwoken e0\nclose s8\nwoken e0`,
];

/** A buffer that is closed while it waits, and a timeline while files do, with allocations that failed before. */
const ENDS: readonly string[] = [
  `g0 = dumb c0\nb0 = prime c0 g0\n${BUFFERS.both}\ns10 = export b0 write\nclose b0\ndrop c0 g0\ninfo s10 4\nclose t8\ninfo s10 4`,
  `b0 = heap\nb1 = heap\n${BUFFERS.merged}\ns10 = export b0 write\nimport b1 read s10\nclose t9\nobserve b1\nimport b1 write s10\nobserve b1`,
];

/** Programs in text form: each allocation of each op that allocates, in the states that make a difference to it. */
export const faultTexts = (): readonly string[] => [...accesses(), ...OTHERS, ...ENDS];
