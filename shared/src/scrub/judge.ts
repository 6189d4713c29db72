import { sameSeen, withinTree } from '../disk/seen.js';
import type { DamageKind } from '../model/damage.js';
import { type Content, sameContent } from '../model/entry.js';
import type { Seen } from '../model/seen.js';
import { verdictOn } from '../scan/verdict.js';
import type { Reread } from './reread.js';

/**
 * What reading a file again has shown:
 *
 * - `good`: it holds what it should
 * - `changed`: its stat says that somebody has changed it, so a scan will find out what it holds now
 * - `skipped`: it cannot be read for a reason that is not the disk's, as a lack of rights
 * - else what is wrong with it
 */
export type Judgement = 'good' | 'changed' | 'skipped' | DamageKind;

export interface Evidence {
  readonly expected: Content;
  readonly seen: Seen | null;
  readonly reread: Reread;
  readonly rootDev: bigint;
  /** Old versions are nobody's to change, and no scan looks at them. */
  readonly isOldVersion: boolean;
}

const GONE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ESTALE']);
/** The disk, or the file system's own checksums. */
const UNREADABLE = new Set(['EIO', 'EBADMSG', 'EUCLEAN']);

export function judge({ expected, seen, reread, rootDev, isOldVersion }: Evidence): Judgement {
  if ('error' in reread) {
    if (GONE.has(reread.error)) return isOldVersion ? 'missing' : 'changed';
    return UNREADABLE.has(reread.error) ? 'unreadable' : 'skipped';
  }
  const { content, before, after } = reread;
  if (sameContent(content, expected)) return 'good';
  if (isOldVersion) return 'rotten';
  const now = withinTree(before, rootDev);
  if (seen === null || !sameSeen(before, after) || seen.ino !== now.ino) return 'changed';
  return verdictOn(seen, now, false) === 'changed' ? 'changed' : 'rotten';
}
