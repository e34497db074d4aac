#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// The `fencelab` command. Plain JavaScript with nothing but Node, since it must run in a clone that has no
// node_modules yet: it installs and compiles what is missing, then hands over to the compiled command line.
import { ready } from '../ci/bootstrap.js';

// A reader that has seen enough (`| head`) is no error: what is written after that is lost, the exit status stays true.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
  });

await ready();
const { main } = await import('../dist/harness/main.js');
process.exitCode = await main(process.argv.slice(2));
