// SPDX-License-Identifier: MIT
import type { RunSummary, SubtestResult } from '../result/result.js';

/** A subtest and its dynamic parts. */
export interface SubtestGroup {
  readonly result: SubtestResult;
  readonly dynamic: readonly SubtestResult[];
}

export interface ProgramGroup {
  readonly program: string;
  readonly subtests: readonly SubtestGroup[];
}

/** The results as a tree of three levels, in the order in which they first come. */
export function byProgram(summary: RunSummary): readonly ProgramGroup[] {
  const programs = new Map<string, Map<string, { result?: SubtestResult; dynamic: SubtestResult[] }>>();
  for (const result of summary.results) {
    const program = programs.get(result.program) ?? new Map();
    programs.set(result.program, program);
    const group = program.get(result.subtest) ?? { dynamic: [] };
    program.set(result.subtest, group);
    if (result.dynamic !== undefined) group.dynamic.push(result);
    else group.result = result;
  }
  return [...programs].map(([program, subtests]) => ({
    program,
    subtests: [...subtests.values()].map(({ result, dynamic }) => ({
      result: result ?? orphanage(dynamic),
      dynamic,
    })),
  }));
}

/** Dynamic results whose outer one is missing: that it is missing is red. */
function orphanage(dynamic: readonly SubtestResult[]): SubtestResult {
  const [first] = dynamic;
  if (first === undefined) throw new Error('[fencelab bug] a subtest without any result');
  return {
    ...first,
    dynamic: undefined,
    outcome: 'notrun',
    failures: [{ where: '-', text: 'it has dynamic subtests, but no result of its own' }],
    splats: [],
    known: [],
    model: undefined,
    notes: [],
    skipReason: undefined,
    milliseconds: 0,
  };
}
