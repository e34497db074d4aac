// SPDX-License-Identifier: MIT
import type { Env } from './colors.js';
import { plainProgress } from './plain.js';
import type { Progress } from './progress.js';
import { type Output, openScreen, type Screen } from './screen.js';
import { terminalProgress } from './terminal.js';

/** A screen on a stream, and the stages that are shown on it. Close it before the process writes anything else there. */
export function openProgress(
  output: Output,
  env: Env,
): { readonly screen: Screen; readonly progress: Progress; close(): void } {
  const screen = openScreen(output, env);
  const progress = screen.live ? terminalProgress(screen) : plainProgress(screen);
  return { screen, progress, close: () => screen.close() };
}
