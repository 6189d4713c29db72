#!/usr/bin/env node
import { keepYoungGenerationSmall } from '@btsoot/shared/wire/frugal.js';
import { runProgram } from './program.js';

// Whoever reads our output may leave (`| head`): the work goes on without it.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

keepYoungGenerationSmall();
process.exitCode = await runProgram(process.argv.slice(2));
