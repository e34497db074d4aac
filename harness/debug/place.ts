// SPDX-License-Identifier: MIT
import { type Call, letterOf } from '../../models/index.js';
import { UntestableError } from '../errors.js';

/** The system call before each op that is announced: the executor's recorder does it (vm-images/guest/trace/port.c). */
const MARKERS = ['__x64_sys_getppid', '__do_sys_getppid'];

/**
 * Functions of drivers/dma-buf and drivers/gpu/drm that do an op; a compiler may have put one into its caller. `of`: the
 * letter of the file that knows it; a request on any other gets no further than that one's own ioctl.
 */
const OWN: Readonly<Record<string, { readonly of?: string; readonly name: string }>> = {
  timeline: { name: 'sw_sync_debugfs_open' },
  card: { name: 'drm_open' },
  heap: { name: 'dma_heap_ioctl' },
  dumb: { of: 'c', name: 'drm_mode_create_dumb_ioctl' },
  prime: { of: 'c', name: 'drm_prime_handle_to_fd_ioctl' },
  open: { of: 'c', name: 'drm_prime_fd_to_handle_ioctl' },
  drop: { of: 'c', name: 'drm_gem_close_ioctl' },
  attach: { of: 'c', name: 'vgem_fence_attach_ioctl' },
  signal: { of: 'c', name: 'vgem_fence_signal_ioctl' },
  texture: { of: 'c', name: 'virtio_gpu_resource_create_ioctl' },
  idle: { of: 'c', name: 'virtio_gpu_wait_ioctl' },
  transfer: { of: 'c', name: 'virtio_gpu_transfer_to_host_ioctl' },
  export: { of: 'b', name: 'dma_buf_export_sync_file' },
  import: { of: 'b', name: 'dma_buf_import_sync_file' },
};

/** What a file does for ioctl(2) and poll(2), by the letter of the variable that it is in. */
const IOCTL: Readonly<Record<string, string>> = {
  t: 'sw_sync_ioctl',
  s: 'sync_file_ioctl',
  b: 'dma_buf_ioctl',
  c: 'drm_ioctl',
};
const POLL: Readonly<Record<string, string>> = { s: 'sync_file_poll', b: 'dma_buf_poll' };

/** The system call that an op is, where it is not ioctl(2). */
const SYSCALL: Readonly<Record<string, string>> = {
  poll: 'poll',
  observe: 'poll',
  close: 'close',
  dup: 'dup',
  timeline: 'openat',
  card: 'openat',
  other: 'openat',
  limit: 'prlimit64',
  wait: 'clock_nanosleep',
  epoll: 'epoll_create1',
  watch: 'epoll_ctl',
  woken: 'epoll_wait',
};

const EBADF = 9;

/** The letter of the first variable that the op takes; the one it makes comes before in `args`. */
function targetLetter({ op, args }: Call): string | undefined {
  const made = op.makes === undefined ? 0 : 1;
  const at = op.args.findIndex(({ type }) => type.kind === 'variable');
  const variable = at < 0 ? -1 : (args[made + at] ?? -1);
  return variable < 0 ? undefined : letterOf(variable);
}

/**
 * The kernel function in which a debugger stops for an op: what does it if the kernel gets as far, else the system call.
 * `ret`: what it returned. @throws UntestableError if the kernel has none of them, which no kernel of ours does.
 */
export function stopFunction(call: Call, ret: number, symbols: ReadonlySet<string>): string {
  const { name } = call.op;
  const letter = targetLetter(call);
  const system = SYSCALL[name];
  const own = OWN[name];
  const wanted: (string | undefined)[] = [];
  if (ret !== -EBADF) {
    if (own !== undefined && (own.of === undefined || own.of === letter)) wanted.push(own.name);
    if (letter !== undefined && system === 'poll') wanted.push(POLL[letter]);
    if (letter !== undefined && system === undefined) wanted.push(IOCTL[letter]);
  }
  wanted.push(`__x64_sys_${system ?? 'ioctl'}`);
  return first(wanted, symbols, `the op "${name}"`);
}

/** The function that is entered before each op, and by nobody else. */
export const markerFunction = (symbols: ReadonlySet<string>): string => first(MARKERS, symbols, 'getppid(2)');

function first(wanted: readonly (string | undefined)[], symbols: ReadonlySet<string>, what: string): string {
  const found = wanted.find((name) => name !== undefined && symbols.has(name));
  if (found === undefined)
    throw new UntestableError(`the kernel has no symbol for ${what}: ${wanted.join(', ')}`, {
      remedy: 'It must be a vmlinux of x86-64 that was not stripped.',
    });
  return found;
}
