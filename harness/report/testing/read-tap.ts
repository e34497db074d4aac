// SPDX-License-Identifier: MIT
import { Parser } from 'tap-parser';

export interface TapPoint {
  readonly ok: boolean;
  readonly name: string;
  readonly fullname: string;
  readonly skip: unknown;
  readonly todo: unknown;
  readonly time: number | null;
  readonly diag: Record<string, unknown> | undefined;
}

export interface ReadTap {
  readonly points: readonly TapPoint[];
  readonly ok: boolean;
  readonly problems: readonly unknown[];
  readonly bailout: unknown;
}

/** What an independent parser makes of it: all points at all depths, and whether the whole is well-formed. */
export function readTap(text: string): ReadTap {
  const points: TapPoint[] = [];
  let ok = false;
  let bailout: unknown;
  const problems: unknown[] = [];
  const parser = new Parser({ strict: true }, (r) => {
    ok = r.ok;
    bailout = r.bailout;
    problems.push(...r.failures.filter((f) => f.tapError !== null));
  });
  const listen = (p: Parser): void => {
    p.on('assert', (point: TapPoint) =>
      points.push({ ...point, fullname: [p.fullname, point.name].join(' / ') }),
    );
    p.on('child', listen);
  };
  listen(parser);
  parser.end(text);
  return { points, ok, problems, bailout };
}
