// SPDX-License-Identifier: MIT
import { DEFAULT_SETTING, type Setting } from '../ops/event.js';
import { NONE } from '../ops/operation.js';
import { ClassesResv } from '../resv/classes.js';
import { ExclusiveResv } from '../resv/exclusive.js';
import type { Resv } from '../resv/resv.js';
import { CAUSE } from '../rules/checks.js';
import type { Rules } from '../rules/rules.js';
import { Answer } from './answer.js';
import { Context } from './context.js';
import { type Device, newDevices } from './device.js';
import type { File } from './file.js';
import { PROCESSES, Process } from './process.js';

/** `World.observed`: nobody has seen which number the op gets, so it is the lowest that is free. */
export const UNOBSERVED = -1;
/** `World.observed`: the op was seen to find no free descriptor. */
export const SEEN_FULL = -2;

/** One hypothesis about the state of the kernel and of the processes that make the calls. Ops change it in place. */
export class World {
  readonly rules: Rules;
  /** By number; a process that was not forked or has ended is not there. */
  readonly processes: (Process | undefined)[] = [];
  /** The process that makes the call at hand. */
  table: Process;
  /** Its number. */
  current = 0;
  /** No descriptor below this is free. */
  readonly first: number;
  readonly nomem: boolean;
  /** See ClassesResv: slots of a buffer are counted in traces of one thread only. */
  readonly countsSlots: boolean;
  /** The op that is looked at runs somewhere between these two (us). */
  from = 0;
  until = 0;
  /** invariant: greater than the id of any context */
  nextContext = 1;
  /** By the number of its driver in types.ts. */
  devices: readonly Device[];
  /** Contexts that move by themselves and have something left to signal. */
  moving: Context[] = [];
  /** Fences of vgem that have not signalled, for their expiry. */
  readonly expiring: Context[] = [];
  /** When `expiring` is as long as this, those that were signalled are taken out. */
  compactAt = 0;
  /** What the last op gives. */
  readonly answer = new Answer();
  /**
   * The number that the op at hand was seen to get, if other calls of the process went on at the same time. Then the
   * lowest number is nobody's promise: a call takes its number first and installs it last.
   */
  observed = UNOBSERVED;
  /** Calls that went on in the process at the same time: each may hold a number that is not installed. */
  overlapping = 0;
  /** The kernel is down: nothing is allowed any more. */
  crashed = false;
  /** In this hypothesis a signalled fence that is imported displaces none. See ClassesResv.mayDisplace(). */
  keepsDisplaced = false;
  /** The place of the item that an epoll reports in this hypothesis, NONE for none. See alternatives(). */
  reports = NONE;
  /** Why the model cannot say what comes next, if it cannot. */
  beyond: string | undefined;

  constructor(rules: Rules, setting: Setting = DEFAULT_SETTING, countsSlots = true, devices = newDevices()) {
    this.devices = devices;
    this.rules = rules;
    this.countsSlots = countsSlots;
    this.first = setting.first;
    this.table = new Process(setting.first, setting.limit);
    this.processes[0] = this.table;
    this.nomem = setting.nomem;
  }

  /** The next op is of process `number`. False if there is no such process. */
  enter(number: number): boolean {
    if (number === this.current) return this.processes[number] !== undefined;
    const table = number < PROCESSES ? this.processes[number] : undefined;
    if (table === undefined) return false;
    this.table = table;
    this.current = number;
    return true;
  }

  get files(): (File | undefined)[] {
    return this.table.files;
  }

  /** What a variable of this process is: a descriptor, a GEM handle or a fence id; NONE if it was not made. */
  value(variable: number): number {
    return this.table.value(variable);
  }

  assign(variable: number, value: number): void {
    this.table.assign(variable, value);
  }

  get limit(): number {
    return this.table.limit;
  }

  set limit(limit: number) {
    this.table.limit = limit;
  }

  get lowest(): number {
    return this.table.lowest;
  }

  set lowest(lowest: number) {
    this.table.lowest = lowest;
  }

  newContext(who: number): Context {
    return new Context(this.nextContext++, who);
  }

  newResv(): Resv {
    return this.rules.resv === 'classes'
      ? new ClassesResv(this.rules, this.countsSlots)
      : new ExclusiveResv(this.rules);
  }

  /** The file of a variable, or undefined if it is none. */
  file(variable: number): File | undefined {
    const descriptor = variable < 0 ? NONE : this.table.value(variable);
    return descriptor < 0 ? undefined : this.files[descriptor];
  }

  /** The next descriptor, or NONE if the limit is reached. */
  freeDescriptor(): number {
    const { files } = this;
    if (this.observed !== UNOBSERVED) return this.#observedDescriptor();
    let at = this.rules.lowestDescriptor ? this.lowest : Math.max(files.length, this.first);
    while (files[at] !== undefined) at++;
    if (this.rules.lowestDescriptor) this.lowest = at;
    return at < this.limit ? at : NONE;
  }

  #observedDescriptor(): number {
    const { files, observed, limit } = this;
    if (observed >= 0) return files[observed] === undefined && observed < limit ? observed : NONE;
    let free = 0;
    for (let at = this.first; at < limit && free <= this.overlapping; at++)
      if (files[at] === undefined) free++;
    return free <= this.overlapping ? NONE : this.lowest;
  }

  /** A number that is not a descriptor's: `lowest`, or what was seen, as above. */
  numberFrom(lowest: number, taken: (number: number) => boolean): number {
    return this.observed > 0 && !taken(this.observed) ? this.observed : lowest;
  }

  descriptorCause(): number {
    return this.freeDescriptor() < 0 ? CAUSE.descriptors : 0;
  }

  /** fd_install() at the lowest free number, which the caller has seen to be there. */
  install(file: File, variable: number): number {
    const descriptor = this.freeDescriptor();
    this.files[descriptor] = file;
    if (descriptor === this.lowest) this.lowest++;
    file.refs++;
    this.table.assign(variable, descriptor);
    return descriptor;
  }
}
