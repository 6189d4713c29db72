import { lstatSync, statSync } from 'node:fs';
import { Check, type Diagnosis } from '../model/diagnosis.js';
import { errnoOf } from '../model/errors.js';

export interface PrivateFile {
  readonly path: string;
  /** Permission bits; null where there is no such file. */
  readonly mode: number | null;
  readonly kind: 'file' | 'folder';
  /** `secret`: nobody else may read it; `own`: nobody else may change it. */
  readonly need: 'secret' | 'own';
}

export function lookAtFile(path: string, need: PrivateFile['need']): PrivateFile {
  const stats = statOf(path);
  return {
    path,
    mode: stats === null ? null : stats.mode & 0o777,
    kind: stats?.isDirectory() === true ? 'folder' : 'file',
    need,
  };
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' && lstatSync(path, { throwIfNoEntry: false }) === undefined) return null;
    throw error;
  }
}

/** One diagnosis for all that is as it should be, and one for each that is not. Files that are not there are for others to miss. */
export function judgePrivateFiles(about: string, files: readonly PrivateFile[]): Diagnosis[] {
  const check = new Check('permissions', about);
  const there = files.filter(({ mode }) => mode !== null);
  const open = there.filter(isOpen);
  if (there.length > 0 && open.length === 0) return [check.good('nobody else can read the keys or change the settings')];
  return open.map(({ path, mode, kind, need }) => {
    const right = kind === 'folder' ? '700' : '600';
    const what = need === 'secret' ? 'can be read by others on this machine' : 'can be changed by others on this machine';
    const text = `${path} ${what} (mode ${((mode ?? 0) & 0o777).toString(8).padStart(3, '0')})`;
    const advice = `Run \`chmod ${right} ${path}\`; where the disk keeps no permissions, mount it with umask=077.`;
    return need === 'secret' && kind === 'file' ? check.bad(text, advice) : check.warning(text, advice);
  });
}

function isOpen({ mode, need }: PrivateFile): boolean {
  return ((mode ?? 0) & (need === 'secret' ? 0o077 : 0o022)) !== 0;
}
