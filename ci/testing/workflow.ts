// SPDX-License-Identifier: MIT
import { parse } from 'yaml';
import { z } from 'zod';

const step = z.object({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
  with: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

const workflow = z.object({
  env: z.record(z.string(), z.string()).optional(),
  jobs: z.record(
    z.string(),
    z.object({
      needs: z.string().optional(),
      if: z.string().optional(),
      strategy: z.object({ matrix: z.record(z.string(), z.array(z.number())) }).optional(),
      steps: z.array(step),
    }),
  ),
});

export type Step = z.infer<typeof step>;
export type Workflow = z.infer<typeof workflow>;

/** The part of a workflow of GitHub Actions that its tests look at. */
export const readWorkflow = (text: string): Workflow => workflow.parse(parse(text));

/** What "${{ NAME }}" becomes. Throws for one that is not in `values`. */
export function expand(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`nothing is known of \${{ ${name} }}`);
    return value;
  });
}
