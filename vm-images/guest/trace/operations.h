/* SPDX-License-Identifier: GPL-2.0-only */
/* Generated from models/ops/operations.ts: do not edit. */
#ifndef FL_OPERATIONS_H
#define FL_OPERATIONS_H

/* timeline: open(2) of sync/sw_sync in debugfs. Its fences are known by the comm of the caller: the name of the variable, or with n > 0 that of the timeline t(n-1) */
/* fence: SW_SYNC_IOC_CREATE_FENCE: a sync_file for a value of a timeline */
/* inc: SW_SYNC_IOC_INC: moves a timeline on, which signals what it passes */
/* card: open(2) of the card of a driver */
/* dumb: DRM_IOCTL_MODE_CREATE_DUMB: a buffer of one page, by GEM handle */
/* prime: DRM_IOCTL_PRIME_HANDLE_TO_FD: a dma-buf descriptor for a handle; the same dma-buf each time */
/* drop: DRM_IOCTL_GEM_CLOSE */
/* attach: DRM_IOCTL_VGEM_FENCE_ATTACH: a fence of vgem on a buffer, to be signalled within 10 s */
/* signal: DRM_IOCTL_VGEM_FENCE_SIGNAL: signals a fence of vgem and gives back its id */
/* export: DMA_BUF_IOCTL_EXPORT_SYNC_FILE: a sync_file for what an access of the buffer has to wait for now */
/* import: DMA_BUF_IOCTL_IMPORT_SYNC_FILE: adds the fences of a sync_file to the buffer */
/* merge: SYNC_IOC_MERGE: one sync_file for two */
/* info: SYNC_IOC_FILE_INFO with room for that many fences; 0 asks for status and count only */
/* poll: poll(2) of a sync_file or dma-buf, for so many milliseconds; 0xffffffff is for ever */
/* sync: DMA_BUF_IOCTL_SYNC; interrupted (EINTR) where it waits and nobody else signals */
/* name: DMA_BUF_SET_NAME with a name of that length, without the NUL */
/* deadline: SYNC_IOC_SET_DEADLINE */
/* unknown: an ioctl of type 'b' or '>' that no kernel has */
/* dup: dup(2) */
/* close: close(2); the variable is none afterwards */
/* limit: setrlimit(2) of RLIMIT_NOFILE: no new descriptor may have that number or a greater one */
/* wait: nanosleep(2), in milliseconds */
/* observe: both polls of a buffer, both exports and the pending leaves in them; the exports are closed again */
/* other: open(2), memfd_create(2), eventfd(2) and the like: a file the model does not look at takes a descriptor */
/* fork: fork(2): the new process, of that number from 1 to 15, has copies of all descriptors */
/* exit: exit(2), or the end by a signal: all descriptors of the process are closed */
/* heap: UDMABUF_CREATE or DMA_HEAP_IOCTL_ALLOC: a dma-buf with a reservation object of its own */
/* open: DRM_IOCTL_PRIME_FD_TO_HANDLE: a GEM handle for a dma-buf */
/* texture: DRM_IOCTL_VIRTGPU_RESOURCE_CREATE: a buffer with a fence of the driver's own that signals by itself */
/* idle: DRM_IOCTL_VIRTGPU_WAIT; flags 1 asks without waiting */
/* transfer: DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST: with 3D the driver puts a fence of its own on the buffer */
/* submit: DRM_IOCTL_VIRTGPU_EXECBUFFER: work on a buffer (or none); flags 1: after a sync_file; flags 2: a sync_file of the driver's own fence comes back, and is the result */
/* commit: DRM_IOCTL_MODE_ATOMIC: shows a buffer (or none) after IN_FENCE_FD (or none, -1); the variable that is made is for OUT_FENCE_PTR, none where none is asked for, and the result is its descriptor or 0; memory is where OUT_FENCE_PTR points */
/* epoll: epoll_create1(2) */
/* watch: epoll_ctl(2) */
/* woken: epoll_wait(2) for one event, for so many milliseconds; 0xffffffff is for ever */
/* take: pidfd_getfd(2): a copy of a descriptor of another process, which is named by its number and by its own variable */
#define FL_OPERATIONS(X) \
	X(TIMELINE, "timeline", 1, 2, 0, 0) \
	X(FENCE, "fence", 2, 4, 0, 0) \
	X(INC, "inc", 3, 3, 0, 0) \
	X(CARD, "card", 4, 2, 0, 0) \
	X(DUMB, "dumb", 5, 2, 0, 0) \
	X(PRIME, "prime", 6, 3, 0, 0) \
	X(DROP, "drop", 7, 2, 0, 0) \
	X(ATTACH, "attach", 8, 5, 0, 0) \
	X(SIGNAL, "signal", 9, 3, 0, 0) \
	X(EXPORT, "export", 10, 4, 0, 0) \
	X(IMPORT, "import", 11, 4, 0, 0) \
	X(MERGE, "merge", 12, 5, 0, 0) \
	X(INFO, "info", 13, 4, 2, 1) \
	X(POLL, "poll", 14, 3, 1, 0) \
	X(SYNC, "sync", 15, 3, 0, 0) \
	X(NAME, "name", 16, 3, 0, 0) \
	X(DEADLINE, "deadline", 17, 3, 0, 0) \
	X(UNKNOWN, "unknown", 18, 1, 0, 0) \
	X(DUP, "dup", 19, 2, 0, 0) \
	X(CLOSE, "close", 20, 1, 0, 0) \
	X(LIMIT, "limit", 21, 1, 0, 0) \
	X(WAIT, "wait", 22, 1, 0, 0) \
	X(OBSERVE, "observe", 23, 1, 1, 2) \
	X(OTHER, "other", 24, 1, 0, 0) \
	X(FORK, "fork", 25, 1, 0, 0) \
	X(EXIT, "exit", 26, 0, 0, 0) \
	X(HEAP, "heap", 27, 1, 0, 0) \
	X(OPEN, "open", 28, 3, 0, 0) \
	X(TEXTURE, "texture", 29, 2, 0, 0) \
	X(IDLE, "idle", 30, 3, 0, 0) \
	X(TRANSFER, "transfer", 31, 2, 0, 0) \
	X(SUBMIT, "submit", 32, 5, 0, 0) \
	X(COMMIT, "commit", 33, 6, 0, 0) \
	X(EPOLL, "epoll", 34, 1, 0, 0) \
	X(WATCH, "watch", 35, 4, 0, 0) \
	X(WOKEN, "woken", 36, 2, 2, 0) \
	X(TAKE, "take", 37, 3, 0, 0)

