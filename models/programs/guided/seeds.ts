// SPDX-License-Identifier: MIT
import type { Call } from '../../ops/call.js';
import { parseScript } from '../../text/parse.js';

/** What a search begins with: a little of everything that programs can do. The card c0 is open. */
const SEEDS = [
  // Fences of timelines in a buffer of vgem, and what comes out again
  `g0 = dumb c0; b0 = prime c0 g0; t0 = timeline; t1 = timeline; s0 = fence t0 1; s1 = fence t1 1
   import b0 read s0; import b0 write s1; s2 = export b0 read; s3 = export b0 write; inc t0 1; info s3 8; inc t1 1; info s3 8`,
  // The same in a buffer without a driver, with CPU access
  'b0 = heap; t0 = timeline; s0 = fence t0 1; import b0 write s0; poll b0 in; poll b0 out; inc t0 1; sync b0 read; sync b0 read+end',
  // Fences of a driver
  'g0 = dumb c0; b0 = prime c0 g0; f0 = attach c0 g0 write; s0 = export b0 read; poll b0 in+out; signal c0 f0; f1 = attach c0 g0 read; poll s0 in',
  // Merges: of two timelines, of one, of what is done
  't0 = timeline; t1 = timeline; s0 = fence t0 1; s1 = fence t0 2; s2 = fence t1 1; s3 = merge s0 s1; s4 = merge s3 s2; inc t0 1; s5 = merge s4 s0; info s5 8; info s4 0',
  // Round trips through two buffers
  'b0 = heap; b1 = heap; t0 = timeline; s0 = fence t0 1; import b0 read s0; s1 = export b0 write; import b1 write s1; s2 = export b1 read; import b0 write s2; observe b1; inc t0 1',
  // A file that is watched, and timelines that close early
  'e0 = epoll; t0 = timeline; s0 = fence t0 1; watch e0 add s0 in; woken e0; close t0; woken e0; info s0 8; watch e0 remove s0 in',
  // Copies, names, what does not belong
  'g0 = dumb c0; b0 = prime c0 g0; b1 = dup b0; name b0 5; unknown b0; t0 = timeline; s0 = fence t0 3; s1 = dup s0; deadline s0; import b1 read+write s1; close s0; close b0; poll b1 out',
  // An older fence after a newer one of its timeline, and the other way round
  'b0 = heap; t0 = timeline; s0 = fence t0 1; s1 = fence t0 2; import b0 read s1; import b0 read s0; inc t0 1; observe b0; inc t0 1; import b0 write s0; observe b0',
  // What is wrong in two ways
  't0 = timeline; b0 = heap; s0 = fence t0 1; s1 = fence t0 1 unmapped; s2 = export b0 nothing readonly; import b0 nothing none; s3 = merge s0 none 1; info s0 1 1 readonly; name b0 50 unmapped; sync b0 nothing unmapped',
  // A buffer of one driver as another's, and handles that go first
  'g0 = dumb c0; b0 = prime c0 g0; g1 = open c0 b0; b1 = heap; f0 = attach c0 g1 read; drop c0 g0; t0 = timeline; s0 = fence t0 1; import b0 write s0; signal c0 f0',
];

export const seedPrograms = (): Call[][] =>
  SEEDS.map((text) => parseScript(text.replaceAll(/; */g, '\n')).events.map(({ call }) => call));
