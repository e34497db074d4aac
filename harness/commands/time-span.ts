// SPDX-License-Identifier: MIT
import { InvalidArgumentError } from 'commander';

const UNITS = { s: 1, m: 60, h: 3600 } as const;
const WEEK = 7 * 24 * 3600;

/** A commander parser: "90s", "10m", "1h"; in seconds. */
export function timeSpan(text: string): number {
  const match = /^(\d{1,6})([smh])$/.exec(text);
  const seconds = Number(match?.[1]) * UNITS[(match?.[2] ?? 's') as keyof typeof UNITS];
  if (match === null || seconds === 0 || seconds > WEEK)
    throw new InvalidArgumentError('Write a number and a unit, as 90s, 10m or 1h.');
  return seconds;
}
