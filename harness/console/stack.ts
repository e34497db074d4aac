// SPDX-License-Identifier: MIT

/** "dma_buf_release" from "dma_buf_release.cold+0x12/0x34 [drm]": no offset, no address, no suffix of the compiler. */
export function functionName(symbol: string): string {
  return symbol.replace(/\+0x.*$/, '').replace(/\.(?:isra|part|constprop|cold|llvm)\b.*$/, '');
}

const FRAME = /^\s+(?:\[<[^>]*>\]\s+)?([A-Za-z_][\w.]*)\+0x[0-9a-f]+\/0x[0-9a-f]+/;
const RIP = /^RIP: [0-9a-f]{4}:([A-Za-z_][\w.]*)\+0x/;

/** Helpers that are in every stack of their kind, and tell nothing about whose bug it is. */
const GENERIC = [
  /^(?:__)?dump_stack|^show_stack|^panic$|^__warn|^warn_slowpath|^report_bug|^handle_bug|^(?:exc|asm_exc)_/,
  /^(?:__)?refcount_|^(?:__)?kref_|^(?:__)?list_(?:add|del)|^__list_/,
  /^(?:__)?kasan_|^print_address_desc|^print_report|^check_memory_region|^__asan_|^kfence_|^(?:__)?ubsan_|^handle_overflow/,
  /^_{0,4}might_(?:sleep|resched|fault)|^__schedule_bug|^(?:__)?schedule(?:_\w+)?$|^io_schedule|^preempt_schedule/,
  /^lock_acquire|^lock_release|^__lock_acquire|^(?:_raw_)?(?:spin|read|write)_(?:lock|unlock|trylock)/,
  /^_raw_|^do_raw_|^(?:\w+_)?queued_(?:spin|read|write)_|^(?:__)?mutex_(?:lock|unlock)|^__mutex_|^(?:__)?ww_mutex|^down_|^up_|^__down|^__up|^rwsem_/,
  /^(?:print|check|mark|validate|lockdep|debug)_\w*(?:bug|lock|usage|deadlock|circular|noncircular|reset|held|chain|irq)\w*$/,
  /^kmemleak_|^create_object|^(?:__)?kmem_cache_alloc|^(?:__)?k(?:v)?[mz]alloc|^kmalloc_|^slab_|^__alloc_|^krealloc|^kmemdup|^kstrdup|^post_alloc/,
  /^(?:wait_for_|__wait_)|^do_wait_for_common|^memcpy|^memset|^_copy_(?:from|to)_user|^__might/,
  /^k(?:v|z)?free|^kmem_cache_free|^_{0,2}slab_free|^kthread|^ret_from_fork|^worker_thread|^process_one_work/,
  /^(?:rcu_|sched_clock|tick_|update_process|hrtimer_|__hrtimer|asm_|sysvec_|nmi_|trigger_|arch_trigger|native_)/,
];

const isGeneric = (name: string): boolean => GENERIC.some((pattern) => pattern.test(name));

/** Functions of the first call trace, innermost first, without those the unwinder is unsure of ("? foo"). */
export function frames(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const symbol = FRAME.exec(line)?.[1];
    return symbol === undefined ? [] : [functionName(symbol)];
  });
}

/** The function a report is about: where it happened, or who called the helper in which it happened. */
export function culprit(lines: readonly string[], named?: string): string | undefined {
  const rip = lines.map((line) => RIP.exec(line)?.[1]).find((symbol) => symbol !== undefined);
  const trace = lines.findIndex((line) => /Call Trace:|backtrace/.test(line));
  const all = [named, rip, ...frames(lines.slice(trace + 1))];
  const candidates = all.flatMap((symbol) => (symbol === undefined ? [] : [functionName(symbol)]));
  return candidates.find((name) => !isGeneric(name)) ?? ((named ?? rip) ? candidates[0] : undefined);
}

/** Whether a record that follows a call trace still belongs to it. */
export function isStackLine(text: string): boolean {
  return /^\s+\S|^(?:RIP|RSP|Code|RAX|RDX|RBP|R\d\d|FS|CS|CR2|DR\d|PKRU|ORIG_RAX|EFLAGS|CPU|Workqueue|Tainted|task|rcu):|^(?:Call Trace|Modules linked in|Hardware name|irq event stamp|(?:hard|soft)irqs last|Kernel Offset|Sending NMI|NMI backtrace|Call trace|---\[ end|Last potentially related)/.test(
    text,
  );
}
