// SPDX-License-Identifier: MIT
import { BUFFER, type Case, EVERY, NAMED, WITH_IOCTLS } from './case.js';

/** Several processes, one call after the other, and files that the model does not look at. */
export const PROCESS_CASES: readonly Case[] = [
  {
    name: 'a-fork-shares-files-and-not-descriptors',
    why: 'kernel/fork.c, copy_files(): dup_fd() of fs/file.c',
    kernels: EVERY,
    trace: `
      t0 = timeline -> 3
      s0 = fence t0 1 -> 4
      fork 1 -> 0
      1.0: poll s0 in -> 0 ready nothing
      1.0: s1 = fence t0 2 -> 5
      s1 = fence t0 3 -> 5
      close s0 -> 0
      poll s0 in -> 1 ready nval
      1.0: poll s0 in -> 0 ready nothing
      1.0: inc t0 2 -> 0
      1.0: poll s0 in -> 1 ready in
      1.0: poll s1 in -> 1 ready in
      poll s1 in -> 0 ready nothing
      s2 = dup s1 -> 4
      1.0: limit 6 -> 0
      1.0: s2 = dup s1 -> EMFILE
      s0 = dup s1 -> 6`,
  },
  {
    name: 'a-timeline-is-open-until-the-last-process-has-ended',
    why: 'exit_files() of kernel/exit.c; fput() of fs/file_table.c',
    kernels: NAMED,
    trace: `
      t0 = timeline -> 3
      s0 = fence t0 1 -> 4
      fork 1 -> 0
      close t0 -> 0
      info s0 1 -> 0 status pending fences 1 leaves t0:pending
      1.0: exit -> 0
      info s0 1 -> 0 status ENOENT fences 1 leaves t0:ENOENT
      fork 1 -> 0
      1.0: t0 = timeline -> 3
      1.0: inc t0 1 -> 0
      1.0: exit -> 0
      fork 2 -> 0
      2.0: fork 1 -> 0
      2.0: exit -> 0
      1.0: info s0 0 -> 0 status ENOENT fences 1 leaves`,
  },
  {
    name: 'what-is-released-at-the-end-is-released-last-first',
    why: 'kernel/task_work.c of 5.10.262: "The task_work list is LIFO"; the timeline signals before the dma-buf would hit BUG_ON',
    kernels: ['linux-5.10'],
    trace: `${BUFFER}
      drop c0 g0 -> 0
      fork 1 -> 0
      close b0 -> 0
      1.0: poll b0 in -> 1 ready in
      1.0: exit -> 0`,
  },
  {
    name: 'a-child-that-ends-takes-a-polled-buffer-and-the-kernel-with-it',
    why: 'dma-buf.c:75 of 5.10.262: the card, which is released later, is still open elsewhere',
    kernels: ['linux-5.10'],
    trace: `${BUFFER}
      f0 = attach c0 g0 write -> 1
      poll b0 in -> 0 ready nothing
      drop c0 g0 -> 0
      fork 1 -> 0
      close b0 -> 0
      1.0: exit -> crash`,
  },
  {
    name: 'a-descriptor-is-taken-out-of-another-process',
    why: 'kernel/pid.c, pidfd_getfd(): fget_task(), then receive_fd() of fs/file.c',
    kernels: EVERY,
    trace: `${BUFFER}
      fork 1 -> 0
      1.0: f0 = attach c0 g0 write -> 1
      1.0: b1 = prime c0 g0 -> 5
      1.0: t0 = timeline -> 6
      1.0: s0 = fence t0 1 -> 7
      close b0 -> 0
      s1 = take 1 s0 -> 4
      b0 = take 1 b1 -> 5
      b1 = take 1 none -> EBADF
      b1 = take 1 b2 -> EBADF
      t0 = take 1 t0 -> 6
      1.0: b2 = take 0 b0 -> 8
      1.0: limit 9 -> 0
      1.0: b3 = take 0 b0 -> EMFILE
      1.0: b3 = take 0 b7 -> EBADF
      1.0: exit -> 0
      b1 = take 1 b1 -> ESRCH
      info s1 0 -> 0 status pending fences 1 leaves
      poll b0 in -> 0 ready nothing
      inc t0 1 -> 0
      poll s1 in -> 1 ready in
      signal c0 f0 -> ENOENT`,
  },
  {
    name: 'an-epoll-file-knows-no-request',
    why: 'fs/ioctl.c, vfs_ioctl(): there are none before 6.9',
    kernels: ['linux-5.10+series', '6.1'],
    trace: `${BUFFER}
      e0 = epoll -> 5
      s0 = export e0 read -> ENOTTY
      inc e0 1 -> ENOTTY
      unknown e0 -> ENOTTY
      info e0 1 -> ENOTTY`,
  },
  {
    name: 'an-epoll-file-has-requests-of-its-own',
    why: 'fs/eventpoll.c:1156 of 6.12.117, ep_eventpoll_ioctl()',
    kernels: ['6.12', '7.3'],
    trace: `${BUFFER}
      e0 = epoll -> 5
      s0 = export e0 read -> EINVAL
      import e0 read b0 -> EINVAL
      inc e0 1 -> EINVAL
      unknown e0 -> EINVAL
      info e0 1 -> EINVAL
      deadline e0 -> EINVAL`,
  },
  {
    name: 'other-files-take-descriptors-and-know-no-request',
    why: 'fs/ioctl.c, vfs_ioctl(): ENOTTY; sync_file_get_fence() of what is none',
    kernels: WITH_IOCTLS,
    trace: `${BUFFER}
      o0 = other -> 5
      e0 = epoll -> 6
      s0 = export o0 read -> ENOTTY
      import o0 read none -> ENOTTY
      unknown o0 -> ENOTTY
      s0 = fence o0 1 -> ENOTTY
      s0 = merge o0 o0 -> ENOTTY
      deadline o0 -> ENOTTY
      sync o0 read -> ENOTTY
      name o0 4 -> ENOTTY
      import b0 read o0 -> EINVAL
      import b0 read e0 -> EINVAL
      import b0 read b0 -> EINVAL
      import b0 read c0 -> EINVAL
      t0 = timeline -> 7
      s0 = fence t0 1 -> 8
      s1 = merge s0 o0 -> ENOENT
      s1 = merge s0 e0 -> ENOENT
      s1 = merge s0 b0 -> ENOENT
      close o0 -> 0
      unknown o0 -> EBADF
      close o0 -> EBADF
      o1 = other -> 5
      limit 9 -> 0
      o0 = other -> EMFILE
      e1 = epoll -> EMFILE`,
  },
  {
    name: 'a-poll-that-waits-is-ready-when-vgem-gives-up',
    why: 'fs/select.c, do_poll(): looks once more after its time; vgem_fence.c: 10 s',
    kernels: EVERY,
    trace: `${BUFFER}
      f0 = attach c0 g0 write -> 1 @1000+5
      poll b0 in 5 -> 0 ready nothing @2000+5100
      poll b0 in 20 -> EINTR @8000+3000
      poll b0 in 4294967295 -> EINTR @12000+3000
      poll b0 in 4294967295 -> 1 ready in @20000+10500000
      poll b0 in 4294967295 -> 1 ready in @10600000+4`,
  },
];
