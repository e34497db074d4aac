// SPDX-License-Identifier: MIT
import { test } from 'tap';
import { checkScript } from '../check/script.js';
import { explain } from '../check/explain.js';
import { profileNamed } from '../profiles/profiles.js';
import { parseScript } from '../text/parse.js';
import { CASES } from './cases.js';

for (const { name, kernels, trace } of CASES)
  test(name, async (t) => {
    for (const kernel of kernels) {
      const rules = profileNamed(kernel)?.rules;
      if (rules === undefined) throw new Error(`no profile ${kernel}`);
      const verdict = checkScript(rules, parseScript(trace));
      t.equal(verdict.kind, 'holds', `${kernel}\n${explain(verdict)}`);
    }
  });
