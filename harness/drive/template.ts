// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChannelParser } from '../channel/parse.js';
import { UntestableError, UsageError } from '../errors.js';
import { forget, startClone, startSaveable } from '../vm/clone.js';
import { startForkServer } from '../vm/fork-server.js';
import { initramfs } from '../vm/initramfs.js';
import { startQemu } from '../vm/qemu-process.js';
import type { GuestOrder, Starter } from './guest.js';

/** A guest that has booted and waits for a job: clones of it start where it stopped. */
export interface Template {
  /**
   * Starts a clone instead of a guest that boots: for {@link GuestOrder}s of the same machine. Everything else is as with any
   * guest; what it says begins with what the template said.
   */
  readonly start: Starter;
  readonly bootMilliseconds: number;
  /** From the end of the boot until clones can be started. */
  readonly saveMilliseconds: number;
  /** Why every clone links its QEMU anew, which takes a little longer; undefined where it is forked from one that is linked. */
  readonly notForked: string | undefined;
  /** Lets go of its memory. Clones that run go on. */
  end(): void;
}

export type TemplateOrder = Pick<GuestOrder, 'machine' | 'guestBinary' | 'patience'>;

/**
 * Boot a guest and save it.
 * @throws UntestableError if it does not come as far, UsageError for a machine that cannot be saved; what aborted `signal`.
 */
export async function startTemplate(order: TemplateOrder, signal: AbortSignal): Promise<Template> {
  signal.throwIfAborted();
  const { machine: spec } = order;
  if (spec.gpu === 'virgl')
    throw new UsageError(
      'a guest with virtio-gpu 3D cannot be cloned: QEMU cannot save what its host side holds',
      {
        remedy: 'Use --gpu 2d or none, or guests that boot.',
      },
    );
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-template-'));
  const image = join(folder, 'initramfs.cpio');
  const job = { limitScale: 1, kmemleak: false, items: [], more: true };
  writeFileSync(image, initramfs(order.guestBinary, job));
  const parser = new ChannelParser();
  const log = new TextDecoder();
  let console = '';
  let heard: (what: 'ready' | 'late' | 'aborted' | 'gone' | string) => void = () => undefined;
  const word = new Promise<string>((resolve) => {
    heard = resolve;
  });
  const guest = startSaveable({ ...spec, initramfs: image }, folder, {
    onResults: (bytes) => {
      for (const item of parser.push(bytes)) {
        if (item.kind === 'ready') heard('ready');
        if (item.kind === 'fatal') heard(`the guest's agent gave up: ${item.text}`);
      }
    },
    onTrace: () => undefined,
    onConsole: (bytes) => {
      console += log.decode(bytes, { stream: true });
    },
  });
  const { machine } = guest;
  const onAbort = (): void => heard('aborted');
  signal.addEventListener('abort', onAbort);
  const forking = startForkServer(machine.environment, signal);
  forking.catch(() => undefined); // it is waited for below
  let used = false;
  const timer = setTimeout(() => heard('the kernel did not reach the agent in time'), order.patience.boot);
  void machine.ended.then(({ stderr }) => heard(`QEMU ended: ${stderr.trim().split('\n').at(-1) ?? ''}`));
  try {
    const how = await word;
    signal.throwIfAborted();
    const bootMilliseconds = performance.now() - machine.startedAt;
    if (how !== 'ready') {
      machine.poll();
      throw new UntestableError(`no guest to clone booted: ${how}`, {
        detail: console.trimEnd().split(/\r?\n/).slice(-20).join('\n'),
      });
    }
    const server = await forking;
    const forks = 'why' in server ? undefined : server;
    const saved = await guest.save();
    const same = JSON.stringify(spec);
    const start: Starter = ({ initramfs: _, ...wanted }, where, listeners, rest) => {
      if (JSON.stringify(wanted) !== same)
        throw new Error(`[fencelab bug] a clone of another machine was asked for: ${JSON.stringify(wanted)}`);
      return startClone(saved, where, listeners, rest, forks?.start ?? startQemu);
    };
    used = true;
    return {
      start: Object.assign(start, { jobComesLater: true as const }),
      bootMilliseconds,
      saveMilliseconds: performance.now() - machine.startedAt - bootMilliseconds,
      notForked: 'why' in server ? server.why : undefined,
      end: () => {
        forget(saved);
        forks?.end();
      },
    };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    await machine.stop();
    if (!used)
      await forking.then(
        (server) => 'why' in server || server.end(),
        () => undefined,
      );
    rmSync(folder, { recursive: true, force: true });
  }
}
