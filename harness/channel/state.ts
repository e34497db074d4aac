// SPDX-License-Identifier: MIT
import type { Failure, GuestRecord, Outcome, Splat } from '../result/result.js';
import type { Damage, SubtestName, TraitName, TraitValue } from './event.js';

/** What the channel says of one run of one subtest. Born as `crash`; only its own end line makes it anything better. */
export interface SubtestState extends SubtestName {
  /** 0 where the start line was lost. */
  readonly pid: number;
  readonly outcome: Outcome;
  /** Whether its own end line (or `hung`) came. */
  readonly finished: boolean;
  readonly milliseconds: number;
  readonly failures: readonly Failure[];
  readonly skipReason: string | undefined;
  readonly notes: readonly string[];
}

/** Everything one guest said. */
export interface ChannelState {
  readonly hello: { readonly release: string; readonly uptimeMicroseconds: number } | undefined;
  readonly devices: GuestRecord['devices'];
  readonly traits: Readonly<Partial<Record<TraitName, TraitValue>>>;
  /** In the order they were started: a dynamic subtest comes after its outer one. */
  readonly subtests: readonly SubtestState[];
  /** At most MAX_DAMAGE of them; `damageCount` has them all. */
  readonly damage: readonly Damage[];
  readonly damageCount: number;
  readonly fatal: string | undefined;
  readonly done: boolean;
}

/** What one item changed, for whoever reports while the guest runs. */
export type Change =
  | { readonly kind: 'started'; readonly subtest: SubtestState }
  | { readonly kind: 'ended'; readonly subtest: SubtestState };

export const MAX_DAMAGE = 100;
/** A subtest that runs wild must not fill the report. */
export const MAX_REMARKS = 200;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A subtest while it is being added up. */
export interface Slot extends Mutable<Omit<SubtestState, 'failures' | 'notes'>> {
  failures: Failure[];
  notes: string[];
  /** What speaks against "pass" though no claim failed. Counts only if the guest says "pass" or "skip". */
  doubts: string[];
}

export function newSlot(name: SubtestName, pid: number): Slot {
  return {
    program: name.program,
    subtest: name.subtest,
    dynamic: name.dynamic,
    pid,
    outcome: 'crash',
    finished: false,
    milliseconds: 0,
    failures: [],
    skipReason: undefined,
    notes: [],
    doubts: [],
  };
}

export function snapshot({ doubts: _, ...slot }: Slot): SubtestState {
  return { ...slot, failures: [...slot.failures], notes: [...slot.notes] };
}

/** Adds to a list that may not grow for ever; the last entry says that there was more. */
export function remark<T>(list: T[], entry: T, more: T): void {
  if (list.length < MAX_REMARKS) list.push(entry);
  else if (list.length === MAX_REMARKS) list.push(more);
}

/** "results channel, byte 120: unknown line (FL ende)" */
export function describeDamage(damage: Damage): string {
  return `results channel, byte ${damage.offset}: ${damage.reason} (${damage.detail})`;
}

/** Damage as something a guest's record can hold, so that a run whose results may be incomplete does not hold. */
export function damageSplats(state: Pick<ChannelState, 'damage' | 'damageCount'>): readonly Splat[] {
  if (state.damageCount === 0) return [];
  const more = state.damageCount - state.damage.length;
  const lines = [...state.damage.map(describeDamage), ...(more > 0 ? [`and ${more} more`] : [])];
  return [{ kind: 'lost', title: 'the results channel was damaged', text: lines.join('\n') }];
}

/** What becomes of a subtest that never got its end line, once it is known how its guest ended. */
export function unfinishedOutcome(ended: GuestRecord['ended']): Outcome {
  if (ended === 'hang' || ended === 'silent') return 'hang';
  return ended === 'interrupted' || ended === 'no-boot' ? 'notrun' : 'crash';
}
