import { spawnSync } from 'node:child_process';
import { type Special, specialText } from '../model/special.js';
import { StepFailed } from './action.js';

/** Node can make neither FIFOs nor devices; coreutils can. */
export function makeSpecial(path: string, special: Special): void {
  const [command = '', ...args] = commandFor(path, special);
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().replace(/^.*: /s, '');
  const message = `a special file (${specialText(special)}) cannot be made here: ${reason}`;
  throw new StepFailed({ kind: 'failed', message, noSpace: false });
}

function commandFor(path: string, { type, major, minor }: Special): readonly string[] {
  switch (type) {
    case 'fifo':
      return ['mkfifo', '-m', '600', '--', path];
    case 'character':
      return ['mknod', '-m', '600', '--', path, 'c', String(major), String(minor)];
    case 'block':
      return ['mknod', '-m', '600', '--', path, 'b', String(major), String(minor)];
    default:
      return type satisfies never;
  }
}
