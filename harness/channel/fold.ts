// SPDX-License-Identifier: MIT
import { fullName } from '../result/result.js';
import type { ChannelEvent, ChannelItem, Damage, SubtestName } from './event.js';
import {
  type Change,
  type ChannelState,
  describeDamage,
  MAX_DAMAGE,
  newSlot,
  remark,
  type Slot,
  type SubtestState,
  snapshot,
} from './state.js';
import { PROTOCOL_VERSION } from './wire.js';

type Of<K extends ChannelEvent['kind']> = Extract<ChannelEvent, { kind: K }>;

const red = (slot: Slot): boolean => slot.outcome !== 'pass' && slot.outcome !== 'skip';
const ended = (slot: Slot): Change => ({ kind: 'ended', subtest: snapshot(slot) });
const same = (a: SubtestName, b: SubtestName): boolean => fullName(a) === fullName(b);

/** Adds up the items of one guest, one at a time. */
export class ChannelTracker {
  #hello: ChannelState['hello'];
  #first = true;
  readonly #devices: ChannelState['devices'][number][] = [];
  #traits: ChannelState['traits'] = {};
  readonly #subtests: Slot[] = [];
  // invariant: at most two, the second a dynamic subtest of the first; all unfinished
  #running: Slot[] = [];
  readonly #damage: Damage[] = [];
  #damageCount = 0;
  #fatal: string | undefined;
  #done = false;

  add(item: ChannelItem): Change[] {
    if (item.kind === 'damage') {
      this.#harm(item, this.#running);
      return [];
    }
    if (this.#first !== (item.kind === 'hello'))
      this.#wrong(item, 'out of order', `${this.#first ? 'no' : 'a second'} hello`, this.#running);
    this.#first = false;
    if (this.#done) this.#wrong(item, 'out of order', `${item.kind} after done`, this.#running);
    return this.#event(item);
  }

  state(): ChannelState {
    return {
      hello: this.#hello,
      devices: [...this.#devices],
      traits: this.#traits,
      subtests: this.#subtests.map(snapshot),
      damage: [...this.#damage],
      damageCount: this.#damageCount,
      fatal: this.#fatal,
      done: this.#done,
    };
  }

  /** What the agent said of its kernel before the first subtest. */
  kernel(): Pick<ChannelState, 'hello' | 'traits'> {
    return { hello: this.#hello, traits: this.#traits };
  }

  /** The subtest that is running now, the innermost. */
  running(): SubtestState | undefined {
    const slot = this.#running.at(-1);
    return slot && snapshot(slot);
  }

  #event(e: ChannelEvent): Change[] {
    switch (e.kind) {
      case 'hello':
        if (e.version !== PROTOCOL_VERSION)
          this.#wrong(e, 'contradiction', `protocol version ${e.version}`, this.#running);
        this.#hello = { release: e.release, uptimeMicroseconds: e.uptimeMicroseconds };
        return [];
      case 'device':
        this.#devices.push({ name: e.name, path: e.path, text: e.text });
        return [];
      case 'trait':
        this.#traits = { ...this.#traits, [e.name]: e.value };
        return [];
      case 'start':
        return this.#start(e);
      case 'end':
        return this.#end(e);
      case 'hung':
        return this.#hung(e);
      case 'note':
      case 'fail':
      case 'skip':
        this.#say(e);
        return [];
      case 'fatal':
        this.#fatal = e.text;
        return [];
      case 'ready':
        return [];
      case 'done':
        return this.#finish(e);
    }
  }

  #say(e: Of<'note' | 'fail' | 'skip'>): void {
    const slot = this.#running.at(-1);
    if (slot === undefined) this.#wrong(e, 'out of order', `${e.kind} while no subtest runs: ${e.text}`, []);
    else if (e.kind === 'note') remark(slot.notes, e.text, 'further notes were left out');
    else if (e.kind === 'skip') slot.skipReason = e.text;
    else
      remark(
        slot.failures,
        { where: e.where, text: e.text },
        { where: '-', text: 'further failures were left out' },
      );
  }

  #start(e: Of<'start'>): Change[] {
    const outer = this.#running[0];
    const nests = e.dynamic !== undefined && outer?.program === e.program && outer.subtest === e.subtest;
    const left = this.#abandon(e, nests ? 1 : 0);
    const slot = newSlot(e, e.pid);
    this.#subtests.push(slot);
    this.#running.push(slot);
    if (e.dynamic !== undefined && !nests)
      this.#wrong(e, 'out of order', `${fullName(e)} starts while ${e.subtest} does not run`, [slot]);
    return [...left, { kind: 'started', subtest: snapshot(slot) }];
  }

  #end(e: Of<'end'>): Change[] {
    const at = this.#running.findIndex((slot) => same(slot, e));
    const slot = this.#running[at];
    if (slot === undefined) return this.#strayEnd(e);
    const left = this.#abandon(e, at + 1);
    this.#running.length = at;
    this.#close(slot, e);
    this.#tellOuter(slot);
    return [...left, ended(slot)];
  }

  /** "pass" and "skip" hold only if nothing that was said before speaks against them. */
  #close(slot: Slot, e: Of<'end'>): void {
    slot.finished = true;
    slot.milliseconds = e.microseconds / 1000;
    slot.outcome = e.result;
    if (red(slot) || slot.failures.length + slot.doubts.length === 0) return;
    slot.outcome = 'fail';
    for (const text of slot.doubts) slot.failures.push({ where: '-', text });
    slot.failures.push({ where: '-', text: `the guest ended it as "${e.result}" all the same` });
  }

