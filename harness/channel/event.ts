// SPDX-License-Identifier: MIT

/** How a subtest ended, in the guest's own words. `hung` has a line of its own. */
export const GUEST_RESULTS = ['pass', 'fail', 'skip', 'timeout', 'crash'] as const;
export type GuestResult = (typeof GUEST_RESULTS)[number];

/** What the guest probed its kernel for, so that the right rules are chosen. */
export const TRAITS = ['ioctls', 'deadline', 'forgets-names', 'usage-classes'] as const;
export type TraitName = (typeof TRAITS)[number];
/** `unknown`: what is needed to find out is not there. */
export const TRAIT_VALUES = ['yes', 'no', 'unknown'] as const;
export type TraitValue = (typeof TRAIT_VALUES)[number];

/** The name of a subtest on the wire: `subtest`, or `subtest@dynamic`. */
export interface SubtestName {
  readonly program: string;
  readonly subtest: string;
  readonly dynamic: string | undefined;
}

/** What one good line says. */
export type Said =
  | {
      readonly kind: 'hello';
      readonly version: number;
      readonly release: string;
      readonly uptimeMicroseconds: number;
    }
  | {
      readonly kind: 'device';
      readonly name: string;
      readonly path: string | undefined;
      readonly text: string;
    }
  | { readonly kind: 'trait'; readonly name: TraitName; readonly value: TraitValue }
  | ({ readonly kind: 'start'; readonly pid: number } & SubtestName)
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'fail'; readonly where: string; readonly text: string }
  | { readonly kind: 'skip'; readonly text: string }
  | ({ readonly kind: 'end'; readonly result: GuestResult; readonly microseconds: number } & SubtestName)
  | ({ readonly kind: 'hung' } & SubtestName)
  | { readonly kind: 'fatal'; readonly text: string }
  | { readonly kind: 'ready'; readonly uptimeMicroseconds: number }
  | { readonly kind: 'done'; readonly count: number };

/** A good line, and where its first byte was. */
export type ChannelEvent = Said & { readonly offset: number };

/** Why a line, or an event in the place where it came, cannot be what the guest meant. */
export type DamageReason =
  | 'not a result line'
  | 'unknown line'
  | 'wrong fields'
  | 'too long'
  | 'cut off'
  | 'out of order'
  | 'contradiction';

/** Something in the stream that is wrong. Whatever it touches does not pass. */
export interface Damage {
  readonly kind: 'damage';
  readonly offset: number;
  readonly reason: DamageReason;
  /** What was there, printable and short. */
  readonly detail: string;
}

export type ChannelItem = ChannelEvent | Damage;
