// SPDX-License-Identifier: MIT

/**
 * Scenes word for word: what depends on a certain order of calls. Their variables have numbers from 100, all that they
 * open they close, and none needs anything that was there before.
 */
export const SCENE_TEXTS: readonly { readonly name: string; readonly text: string }[] = [
  {
    name: 'an array hears of errors once it was polled',
    text: `
      t100 = timeline
      t101 = timeline
      s100 = fence t100 1
      s101 = fence t101 1
      s102 = merge s100 s101
      s103 = merge s100 s101
      poll s103 in
      close t100
      info s102 0
      info s102 2
      inc t101 1
      info s102 0
      info s103 0
      info s103 2
      poll s103 in
      close t101
      close s100
      close s101
      close s102
      close s103`,
  },
  {
    name: 'a level-triggered watch',
    text: `
      t100 = timeline
      s100 = fence t100 1
      e100 = epoll
      watch e100 add s100 in
      watch e100 add s100 in
      woken e100
      inc t100 1
      woken e100
      woken e100 4294967295
      watch e100 change s100 in+edge
      woken e100
      watch e100 remove s100 in
      watch e100 remove s100 in
      woken e100
      close e100
      close s100
      close t100`,
  },
  {
    name: 'a watch goes with the last descriptor of its file',
    text: `
      t100 = timeline
      s100 = fence t100 1
      e100 = epoll
      watch e100 add s100 in
      s101 = dup s100
      inc t100 1
      close s100
      woken e100
      close s101
      woken e100
      close e100
      close t100`,
  },
  {
    name: 'a watched buffer wakes again for the next fence',
    text: `
      c100 = card
      g100 = dumb c100
      b100 = prime c100 g100
      t100 = timeline
      t101 = timeline
      s100 = fence t100 1
      s101 = fence t101 1
      e100 = epoll
      watch e100 add b100 in+out
      woken e100
      import b100 write s100
      woken e100
      import b100 read s101
      inc t100 1
      woken e100
      inc t101 1
      woken e100
      close e100
      close s100
      close s101
      close t100
      close t101
      close b100
      drop c100 g100
      close c100`,
  },
  {
    name: 'a timeline is there as long as a copy of it',
    text: `
      t100 = timeline
      t101 = dup t100
      s100 = fence t100 1
      close t100
      info s100 1
      poll s100 in
      inc t101 1
      info s100 1
      close t101
      close s100`,
  },
  {
    name: 'a buffer is closed while it is polled',
    text: `
      c100 = card
      g100 = dumb c100
      b100 = prime c100 g100
      b101 = prime c100 g100
      t100 = timeline
      s100 = fence t100 1
      import b101 write s100
      poll b100 in
      poll b100 out
      s101 = export b100 read
      close b100
      close b101
      drop c100 g100
      poll s101 in
      inc t100 1
      poll s101 in
      close s100
      close s101
      close t100
      close c100`,
  },
  {
    name: 'a fence of vgem when its card is closed',
    text: `
      c100 = card
      g100 = dumb c100
      b100 = prime c100 g100
      f100 = attach c100 g100 write
      f101 = attach c100 g100 read
      s100 = export b100 read
      poll s100 in
      close c100
      poll s100 in
      poll b100 in+out
      close s100
      close b100`,
  },
  {
    name: 'one buffer, two cards',
    text: `
      c100 = card
      c101 = card
      g100 = dumb c100
      b100 = prime c100 g100
      g101 = open c101 b100
      g102 = open c101 b100
      g103 = open c100 b100
      t100 = timeline
      s100 = fence t100 1
      import b100 read s100
      f100 = attach c101 g101 write
      inc t100 1
      f100 = attach c101 g101 write
      observe b100
      signal c101 f100
      b101 = prime c101 g101
      observe b101
      drop c101 g102
      drop c101 g101
      drop c100 g103
      drop c100 g100
      close s100
      close t100
      close b100
      close b101
      close c100
      close c101`,
  },
  {
    name: 'a buffer of nobody, on a card',
    text: `
      b100 = heap
      c100 = card
      g100 = open c100 b100
      t100 = timeline
      s100 = fence t100 1
      import b100 read s100
      f100 = attach c100 g100 read
      f101 = attach c100 g100 write
      observe b100
      b101 = prime c100 g100
      poll b101 in+out
      signal c100 f100
      inc t100 1
      f101 = attach c100 g100 write
      observe b101
      signal c100 f101
      drop c100 g100
      close c100
      observe b100
      close b100
      close b101
      close s100
      close t100`,
  },
  {
    name: 'which error of prime and name comes first',
    text: `
      c100 = card
      g100 = dumb c100
      b100 = prime c100 g100
      limit 0
      b101 = prime c100 none
      b101 = prime c100 g100
      limit 1024
      b101 = prime c100 none
      name b100 31
      name b100 32
      name b100 32 unmapped
      name b100 4000
      sync b100 0 unmapped
      sync b100 8
      sync b100 12 readonly
      sync b100 read+end
      deadline none 0
      close b100
      drop c100 g100
      drop c100 g100
      close c100`,
  },
  {
    name: 'merges of what is done',
    text: `
      t100 = timeline
      t101 = timeline
      s100 = fence t100 1
      s101 = fence t101 1
      s102 = fence t101 2
      inc t100 1
      inc t101 1
      s103 = merge s100 s101
      s104 = merge s100 s102
      s105 = merge s103 s104
      info s103 4
      info s104 4
      info s105 4
      close s100
      close s101
      close s102
      close s103
      close s104
      close s105
      close t100
      close t101`,
  },
  {
    name: 'deadlines',
    text: `
      t100 = timeline
      s100 = fence t100 1
      deadline s100 0
      deadline s100 1
      deadline s100 0 unmapped
      deadline s100 1 unmapped
      deadline s100 0 readonly
      info s100 1
      close s100
      close t100`,
  },
  {
    name: 'time passes between a signal and the look at it',
    text: `
      t100 = timeline
      s100 = fence t100 1
      s101 = fence t100 2
      s102 = merge s100 s101
      inc t100 1
      wait 3
      info s100 1
      wait 3
      inc t100 1
      info s101 1
      info s102 2
      close s100
      close s101
      close s102
      close t100`,
  },
];