  /** A dynamic subtest that is red makes its outer one red, whatever the guest says of that later. */
  #tellOuter(slot: Slot): void {
    const outer = this.#running.at(-1);
    if (slot.dynamic === undefined || outer === undefined) return;
    if (red(slot)) outer.doubts.push(`dynamic subtest ${slot.dynamic} ended as ${slot.outcome}`);
    if (slot.outcome === 'skip') outer.skipReason ??= slot.skipReason;
  }

  /** An end that no running subtest waits for: its start was lost, or it ends twice. Either way it earns nothing. */
  #strayEnd(e: Of<'end'>): Change[] {
    const before = this.#subtests.findLast((slot) => same(slot, e));
    const slot = before ?? newSlot(e, 0);
    const changes: Change[] = [];
    if (before === undefined) {
      this.#subtests.push(slot);
      changes.push({ kind: 'started', subtest: snapshot(slot) });
      slot.outcome = e.result;
      slot.milliseconds = e.microseconds / 1000;
      slot.finished = true;
    }
    if (!red(slot)) slot.outcome = 'fail';
    const what = before === undefined ? 'without a start' : 'a second time';
    this.#wrong(e, 'out of order', `${fullName(e)} ends ${what}`, [slot, ...this.#running]);
    return [...changes, ended(slot)];
  }

  #hung(e: Of<'hung'>): Change[] {
    const at = this.#running.findIndex((slot) => same(slot, e));
    if (at < 0) {
      this.#wrong(e, 'out of order', `hung names ${fullName(e)}, which is not running`, this.#running);
      return [];
    }
    const hung = this.#running.splice(at).reverse();
    for (const slot of hung) {
      slot.finished = true;
      slot.outcome = 'hang';
    }
    return hung.map(ended);
  }

  #finish(e: Of<'done'>): Change[] {
    const left = this.#abandon(e, 0);
    const count = this.#subtests.filter((slot) => slot.dynamic === undefined && slot.finished).length;
    if (count !== e.count)
      this.#wrong(e, 'contradiction', `done says ${e.count} subtests, ${count} were seen to end`, []);
    this.#done = true;
    return left;
  }

  /** The innermost ones, from `keep` on, never got an end line of their own. */
  #abandon(e: ChannelEvent, keep: number): Change[] {
    const left = this.#running.splice(keep).reverse();
    if (left.length === 0) return [];
    this.#wrong(e, 'out of order', `${e.kind} before the end of ${left.map(fullName).join(', ')}`, left);
    for (const slot of left) this.#tellOuter(slot);
    return left.map(ended);
  }

  #wrong(e: ChannelEvent, reason: Damage['reason'], detail: string, touches: readonly Slot[]): void {
    this.#harm({ kind: 'damage', offset: e.offset, reason, detail }, touches);
  }

  /** Whatever the damage touches may have lost a failure: it does not pass. */
  #harm(damage: Damage, touches: readonly Slot[]): void {
    this.#damageCount++;
    if (this.#damage.length < MAX_DAMAGE) this.#damage.push(damage);
    for (const slot of touches)
      if (!slot.failures.some((f) => f.where === 'channel'))
        slot.failures.push({ where: 'channel', text: describeDamage(damage) });
  }
}

/** The same, for a stream that is already whole. */
export function foldChannel(items: Iterable<ChannelItem>): ChannelState {
  const tracker = new ChannelTracker();
  for (const item of items) tracker.add(item);
  return tracker.state();
}
