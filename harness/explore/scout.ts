// SPDX-License-Identifier: MIT
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Choice } from '../../models/index.js';
import { runGuest } from '../drive/guest.js';
import { chooseFor } from '../model/kernel.js';
import { type GuestOrder, NoGuest } from './guest-runner.js';

/** Boots a guest with nothing to do: the rules that its kernel is to be judged by. Throws NoGuest if it does not answer. */
export async function scout(order: GuestOrder, signal: AbortSignal): Promise<Choice> {
  const folder = join(order.folder, 'scout');
  const outcome = await runGuest(
    {
      machine: order.machine,
      guestBinary: order.guestBinary,
      job: { limitScale: order.limitScale, kmemleak: false, items: [] },
      limitSeconds: new Map(),
      folder,
      patience: order.patience,
    },
    {},
    signal,
    order.start,
  );
  signal.throwIfAborted();
  if (outcome.kernel === undefined) {
    const log = outcome.console.trimEnd().split(/\r?\n/).slice(-20).join('\n');
    throw new NoGuest(outcome.reason ?? outcome.ended, log);
  }
  await rm(folder, { recursive: true, force: true });
  return chooseFor(outcome.kernel);
}
