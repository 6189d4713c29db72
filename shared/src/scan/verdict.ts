import { metadataOf, sameAttributes, sameBytes, sameObject } from '../disk/seen.js';
import type { Kind, Metadata } from '../model/entry.js';
import type { Seen } from '../model/seen.js';
import { isSmudged } from './granularity.js';

/**
 * What a stat proves about content that was read under an earlier one:
 *
 * - `same`: nothing has happened
 * - `touched`: only what is in the inode changed, or its name; the content is what it was
 * - `changed`: the content may be another one
 */
export type Verdict = 'same' | 'touched' | 'changed';

/**
 * `moved` says that the entry has another name or parent than when it was `before`, `marked` that it has other extended
 * attributes: both renew the ctime.
 */
export function verdictOn(before: Seen | null, now: Seen, moved: boolean, marked = false): Verdict {
  if (before === null || isSmudged(before) || !sameBytes(before, now)) return 'changed';
  if (before.ctimeNs === now.ctimeNs) return onSameChangeTime(before, now, moved);
  if (!sameObject(before, now)) return 'changed';
  return moved || marked || !sameAttributes(before, now) ? 'touched' : 'changed';
}

/**
 * A move that left no trace in the ctime is on a file system whose inode numbers, by which it was recognised, may not
 * mean much either (FAT, SFTP): its content is not taken on trust. A new inode number alone is of such a file system too.
 */
function onSameChangeTime(before: Seen, now: Seen, moved: boolean): Verdict {
  if (moved || before.btimeNs !== now.btimeNs) return 'changed';
  return before.ino === now.ino && sameAttributes(before, now) ? 'same' : 'touched';
}

/**
 * Whether a row and an entry of its name and kind are one thing.
 *
 * - `yes`: the same inode. Device numbers of a mounted file system change when it is mounted again.
 * - `likely`: all but the inode number is the same (for a directory, its birth time): unless the number turns out to be
 *   another row's, the file system's numbers are unstable
 * - `no`: something else has taken the name
 */
export function isOccupant(before: Seen | null, now: Seen, kind: Kind): 'yes' | 'likely' | 'no' {
  if (before === null) return 'yes';
  const sameSystem = before.dev === now.dev || (before.dev !== 0n && now.dev !== 0n);
  if (sameSystem && before.ino === now.ino && before.btimeNs === now.btimeNs) return 'yes';
  if (!sameSystem || before.btimeNs !== now.btimeNs) return 'no';
  const alike = sameBytes(before, now) && before.ctimeNs === now.ctimeNs;
  return alike || (kind === 'directory' && now.btimeNs !== 0n) ? 'likely' : 'no';
}

/**
 * Whose metadata counts: an `origin`'s is what its disk says. A `mirror` keeps what it was given, which its disk may not be
 * able to hold, but for the fields that somebody has changed on disk since.
 */
export type ScanMode = 'origin' | 'mirror';

/** What a stat says of the metadata. The extended attributes stay: they are not in it. */
export function mirroredMetadata(mode: ScanMode, kept: Metadata, before: Seen | null, now: Seen): Metadata {
  const { xattrs } = kept;
  const observed = metadataOf(now, xattrs);
  if (mode === 'origin' || before === null) return observed;
  const earlier = metadataOf(before, xattrs);
  return {
    mode: observed.mode === earlier.mode ? kept.mode : observed.mode,
    uid: observed.uid === earlier.uid ? kept.uid : observed.uid,
    gid: observed.gid === earlier.gid ? kept.gid : observed.gid,
    mtimeUs: observed.mtimeUs === earlier.mtimeUs ? kept.mtimeUs : observed.mtimeUs,
    xattrs,
  };
}
