import { spawnSync } from 'node:child_process';

/** False where rsync is installed, else the reason to give for skipping: what `skip` of node:test takes. */
export const rsyncMissing: string | false =
  spawnSync('rsync', ['--version'], { stdio: 'ignore' }).status === 0 ? false : 'rsync is not installed';

/** With hard links, and with ACLs and extended attributes, where this rsync knows them. */
const ALWAYS = ['-aHn', ...knows('ACLs', '-A'), ...knows('xattrs', '-X')];

function knows(capability: string, flag: string): string[] {
  const { stdout } = spawnSync('rsync', ['--version'], { encoding: 'latin1' });
  return new RegExp(`(?<!no )\\b${capability}\\b`).test(stdout ?? '') ? [flag] : [];
}

/**
 * What rsync would change to make the target equal to the source: one line each. Empty: nothing.
 * @param flags of rsync, for more than it always compares here
 */
export function rsyncDifferences(source: string, target: string, flags: readonly string[] = []): string[] {
  const args = [...ALWAYS, ...flags, '--delete', '--checksum', '--itemize-changes', `${source}/`, `${target}/`];
  const run = spawnSync('rsync', args, {
    encoding: 'latin1',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.status !== 0) throw new Error(`rsync failed with status ${run.status}: ${run.stderr}`);
  return run.stdout.split('\n').filter((line) => line !== '');
}
