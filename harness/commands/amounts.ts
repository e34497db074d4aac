// SPDX-License-Identifier: MIT
import { InvalidArgumentError } from 'commander';

const SIZES = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 } as const;
const AGES = { m: 60, h: 3600, d: 24 * 3600, w: 7 * 24 * 3600 } as const;

/** A commander parser: "500M", "20G", "1.5T"; in bytes, of which a kB has a thousand. */
export function byteCount(text: string): number {
  const match = /^(\d{1,6}(?:\.\d{1,3})?)([kMGT])B?$/.exec(text);
  if (match === null)
    throw new InvalidArgumentError(
      /^\d+$/.test(text)
        ? `${text} of what? Write a unit behind it: 500M, 20G, 1.5T.`
        : 'Write a number and a unit (k, M, G or T), as 500M, 20G or 1.5T.',
    );
  return Math.round(Number(match[1]) * SIZES[match[2] as keyof typeof SIZES]);
}

/** A commander parser: "90m", "12h", "30d", "8w"; in ms. */
export function age(text: string): number {
  const match = /^(\d{1,5})([mhdw])$/.exec(text);
  if (match === null)
    throw new InvalidArgumentError(
      /^\d+$/.test(text)
        ? `${text} of what? Write a unit behind it: 12h, 30d, 8w.`
        : 'Write a number and a unit (m, h, d or w), as 12h, 30d or 8w.',
    );
  return Number(match[1]) * AGES[match[2] as keyof typeof AGES] * 1000;
}