/** The same with seqnos: what signalled long ago, and what lies on both sides of where they wrap. */
export const WRAP_TEXTS: readonly { readonly name: string; readonly text: string }[] = [
  ...(['import b100 write', 'import b100 read'] as const).flatMap((first) => [
    {
      name: `${first}, then one that signalled 2^31 steps ago`,
      text: `
        b100 = heap
        t100 = timeline
        s100 = fence t100 1
        inc t100 1
        inc t100 0x80000010
        s101 = fence t100 0x80000021
        ${first} s101
        poll b100 in+out
        ${first} s100
        import b100 write s100
        observe b100
        s102 = merge s100 s101
        s103 = merge s101 s100
        info s102 4
        info s103 4
        poll s102 in
        poll s103 in
        inc t100 0x10
        observe b100
        info s102 4
        close s100
        close s101
        close s102
        close s103
        close t100
        close b100`,
    },
    ...['0x7ffffff0', '0xfffffff0'].map((far) => ({
      name: `${first} on both sides of ${far}`,
      text: `
        b100 = heap
        b101 = heap
        t100 = timeline
        inc t100 ${far}
        s100 = fence t100 ${far.replace('f0', 'fa')}
        s101 = fence t100 ${far === '0xfffffff0' ? '5' : '0x80000005'}
        ${first} s100
        ${first} s101
        ${first.replace('b100', 'b101')} s101
        ${first.replace('b100', 'b101')} s100
        s102 = merge s100 s101
        s103 = merge s101 s100
        info s102 4
        info s103 4
        inc t100 0xa
        observe b100
        observe b101
        poll s102 in
        poll s103 in
        inc t100 0xb
        observe b100
        observe b101
        close s100
        close s101
        close s102
        close s103
        close t100
        close b100
        close b101`,
    })),
  ]),
];
