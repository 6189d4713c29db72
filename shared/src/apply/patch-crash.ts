import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { packChunks } from '../delta/chunk-list.js';
import { contentOf, listOf, openPatchBench, stagePatch } from './patch-fixture.js';

/*
 * A program for recovery tests: patches `file` in the bench at argv[2] to what the file argv[3] holds. At the argv[4]th
 * change of the disk, it kills itself half way through; or, where argv[5] is an errno's name, the disk refuses that change
 * of the file, and with argv[6] all that follow. Ends with status 0 when there were fewer, and prints the step's outcome.
 */

const [home = '', target = '', number = '', errno, forGood] = process.argv.slice(2);

type Change = (...args: unknown[]) => unknown;

const CHANGES = ['renameSync', 'writeSync', 'ftruncateSync', 'fdatasyncSync', 'fsyncSync', 'lutimesSync', 'rmSync'];
const CHANGES_OF_THE_FILE = ['writeSync', 'ftruncateSync', 'fdatasyncSync'];

/** Every such call from now on counts, in whatever module. */
function from(number: number, names: readonly string[], happen: (name: string, real: Change, args: unknown[]) => unknown): void {
  let changes = 0;
  const calls = fs as unknown as Record<string, Change>;
  for (const name of names) {
    const real = calls[name];
    if (real === undefined) throw new Error(`there is no ${name}`);
    calls[name] = (...args) => (isOfTheFile(name, args) && isDue() ? happen(name, real, args) : real(...args));
  }
  syncBuiltinESMExports();

  function isDue(): boolean {
    changes++;
    return changes === number || (forGood !== undefined && changes > number);
  }

  /** The progress file is written without a position. */
  function isOfTheFile(name: string, args: unknown[]): boolean {
    return names === CHANGES || name !== 'writeSync' || args.length === 5;
  }
}

function die(name: string, real: Change, args: unknown[]): never {
  if (name === 'writeSync' && args.length === 5) {
    const [fd, bytes, offset, length, position] = args;
    real(fd, bytes, offset, Math.floor(Number(length) / 2), position);
  }
  process.kill(process.pid, 'SIGKILL');
  throw new Error('still alive');
}

const bench = openPatchBench(home);
const made = fs.readFileSync(target);
const action = await stagePatch(bench, 'file', fs.readFileSync(`${home}/tree/file`), made);
const lists = [{ content: contentOf(made), packed: packChunks(listOf(made)) }];
if (errno === undefined) from(Number(number), CHANGES, die);
else {
  from(Number(number), CHANGES_OF_THE_FILE, () => {
    throw Object.assign(new Error(`${errno}: the disk refuses`), { code: errno });
  });
}
const [result] = bench.commit.run([action], lists);
bench.commit.end(1);
bench.close();
process.stdout.write(JSON.stringify(result?.outcome));
