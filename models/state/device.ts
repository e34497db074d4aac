// SPDX-License-Identifier: MIT
import { WHO } from '../ops/call.js';
import { DRIVER } from '../ops/types.js';
import { Context } from './context.js';

export type Driver = (typeof DRIVER.names)[number];

/**
 * A card of the machine, of which there is one for each driver: what all that open it share. Its fence contexts are older
 * than any of a program's (virtio_gpu_init() and drm_crtc_init_with_planes()), which a fraction says: ids order containers.
 */
export interface Device {
  readonly driver: Driver;
  /** vgdev->fence_drv.context: all fences of virtio-gpu's commands are in one context. */
  readonly commands: Context;
  /** crtc->fence_context of the one CRTC that programs use. Every commit is a step, with an out fence or without. */
  readonly crtc: Context;
  /** Whether the host renders for virtio-gpu (virgl); undefined as long as nothing told. */
  renders: boolean | undefined;
}

export function newDevices(): readonly Device[] {
  return DRIVER.names.map((driver, at) => {
    const commands = new Context(0.1 + at / 10, WHO['virtio-gpu']);
    const crtc = new Context(0.15 + at / 10, WHO.crtc);
    commands.steps = [];
    crtc.steps = [];
    return { driver, commands, crtc, renders: undefined };
  });
}
