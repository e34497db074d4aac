// SPDX-License-Identifier: MIT
import { type Case, EVERY, UPSTREAM, WITH_IOCTLS } from './case.js';

const SERIES = ['linux-5.10+series'] as const;
const BEFORE_6_12 = ['linux-5.10', 'linux-5.10+series', '6.1'] as const;
const SINCE_6_12 = UPSTREAM.filter((name) => name !== '6.1');

/** A card of virtio-gpu, a buffer on it and its dma-buf: descriptors 3 and 4. */
const GPU_BUFFER = `
c0 = card virtio-gpu -> 3
g0 = dumb c0 -> 1
b0 = prime c0 g0 -> 4
`;

/** PRIME, buffers without a driver, and what virtio-gpu asks and does. */
export const DEVICE_CASES: readonly Case[] = [
  {
    name: 'vkms-does-not-export-on-5.10',
    why: 'drm_prime.c:522, drm_prime_handle_to_fd_ioctl(), and vkms_drv.c:104 of 5.10.262',
    kernels: ['linux-5.10', 'linux-5.10+series'],
    trace: `
      c0 = card vkms -> 3
      g0 = dumb c0 -> 1
      b0 = prime c0 g0 -> ENOSYS
      b0 = prime c0 none -> ENOSYS`,
  },
  {
    name: 'vkms-exports-since-6.1',
    why: 'vkms_drv.c of 6.1.192: DRM_GEM_SHMEM_DRIVER_OPS',
    kernels: UPSTREAM,
    trace: `
      c0 = card vkms -> 3
      g0 = dumb c0 -> 1
      b0 = prime c0 g0 -> 4
      poll b0 in+out -> 1 ready in+out`,
  },
  {
    name: 'what-comes-back-is-the-same-object',
    why: 'drm_prime.c, drm_gem_prime_fd_to_handle() and drm_prime_lookup_buf_handle(): no second reference',
    kernels: EVERY,
    trace: `
      c0 = card -> 3
      c1 = card -> 4
      g0 = dumb c0 -> 1
      g1 = dumb c0 -> 2
      b0 = prime c0 g1 -> 5
      g2 = open c0 b0 -> 2
      g3 = open c1 b0 -> 1
      g4 = open c1 b0 -> 1
      b1 = prime c1 g3 -> 6
      f0 = attach c0 g1 write -> 1
      f1 = attach c1 g3 write -> EBUSY
      poll b1 in -> 0 ready nothing
      signal c0 f0 -> 0
      f1 = attach c1 g3 write -> 1
      poll b0 in -> 0 ready nothing
      drop c1 g4 -> 0
      drop c1 g3 -> EINVAL
      g3 = open c1 b0 -> 1
      f2 = attach c1 g3 write -> EBUSY
      drop c0 g1 -> 0
      drop c1 g3 -> 0
      g5 = open c0 b0 -> 2
      f2 = attach c0 g5 read -> EBUSY`,
  },
  {
    name: 'an-imported-buffer-shares-its-fences',
    why: 'drm_prime.c, drm_gem_prime_import_dev(): obj->resv = dma_buf->resv; the guest program share',
    kernels: WITH_IOCTLS,
    trace: `
      c0 = card -> 3
      b0 = heap -> 4
      g0 = open c0 b0 -> 1
      g1 = open c0 b0 -> 1
      f0 = attach c0 g0 write -> 1
      poll b0 in -> 0 ready nothing
      b1 = prime c0 g0 -> 5
      observe b1 -> 0 ready nothing reader vgem:pending writer vgem:pending
      t0 = timeline -> 6
      s0 = fence t0 1 -> 7
      import b1 read s0 -> 0
      signal c0 f0 -> 0
      close b0 -> 0
      f1 = attach c0 g0 write -> EBUSY
      inc t0 1 -> 0
      f1 = attach c0 g0 write -> 2`,
  },
  {
    name: 'an-imported-buffer-keeps-its-name-on-5.10',
    why: 'dma-buf.c:354 of 5.10.262, dma_buf_set_name(): EBUSY while the list of attachments is not empty; found by --guided, run in a guest',
    kernels: ['linux-5.10', 'linux-5.10+series'],
    trace: `
      c0 = card -> 3
      b0 = heap -> 4
      name b0 5 -> 0
      g0 = open c0 b0 -> 1
      name b0 5 -> EBUSY
      name b0 50 -> EINVAL
      name b0 5 unmapped -> EFAULT
      drop c0 g0 -> 0
      name b0 5 -> 0
      g1 = dumb c0 -> 1
      b1 = prime c0 g1 -> 5
      name b1 5 -> 0
      g2 = open c0 b1 -> 1
      name b1 5 -> 0`,
  },
  {
    name: 'an-imported-buffer-is-named',
    why: 'dma_buf_set_name() of 6.1, 6.12 and 7.3 does not look at attachments',
    kernels: UPSTREAM,
    trace: `
      c0 = card -> 3
      b0 = heap -> 4
      g0 = open c0 b0 -> 1
      name b0 5 -> 0`,
  },
  {
    name: 'open-refuses',
    why: 'dma_buf_get(): EBADF without a file, EINVAL for one that is no dma-buf; virtgpu_gem_prime_import_sg_table(): ENODEV',
    kernels: EVERY,
    trace: `
      c0 = card virtio-gpu -> 3
      t0 = timeline -> 4
      g0 = open c0 none -> EBADF
      g0 = open c0 t0 -> EINVAL
      g0 = open none none -> EBADF
      b0 = heap -> 5
      g0 = open c0 b0 -> ENODEV
      g0 = dumb c0 -> 1
      b1 = prime c0 g0 -> 6
      g1 = open c0 b1 -> 1
      c1 = card vkms -> 7
      g2 = open c1 b1 -> 1
      limit 8 -> 0
      b2 = heap -> EMFILE
      c2 = card vkms -> EMFILE`,
  },
  {
    name: 'the-end-of-an-access-that-did-not-begin',
    why: 'udmabuf.c, end_cpu_udmabuf() of 5.10.262 to 7.3.4: EINVAL; system_heap.c does not mind; the guest program udmabuf',
    kernels: EVERY,
    trace: `
      b0 = heap -> 3
      sync b0 read+end -> EINVAL
      sync b0 write+end -> 0
      sync b0 write -> 0
      sync b0 read+end -> 0`,
  },
  {
    name: 'closing-a-polled-heap-buffer-kills-5.10',
    why: 'SEMANTICS 1.9: no handle keeps it, so closing its last descriptor is enough; dma-buf.c:75',
    kernels: ['linux-5.10'],
    trace: `
      c0 = card -> 3
      b0 = heap -> 4
      g0 = open c0 b0 -> 1
      f0 = attach c0 g0 write -> 1
      poll b0 in -> 0 ready nothing
      close b0 -> 0
      drop c0 g0 -> crash`,
  },
  {
    name: 'vkms-of-5.10-never-lets-go',
    why: 'vkms_gem.c, vkms_gem_free_object() of 5.10.262 does not call drm_prime_gem_destroy(): the dma-buf is not released',
    kernels: ['linux-5.10'],
    trace: `
      c0 = card -> 3
      c1 = card vkms -> 4
      b0 = heap -> 5
      g0 = open c0 b0 -> 1
      g1 = open c1 b0 -> 1
      f0 = attach c0 g0 write -> 1
      poll b0 in -> 0 ready nothing
      close b0 -> 0
      drop c1 g1 -> 0
      drop c0 g0 -> 0`,
  },
  {
    name: 'a-texture-has-a-fence-that-signals-by-itself',
    why: 'virtgpu_ioctl.c, virtio_gpu_resource_create_ioctl(); the guest program virtio-gpu, texture-fence',
    kernels: WITH_IOCTLS,
    trace: `
      c0 = card virtio-gpu -> 3
      g0 = texture c0 -> 1
      b0 = prime c0 g0 -> 4
      poll b0 in -> 0 ready nothing
      s0 = export b0 read -> 5
      info s0 1 -> 0 status pending fences 1 leaves virtio-gpu:pending
      observe b0 -> 0 ready nothing reader virtio-gpu:pending writer virtio-gpu:pending
      observe b0 -> 0 ready nothing reader virtio-gpu:pending writer
      observe b0 -> 0 ready in reader writer
      poll s0 in -> 1 ready in
      poll b0 in+out -> 1 ready in+out
      idle c0 g0 1 -> 0
      g1 = texture c0 -> 2
      idle c0 g1 1 -> EBUSY
      idle c0 g1 -> 0
      idle c0 g1 1 -> 0
      g2 = texture none -> EBADF`,
  },
  {
    name: 'fences-of-a-device-signal-in-order',
    why: 'virtgpu_fence.c, virtio_gpu_fence_event_process() of 5.10.262 to 7.3.4: what is older in the context signals first',
    kernels: WITH_IOCTLS,
    trace: `
      c0 = card virtio-gpu -> 3
      g0 = texture c0 -> 1
      b0 = prime c0 g0 -> 4
      s0 = export b0 read -> 5
      g1 = texture c0 -> 2
      b1 = prime c0 g1 -> 6
      poll b1 in -> 1 ready in
      poll b0 in -> 1 ready in
      poll s0 in -> 1 ready in
      wait 11000 -> 0
      g2 = texture c0 -> 3
      b2 = prime c0 g2 -> 7
      wait 11000 -> 0
      poll b2 in -> 1 ready in`,
  },
  {
    name: 'a-fence-of-the-driver-has-a-time',
    why: 'dma-fence.c, dma_fence_signal_locked(): between the command and the look at it',
    kernels: ['linux-5.10+series', '6.1', '6.12'],
    trace: `
      wait 10 -> 0
      c0 = card virtio-gpu -> 3
      g0 = texture c0 -> 1
      b0 = prime c0 g0 -> 4
      s0 = export b0 read -> 5
      info s0 1 -> 0 status pending fences 1 leaves virtio-gpu:pending
      wait 10 -> 0
      info s0 1 -> 0 status done fences 1 leaves virtio-gpu:done@10500`,
  },
  {
    name: 'the-name-of-a-fence-may-be-older-than-its-status',
    why: 'sync_file.c, sync_fill_fence_info() of 7.3.4 looks at the name first',
    kernels: ['7.3'],
    trace: `
      c0 = card virtio-gpu -> 3
      g0 = texture c0 -> 1
      b0 = prime c0 g0 -> 4
      s0 = export b0 read -> 5
      info s0 1 -> 0 status pending fences 1 leaves virtio-gpu:pending
      info s0 1 -> 0 status done fences 1 leaves virtio-gpu:done
      info s0 1 -> 0 status done fences 1 leaves detached:done`,
  },
  {
    name: 'imports-beside-the-fence-of-the-driver',
    why: 'P1; the guest program virtio-gpu, texture-import',
    kernels: WITH_IOCTLS,
    trace: `
      c0 = card virtio-gpu -> 3
      t0 = timeline -> 4
      s0 = fence t0 1 -> 5
      g0 = texture c0 -> 1
      b0 = prime c0 g0 -> 6
      import b0 read s0 -> 0
      observe b0 -> 0 ready nothing reader virtio-gpu:pending writer virtio-gpu:pending t0:pending
      observe b0 -> 0 ready in reader writer t0:pending
      idle c0 g0 1 -> EBUSY
      inc t0 1 -> 0
      observe b0 -> 0 ready in+out reader writer`,
  },
  {
    name: 'virtio-gpu-waits-for-readers-and-writers',
    why: 'virtgpu_ioctl.c, virtio_gpu_wait_ioctl(); the guest program virtio-gpu, wait-nowait',
    kernels: WITH_IOCTLS,
    trace: `${GPU_BUFFER}
      t0 = timeline -> 5
      s0 = fence t0 1 -> 6
      idle c0 g0 1 -> 0
      import b0 read s0 -> 0
      idle c0 g0 1 -> EBUSY
      idle c0 g0 -> EINTR
      inc t0 1 -> 0
      idle c0 g0 1 -> 0
      idle c0 g0 -> 0
      s1 = fence t0 2 -> 7
      import b0 write s1 -> 0
      idle c0 g0 1 -> EBUSY
      idle c0 g1 1 -> ENOENT
      idle c0 none -> ENOENT
      idle none g0 -> EBADF`,
  },
  {
    name: 'without-3d-nothing-is-rendered',
    why: 'virtgpu_ioctl.c, virtio_gpu_execbuffer_ioctl(); the guest program virtio-gpu, render-without-3d',
    kernels: WITH_IOCTLS,
    trace: `${GPU_BUFFER}
      transfer c0 g0 -> 0
      observe b0 -> 0 ready in+out reader writer
      none = submit c0 g0 none -> ENOSYS
      s0 = submit c0 none none 2 -> ENOSYS
      transfer c0 g1 -> ENOENT
      transfer none g0 -> EBADF
      none = submit none g0 none -> EBADF`,
  },
  {
    name: 'rendering-is-a-write-that-keeps-the-others',
    why: 'P1; virtgpu_gem.c, virtio_gpu_array_add_fence() of 6.1.192, patch 30 of the series; the guest program virgl',
    kernels: WITH_IOCTLS,
    trace: `${GPU_BUFFER}
      t0 = timeline -> 5
      s0 = fence t0 1 -> 6
      s1 = fence t0 2 -> 7
      import b0 write s0 -> 0
      import b0 read s1 -> 0
      transfer c0 g0 -> 0
      observe b0 -> 0 ready nothing reader t0:pending virtio-gpu:pending writer t0:pending virtio-gpu:pending
      s2 = submit c0 g0 none 2 -> 8
      observe b0 -> 0 ready nothing reader t0:pending writer t0:pending
      info s2 1 -> 0 status done fences 1 leaves virtio-gpu:done
      none = submit c0 none none -> 0
      inc t0 2 -> 0
      observe b0 -> 0 ready in+out reader writer`,
  },
  {
    name: 'rendering-drops-the-others-on-5.10',
    why: 'virtgpu_gem.c:236, virtio_gpu_array_add_fence() of 5.10.262; SEMANTICS 0.6',
    kernels: ['linux-5.10'],
    trace: `
      c0 = card virtio-gpu -> 3
      c1 = card -> 4
      g0 = dumb c0 -> 1
      b0 = prime c0 g0 -> 5
      g1 = open c1 b0 -> 1
      f0 = attach c1 g1 write -> 1
      idle c0 g0 1 -> EBUSY
      none = submit c0 g0 none -> 0
      idle c0 g0 1 -> EBUSY
      idle c0 g0 1 -> 0
      poll b0 in -> 1 ready in`,
  },
  {
    name: 'submit-refuses-in-this-order-before-6.12',
    why: 'virtgpu_ioctl.c, virtio_gpu_execbuffer_ioctl() of 5.10.262 and 6.1.192',
    kernels: BEFORE_6_12,
    trace: `${GPU_BUFFER}
      t0 = timeline -> 5
      s0 = fence t0 1 -> 6
      none = submit c0 g0 s0 9 -> EINVAL
      none = submit c0 g1 none 1 -> EINVAL
      none = submit c0 g1 t0 1 -> EINVAL
      none = submit c0 g1 s0 1 -> EINTR
      none = submit c0 g1 s0 -> ENOENT
      limit 7 -> 0
      s1 = submit c0 g1 none 2 -> EMFILE
      s1 = submit c0 g1 s0 3 -> EINTR
      inc t0 1 -> 0
      s1 = submit c0 g1 s0 3 -> EMFILE
      limit 8 -> 0
      s1 = submit c0 g0 s0 3 -> 7
      none = submit c0 g0 s1 1 -> 0`,
  },
  {
    name: 'submit-refuses-in-this-order-since-6.12',
    why: 'virtgpu_submit.c, virtio_gpu_execbuffer_ioctl() of 6.12.117 and 7.3.4',
    kernels: SINCE_6_12,
    trace: `${GPU_BUFFER}
      t0 = timeline -> 5
      s0 = fence t0 1 -> 6
      none = submit c0 g1 t0 9 -> EINVAL
      none = submit c0 g1 none 1 -> ENOENT
      none = submit c0 g0 none 1 -> EINVAL
      limit 7 -> 0
      s1 = submit c0 g1 none 2 -> ENOENT
      s1 = submit c0 g0 t0 3 -> EMFILE
      none = submit c0 g0 s0 1 -> EINTR
      limit 8 -> 0
      inc t0 1 -> 0
      s1 = submit c0 g0 s0 3 -> 7`,
  },
  {
    name: 'work-of-the-series-keeps-the-later-of-a-device',
    why: 'patch 20: dma_resv_merge_excl(), one fence of a context',
    kernels: SERIES,
    trace: `${GPU_BUFFER}
      transfer c0 g0 -> 0
      transfer c0 g0 -> 0
      s0 = export b0 read -> 5
      info s0 1 -> 0 status pending fences 1 leaves virtio-gpu:pending`,
  },
];
