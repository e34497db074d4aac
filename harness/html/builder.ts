// SPDX-License-Identifier: MIT
import type { Column, FailureView, HtmlReport, Matrix, Results, Tally, Tone } from './report.js';

/** How a test counts in the matrix. */
export type Counted = 'pass' | 'red' | 'skip' | 'undecided' | 'known' | 'notrun';

/** One test on one kernel. */
export interface AddedTest {
  readonly program: string;
  readonly name: string;
  readonly counts: Counted;
  readonly word: string;
  readonly tone: Tone;
  readonly milliseconds: number;
  /** In one line; "" for nothing. */
  readonly why: string;
  /** Told and drawn if there is room; those with `first` before all others. */
  readonly failure?: { readonly first: boolean; view(): Omit<FailureView, 'id'> } | undefined;
}

/** Failures that are told and drawn; a page with more of them is read by nobody. */
export const MOST_FAILURES = 200;
const WHY_CHARS = 300;

type Built = Pick<HtmlReport, 'matrix' | 'results' | 'failures' | 'moreFailures'>;

/** Puts tests of several kernels together: matrix, list and failures. */
export class ReportBuilder {
  readonly #columns: Column[] = [];
  readonly #programs = new Map<string, (Counts | undefined)[]>();
  readonly #tests: { readonly column: number; readonly test: AddedTest }[] = [];

  /** A kernel; gives back its number. */
  column(column: Column): number {
    return this.#columns.push(column) - 1;
  }

  add(column: number, test: AddedTest): void {
    this.#tests.push({ column, test });
    const cells = this.#programs.get(test.program) ?? [];
    this.#programs.set(test.program, cells);
    const counts = cells[column] ?? new Counts();
    cells[column] = counts;
    counts[test.counts]++;
  }

  /** Makes the views of the failures. `onView` hears how far it is before each, and is waited for. */
  async build(
    onView: (done: number, total: number) => Promise<void> = async () => undefined,
  ): Promise<Built> {
    const failing = this.#tests.filter(({ test }) => test.failure !== undefined);
    const ranked = [...failing.filter(isFirst), ...failing.filter((one) => !isFirst(one))];
    const shown = ranked.slice(0, MOST_FAILURES);
    const ids = new Map(shown.map(({ test }, at) => [test, at + 1]));
    const failures: FailureView[] = [];
    for (const [at, { column, test }] of shown.entries()) {
      await onView(at, shown.length);
      const counts = this.#programs.get(test.program)?.[column];
      if (counts !== undefined) counts.failure ??= `f${at + 1}`;
      if (test.failure !== undefined) failures.push({ id: `f${at + 1}`, ...test.failure.view() });
    }
    return {
      matrix: this.#matrix(),
      results: this.#results(ids),
      failures,
      moreFailures: ranked.length - shown.length,
    };
  }

  #matrix(): Matrix {
    const rows = [...this.#programs].map(([program, cells]) => ({
      program,
      cells: this.#columns.map((_, at): Tally | undefined =>
        cells[at] === undefined ? undefined : { ...cells[at] },
      ),
    }));
    // What fails comes first; otherwise the order in which programs ran
    const red = (row: (typeof rows)[number]): number =>
      Number(row.cells.some((cell) => (cell?.red ?? 0) > 0));
    return { columns: this.#columns, rows: rows.sort((a, b) => red(b) - red(a)) };
  }

  #results(ids: ReadonlyMap<AddedTest, number>): Results {
    const words = new Map<string, { at: number; word: string; tone: Tone }>();
    const rows = this.#tests.map(({ column, test }): Results['rows'][number] => {
      const { word, tone } = test;
      const known = words.get(`${tone} ${word}`) ?? { at: words.size, word, tone };
      words.set(`${tone} ${word}`, known);
      const why = test.why.length > WHY_CHARS ? `${test.why.slice(0, WHY_CHARS)}…` : test.why;
      return [test.name, column, known.at, Math.round(test.milliseconds), why, ids.get(test) ?? 0];
    });
    return {
      cells: this.#columns.map(({ title, under }) => `${title} ${under}`),
      words: [...words.values()].map(({ word, tone }) => ({ word, tone })),
      rows,
    };
  }
}

const isFirst = ({ test }: { readonly test: AddedTest }): boolean => test.failure?.first === true;

class Counts {
  pass = 0;
  red = 0;
  skip = 0;
  undecided = 0;
  known = 0;
  notrun = 0;
  failure: string | undefined;
}
