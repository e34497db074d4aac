// SPDX-License-Identifier: MIT
import type { Ran } from './runner.js';

/**
 * What makes two failures the same bug: the promise that is broken, the op that showed it and in which words, or the title
 * of what the kernel reported. Which variables they were, and how many, does not matter.
 */
export function signatureOf({ outcome, verdict, result }: Ran): string {
  const [splat] = result.splats;
  if (outcome.kind === 'died')
    return splat === undefined
      ? `${result.outcome}: ${result.failures[0]?.text ?? 'the guest ended'}`
      : splat.title;
  if (verdict?.kind === 'violates') {
    const { finding, got } = verdict;
    return `${finding.promise}, ${got.call.op.name}: ${withoutNames(finding.words)}`;
  }
  return splat?.title ?? outcome.kind;
}

/** "t0, t12 are lost" and "t3 is lost" are the same. */
export function withoutNames(words: string): string {
  return words
    .replace(/\b[tsbcgfoe]\d+\b/g, (name) => name[0] ?? '')
    .replace(/\b(\w)(?:, \1\b)+/g, '$1')
    .replace(/\bare\b/g, 'is')
    .replace(/\d+/g, 'N');
}

/** A signature as a file name: at most 60 characters, words kept. */
export function slugOf(signature: string): string {
  const slug = signature
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return slug === '' ? 'finding' : slug.slice(0, 60).replace(/-$/, '');
}