#define FL_OP_TIMELINE 1
#define FL_OP_FENCE    2
#define FL_OP_INC      3
#define FL_OP_CARD     4
#define FL_OP_DUMB     5
#define FL_OP_PRIME    6
#define FL_OP_DROP     7
#define FL_OP_ATTACH   8
#define FL_OP_SIGNAL   9
#define FL_OP_EXPORT   10
#define FL_OP_IMPORT   11
#define FL_OP_MERGE    12
#define FL_OP_INFO     13
#define FL_OP_POLL     14
#define FL_OP_SYNC     15
#define FL_OP_NAME     16
#define FL_OP_DEADLINE 17
#define FL_OP_UNKNOWN  18
#define FL_OP_DUP      19
#define FL_OP_CLOSE    20
#define FL_OP_LIMIT    21
#define FL_OP_WAIT     22
#define FL_OP_OBSERVE  23
#define FL_OP_OTHER    24
#define FL_OP_FORK     25
#define FL_OP_EXIT     26
#define FL_OP_HEAP     27
#define FL_OP_OPEN     28
#define FL_OP_TEXTURE  29
#define FL_OP_IDLE     30
#define FL_OP_TRANSFER 31
#define FL_OP_SUBMIT   32
#define FL_OP_COMMIT   33
#define FL_OP_EPOLL    34
#define FL_OP_WATCH    35
#define FL_OP_WOKEN    36
#define FL_OP_TAKE     37

/* A variable is its letter's base plus a number below FL_VARIABLES_EACH; -1 is none. */
#define FL_VARIABLES_EACH 1024
#define FL_VARIABLE_T     0
#define FL_VARIABLE_S     1024
#define FL_VARIABLE_B     2048
#define FL_VARIABLE_C     3072
#define FL_VARIABLE_G     4096
#define FL_VARIABLE_F     5120
#define FL_VARIABLE_O     6144
#define FL_VARIABLE_E     7168

#define FL_MEMORY_MAPPED     0
#define FL_MEMORY_UNMAPPED   1
#define FL_MEMORY_READONLY   2
#define FL_DRIVER_VGEM       0
#define FL_DRIVER_VKMS       1
#define FL_DRIVER_VIRTIO_GPU 2
#define FL_WATCH_ADD         0
#define FL_WATCH_REMOVE      1
#define FL_WATCH_CHANGE      2

/* Who a leaf is: the number of a timeline, or one of these. */
#define FL_WHO_VGEM       1024
#define FL_WHO_STUB       1025
#define FL_WHO_DETACHED   1026
#define FL_WHO_ARRAY      1027
#define FL_WHO_OTHER      1028
#define FL_WHO_VIRTIO_GPU 1029
#define FL_WHO_CRTC       1030

/* Words of each leaf in the lists of an op: with the time it signalled, or without. */
#define FL_LEAF_WORDS(op) ((op) == FL_OP_INFO ? 2 : 1)
/* Whether an op allocates, so that it may fail with ENOMEM. */
#define FL_ALLOCATES(op) (((1ull << FL_OP_TIMELINE | 1ull << FL_OP_FENCE | 1ull << FL_OP_CARD | 1ull << FL_OP_DUMB | 1ull << FL_OP_PRIME | 1ull << FL_OP_ATTACH | 1ull << FL_OP_EXPORT | 1ull << FL_OP_IMPORT | 1ull << FL_OP_MERGE | 1ull << FL_OP_INFO | 1ull << FL_OP_NAME | 1ull << FL_OP_OBSERVE | 1ull << FL_OP_OTHER | 1ull << FL_OP_FORK | 1ull << FL_OP_HEAP | 1ull << FL_OP_OPEN | 1ull << FL_OP_TEXTURE | 1ull << FL_OP_TRANSFER | 1ull << FL_OP_SUBMIT | 1ull << FL_OP_COMMIT | 1ull << FL_OP_EPOLL | 1ull << FL_OP_WATCH) >> (op)) & 1)
/* A flag for `commit` that the kernel does not have: the buffer is on the cursor plane. */
#define FL_COMMIT_CURSOR 65536

#endif
