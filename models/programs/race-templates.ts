// SPDX-License-Identifier: MIT
import { parseScript } from '../text/parse.js';
import type { CallOf } from '../traffic/record.js';

/**
 * Races that matter, by name: threads 1 and up do their ops side by side. The card c0 is there before; everything else is
 * made here, and closed behind it. A descriptor that is lower than all others is free, so that what is made does not get
 * the number of what is closed meanwhile: a call that has found its file goes on with it, and the model, for which a call
 * is at one moment, does not know of that.
 */
const OPENING = `
o0 = other
g0 = dumb c0
b0 = prime c0 g0
b1 = heap
t0 = timeline
t1 = timeline
t2 = timeline
s0 = fence t0 1
s1 = fence t1 1
close o0
`;

const TEXTS = {
  'import-against-import': '0.1: import b0 write s0\n0.2: import b0 write s1',
  'import-against-read': '0.1: import b0 write s0\n0.2: import b0 read s1',
  'import-against-older':
    's2 = fence t0 2\nimport b0 read s1\n0.1: import b0 read s2\n0.2: import b0 read s0\ninc t0 1',
  'export-against-import': 'import b0 read s0\n0.1: s2 = export b0 write\n0.2: import b0 write s1',
  'export-against-signal': 'import b0 write s0\nimport b0 read s1\n0.1: s2 = export b0 write\n0.2: inc t0 1',
  'export-against-close-of-timeline': 'import b0 write s0\n0.1: s2 = export b0 write\n0.2: close t0',
  'import-against-signal': '0.1: import b0 write s0\n0.2: inc t0 1',
  'import-against-close': '0.1: import b0 write s0\n0.2: close s0',
  'export-against-close': 'import b0 write s0\n0.1: s2 = export b0 write\n0.2: close b0',
  'attach-against-import': '0.1: f0 = attach c0 g0 write\n0.2: import b0 write s0',
  'attach-against-attach': '0.1: f0 = attach c0 g0 read\n0.2: f1 = attach c0 g0 write',
  'attach-against-signal': 'f0 = attach c0 g0 write\n0.1: f1 = attach c0 g0 write\n0.2: signal c0 f0',
  'poll-against-import': '0.1: poll b0 in+out\n0.2: import b0 read s0',
  'poll-against-signal': 'import b0 write s0\n0.1: poll b0 in+out\n0.2: inc t0 1\n0.3: poll b0 in+out',
  'poll-against-close': 'import b0 write s0\n0.1: poll b0 in+out\n0.2: close b0\ninc t0 1',
  'epoll-against-close':
    'e0 = epoll\nwatch e0 add b0 in+out\nwatch e0 add b1 in+out\nimport b0 write s0\nimport b1 write s0\n0.1: woken e0\n0.2: close b1\ninc t0 1',
  'merge-against-signal': '0.1: s2 = merge s0 s1\n0.2: inc t0 1',
  'merge-against-close': '0.1: s2 = merge s0 s1\n0.2: close s1',
  'info-against-signal': 's2 = merge s0 s1\n0.1: info s2 8\n0.2: inc t0 1\n0.3: inc t1 1',
  'signal-against-signal':
    'import b0 write s0\nimport b0 write s1\n0.1: inc t0 1\n0.2: inc t1 1\n0.3: poll b0 in',
  'sync-against-signal': 'import b0 write s0\n0.1: sync b0 read\n0.2: inc t0 1',
  'two-buffers': '0.1: import b0 write s0\n0.2: import b1 write s0\n0.3: inc t0 1',
  'there-and-back':
    'import b0 write s0\nimport b1 write s1\n0.1: s2 = export b0 write\n0.1: import b1 write s2\n0.2: s3 = export b1 write\n0.2: import b0 write s3',
  'three-writers':
    's2 = fence t2 1\n0.1: import b0 write s0\n0.2: import b0 write s1\n0.3: import b0 write s2',
  'all-at-once':
    'import b0 read s0\n0.1: import b0 write s1\n0.2: s2 = export b0 write\n0.3: inc t0 1\n0.4: poll b0 in+out',
} as const;

export type TemplateName = keyof typeof TEXTS;

export interface Template {
  readonly name: TemplateName;
  readonly calls: readonly CallOf[];
}

const callsOf = (text: string): CallOf[] =>
  parseScript(text).events.map(({ call, thread }) => ({
    ...call,
    ...(thread === undefined ? {} : { thread }),
  }));

export const TEMPLATES: readonly Template[] = (Object.keys(TEXTS) as TemplateName[]).map((name) => ({
  name,
  calls: callsOf(OPENING + TEXTS[name]),
}));
