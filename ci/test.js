// SPDX-License-Identifier: MIT
// `npm test`: makes the clone able to run itself, then hands over to the compiled gate.
import { ready } from './bootstrap.js';

await ready();
const { gate } = await import('../dist/ci/gate.js');
process.exitCode = await gate(process.argv.slice(2));
