#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node
// Else glibc keeps what each of a dozen threads has had at once: a fifth of a busy agent's memory, as measured.
import { runProgram } from './program.js';

// What we start, a person's own commands too, has its own ways with memory.
delete process.env['MALLOC_ARENA_MAX'];

// Whoever reads our output may leave (`| head`): the work goes on without it.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const status = await runProgram(process.argv.slice(2));
await Promise.all([process.stdout, process.stderr].map(flush));
// All is said and done: nothing that may be left open shall keep us.
process.exit(status);

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
