// SPDX-License-Identifier: MIT
import { DEFAULT_SETTING, type Setting } from '../ops/event.js';
import { NONE, VARIABLE_COUNT } from '../ops/operation.js';
import { ClassesResv } from '../resv/classes.js';
import { ExclusiveResv } from '../resv/exclusive.js';
import type { Resv } from '../resv/resv.js';
import { CAUSE } from '../rules/checks.js';
import type { Rules } from '../rules/rules.js';
import { Answer } from './answer.js';
import { Context } from './context.js';
import type { File } from './file.js';

/** One hypothesis about the state of the kernel and of the process that makes the calls. Ops change it in place. */
export class World {
  readonly rules: Rules;
  /** Files by descriptor. */
  readonly files: (File | undefined)[] = [];
  /** What each variable of the program is: a descriptor, a GEM handle or a fence id; NONE if it was not made. */
  readonly variables = new Int32Array(VARIABLE_COUNT).fill(NONE);
  /** RLIMIT_NOFILE. */
  limit: number;
  /** No descriptor below this is free. */
  readonly first: number;
  readonly nomem: boolean;
  /** The op that is looked at runs somewhere between these two (us). */
  from = 0;
  until = 0;
  /** invariant: greater than the id of any context */
  nextContext = 1;
  /** Fences of vgem that have not signalled, for their expiry. */
  readonly expiring: Context[] = [];
  /** When `expiring` is as long as this, those that were signalled are taken out. */
  compactAt = 0;
  /** What the last op gives. */
  readonly answer = new Answer();
  /** invariant: every descriptor from `first` below this is taken */
  lowest: number;
  /** The kernel is down: nothing is allowed any more. */
  crashed = false;
  /** In this hypothesis a signalled fence that is imported takes a free slot. See ClassesResv.displaced(). */
  keepsDisplaced = false;
  /** Why the model cannot say what comes next, if it cannot. */
  beyond: string | undefined;

  constructor(rules: Rules, setting: Setting = DEFAULT_SETTING) {
    this.rules = rules;
    this.first = setting.first;
    this.lowest = setting.first;
    this.limit = setting.limit;
    this.nomem = setting.nomem;
  }

  newContext(who: number): Context {
    return new Context(this.nextContext++, who);
  }

  newResv(): Resv {
    return this.rules.resv === 'classes' ? new ClassesResv(this.rules) : new ExclusiveResv(this.rules);
  }

  /** The file of a variable, or undefined if it is none. */
  file(variable: number): File | undefined {
    const descriptor = variable < 0 ? NONE : (this.variables[variable] ?? NONE);
    return descriptor < 0 ? undefined : this.files[descriptor];
  }

  /** The next descriptor, or NONE if the limit is reached. */
  freeDescriptor(): number {
    const { files } = this;
    let at = this.rules.lowestDescriptor ? this.lowest : Math.max(files.length, this.first);
    while (files[at] !== undefined) at++;
    if (this.rules.lowestDescriptor) this.lowest = at;
    return at < this.limit ? at : NONE;
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
    this.variables[variable] = descriptor;
    return descriptor;
  }
}
