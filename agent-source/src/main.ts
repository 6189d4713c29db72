#!/usr/bin/env node
import { runProgram } from './program.js';

// Whoever reads our output may leave (`| head`): the work goes on without it.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.exitCode = await runProgram(process.argv.slice(2));
