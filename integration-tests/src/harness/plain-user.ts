import { spawnSync } from 'node:child_process';
import { sourceProgram } from './programs.js';

/*
 * Root can read everything, so what an unreadable file does can only be seen by a program that runs as somebody else.
 */

const nobody = 65_534;
const runsAsRoot = process.geteuid?.() === 0;

/** Somebody for whom a file's mode decides. */
export const plainUser = {
  /** Undefined where the tests themselves run as a plain user. */
  id: runsAsRoot ? nobody : undefined,
  /** False where that works, else the reason: what `skip` of node:test takes. */
  skip: reasonToSkip(),
} as const;

function reasonToSkip(): string | false {
  if (!runsAsRoot) return false;
  const main = sourceProgram.at(-1) ?? '';
  const probe = spawnSync(process.execPath, ['-e', 'require("node:fs").readFileSync(process.argv[1])', main], {
    uid: nobody,
    gid: nobody,
  });
  return probe.status === 0 ? false : `the tests run as root, and user ${nobody} cannot read ${main}`;
}
