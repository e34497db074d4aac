// SPDX-License-Identifier: MIT
import { BUFFER, type Case, EVERY, WITH_IOCTLS } from './case.js';

const WATCHED = `${BUFFER}
      t0 = timeline -> 5
      s0 = fence t0 1 -> 6
      s1 = fence t0 2 -> 7
      e0 = epoll -> 8
`;

/** epoll, which asks a file once and is called back later. */
export const EPOLL_CASES: readonly Case[] = [
  {
    name: 'a-level-triggered-watch-reports-as-long-as-it-is-ready',
    why: 'fs/eventpoll.c, ep_send_events(): what is ready goes back to the ready list',
    kernels: EVERY,
    trace: `${WATCHED}
      watch e0 add s0 in -> 0
      woken e0 -> 0 by none ready nothing
      inc t0 1 -> 0
      woken e0 -> 1 by s0 ready in
      woken e0 4294967295 -> 1 by s0 ready in
      watch e0 remove s0 in -> 0
      woken e0 -> 0 by none ready nothing
      woken e0 5 -> EINTR
      woken e0 4294967295 -> EINTR`,
  },
  {
    name: 'a-closed-dma-buf-is-watched-as-long-as-a-poll-waits-for-its-fence',
    why: 'dma-buf.c, dma_buf_poll() of the series (patch 9) and of 6.1.192: the callback holds the file; executed on both',
    kernels: WITH_IOCTLS,
    trace: `
      b0 = heap -> 3
      t0 = timeline -> 4
      s0 = fence t0 1 -> 5
      import b0 read s0 -> 0
      poll b0 out -> 0 ready nothing
      e0 = epoll -> 6
      watch e0 add b0 in -> 0
      close b0 -> 0
      woken e0 -> 1 by b0 ready in`,
  },
  {
    name: 'an-edge-triggered-watch-may-be-silent-and-a-oneshot-is-after-it-fired',
    why: 'fs/eventpoll.c, ep_send_events(): EPOLLET does not go back, EPOLLONESHOT leaves no event',
    kernels: EVERY,
    trace: `${WATCHED}
      watch e0 add s0 in+edge -> 0
      watch e0 add s1 in+oneshot -> 0
      inc t0 1 -> 0
      woken e0 -> 1 by s0 ready in
      woken e0 -> 0 by none ready nothing
      inc t0 1 -> 0
      woken e0 -> 1 by s1 ready in
      woken e0 -> 0 by none ready nothing
      watch e0 change s1 in -> 0
      woken e0 -> 1 by s1 ready in`,
  },
  {
    name: 'epoll-ctl-refuses-in-this-order',
    why: 'fs/eventpoll.c, do_epoll_ctl(): the epoll, the target, then the item',
    kernels: EVERY,
    trace: `${WATCHED}
      watch none add s0 in -> EBADF
      watch e0 add none in -> EBADF
      watch e0 remove s0 in -> ENOENT
      watch e0 change s0 in -> ENOENT
      watch e0 add s0 in -> 0
      watch e0 add s0 out -> EEXIST
      s2 = dup s0 -> 9
      watch e0 add s2 in -> 0
      close s0 -> 0
      watch e0 remove s0 in -> EBADF
      close e0 -> 0
      watch e0 add s1 in -> EBADF
      woken e0 -> EBADF`,
  },
  {
    name: 'a-watch-goes-with-the-last-descriptor-of-its-file',
    why: 'fs/eventpoll.c, eventpoll_release(): called by __fput()',
    kernels: EVERY,
    trace: `${WATCHED}
      watch e0 add s0 in -> 0
      s2 = dup s0 -> 9
      inc t0 1 -> 0
      close s0 -> 0
      woken e0 -> 1 by s0 ready in
      fork 1 -> 0
      close s2 -> 0
      woken e0 -> 1 by s0 ready in
      1.0: exit -> 0
      woken e0 -> 0 by none ready nothing`,
  },
  {
    name: 'a-watched-buffer-wakes-again-for-the-next-fence',
    why: 'dma-buf.c, dma_buf_poll(): a callback on one pending fence at a time',
    kernels: WITH_IOCTLS,
    trace: `${WATCHED}
      t1 = timeline -> 9
      s2 = fence t1 1 -> 10
      watch e0 add b0 in+out -> 0
      woken e0 -> 1 by b0 ready in+out
      import b0 write s0 -> 0
      woken e0 -> 0 by none ready nothing
      import b0 read s2 -> 0
      inc t0 1 -> 0
      woken e0 -> 1 by b0 ready in
      inc t1 1 -> 0
      woken e0 -> 1 by b0 ready in+out
      watch e0 add s0 in -> 0
      woken e0 -> 1 by s0 ready in
      woken e0 -> 1 by b0 ready in+out`,
  },
];
