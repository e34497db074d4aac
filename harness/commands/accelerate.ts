// SPDX-License-Identifier: MIT
import { join } from 'node:path';
import { runGuest } from '../drive/guest.js';
import { UntestableError } from '../errors.js';
import { run } from '../process/run.js';
import type { Progress } from '../progress/progress.js';
import { type Choice, chooseAccelerator, hostIdentity, type KvmAnswer } from '../vm/accelerator.js';
import type { Accelerator, MachineSpec } from '../vm/qemu-args.js';
import { QEMU } from '../vm/qemu-process.js';
import { shortReason } from './summarise.js';

const KVM_PROBE_MS = 8000;

export interface AccelerateOrder {
  /** Any kernel that boots will do. */
  readonly machine: Omit<MachineSpec, 'initramfs' | 'accelerator'>;
  readonly guestBinary: Uint8Array;
  readonly wanted: 'auto' | Accelerator;
  /** As `qemuVersion` says. */
  readonly qemu: string;
  readonly cache: string;
  /** Gets a folder of the guest that tries KVM. */
  readonly folder: string;
}

/** KVM or TCG; a guest is booted to find out, once for each host. */
export function accelerate(order: AccelerateOrder, progress: Progress, signal: AbortSignal): Promise<Choice> {
  return chooseAccelerator({
    wanted: order.wanted,
    memory: join(order.cache, 'answers', 'kvm.json'),
    host: hostIdentity(order.qemu),
    probe: async () => {
      const stage = progress.stage('Try KVM');
      stage.update('booting a guest in it');
      const answer = await probeKvm(order, signal);
      stage.end(answer.works ? 'a guest ran' : `${answer.why}; remembered`);
      return answer;
    },
  });
}

/** Whether a guest boots in KVM: one is really run. Remembers nothing. */
export async function probeKvm(
  order: Pick<AccelerateOrder, 'machine' | 'guestBinary' | 'folder'>,
  signal: AbortSignal,
): Promise<KvmAnswer> {
  const outcome = await runGuest(
    {
      machine: { ...order.machine, accelerator: 'kvm', gpu: 'none' },
      guestBinary: order.guestBinary,
      job: { limitScale: 1, kmemleak: false, items: [] },
      limitSeconds: new Map(),
      folder: join(order.folder, 'kvm-probe'),
      patience: { boot: KVM_PROBE_MS, grace: KVM_PROBE_MS, idle: KVM_PROBE_MS },
    },
    {},
    signal,
  );
  if (outcome.bootMilliseconds !== undefined) return { works: true };
  const hung = outcome.ended === 'no-boot';
  const why = hung
    ? `a guest did not boot in it within ${KVM_PROBE_MS / 1000} s`
    : `QEMU ended: ${shortReason(outcome.reason ?? '')}`;
  return { works: false, why };
}

/** @throws UntestableError if there is no QEMU. */
export async function qemuVersion(): Promise<string> {
  const r = await run(QEMU, ['--version']);
  if (!r.ok)
    throw new UntestableError(`${QEMU} cannot be run`, {
      remedy: '"fencelab doctor" says what this machine lacks.',
    });
  return r.stdout.split('\n')[0] ?? '';
}
