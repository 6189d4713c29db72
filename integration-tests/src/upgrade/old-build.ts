import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { here, type Place } from '../harness/place.js';
import { programsIn, repository } from '../harness/programs.js';

/** Clones this repository as of a commit, and builds it there, where that was not done before. */
export function buildOld(commit: string, folder: string): Place {
  if (!existsSync(join(folder, '.git'))) run(repository, 'git', 'clone', '--quiet', '--no-checkout', repository, folder);
  run(folder, 'git', 'checkout', '--quiet', commit);
  run(folder, process.execPath, '.ci/setup.mjs');
  return { ...here, programs: programsIn(folder) };
}

function run(cwd: string, command: string, ...args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} in ${cwd} ended with ${status}`);
}
