// SPDX-License-Identifier: MIT
// `npm run bench`: makes the clone able to run itself, then hands over to the compiled benchmarks.
import { ready } from './bootstrap.js';

await ready();
const { bench } = await import('../dist/ci/bench.js');
process.exitCode = await bench(process.argv.slice(2));
