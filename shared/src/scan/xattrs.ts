import { withInode } from '../disk/metadata.js';
import type { OpenDirectory } from '../disk/tree-root.js';
import { readXattrs } from '../disk/xattrs.js';
import type { Manifest } from '../manifest/manifest.js';
import { joinPath, type Name, type TreePath } from '../model/bytes.js';
import { errnoOf } from '../model/errors.js';
import type { Seen } from '../model/seen.js';
import { NO_XATTRS, type Xattrs } from '../model/xattrs.js';
import { isRacy, smudged } from './granularity.js';
import type { Tally } from './tally.js';

/** Whose attributes a manifest's rows have: root reads more of them than others do. Absent where nobody's were read yet. */
const READER_SETTING = 'xattrs-read-by';
const READER = process.geteuid?.() === 0 ? 'root' : 'user';

/** An entry that was listed. */
export interface Listed {
  readonly parent: TreePath;
  readonly directory: OpenDirectory;
  readonly name: Name;
  /** Its stat, and the local clock before that was taken. */
  readonly now: Seen;
  readonly atMs: number;
  /** False where it is known to have none. */
  readonly mayHave: boolean;
}

export interface ListedXattrs {
  /** Null where they are as they were, as far as is known. */
  readonly xattrs: Xattrs | null;
  /** What is to be kept of the stat: smudged where attributes may be others than were read, so that they are read again. */
  readonly now: Seen;
}

/**
 * Reads extended attributes, each entry's once: when it is new or its ctime has changed. Only where a manifest has none
 * yet, or those that another user may read, are all entries looked at.
 */
export class XattrReader {
  /** Whether what is known of unchanged entries does not count. */
  readonly readsAll: boolean;
  readonly #manifest: Manifest;
  readonly #tally: Tally;
  /** Devices of file systems without extended attributes. */
  readonly #unsupported = new Set<bigint>();

  constructor(manifest: Manifest, tally: Tally) {
    this.#manifest = manifest;
    this.#tally = tally;
    this.readsAll = manifest.setting(READER_SETTING) !== READER;
  }

  /** A scan has come to its end: what it has read need not be read again. */
  finish(): void {
    if (this.readsAll) this.#manifest.setSetting(READER_SETTING, READER);
  }

  /** @param before as the entry's row has it, null for a new one */
  read(listed: Listed, before: Seen | null): ListedXattrs {
    const { now, atMs } = listed;
    if (!this.readsAll && before !== null && before.ctimeNs === now.ctimeNs) return { xattrs: null, now };
    const xattrs = this.#read(listed);
    return { xattrs, now: xattrs === null || isRacy(now, atMs) ? smudged(now) : now };
  }

  /** Null where the entry has vanished or cannot be asked. */
  #read({ parent, directory, name, now, mayHave }: Listed): Xattrs | null {
    if (!mayHave || this.#unsupported.has(now.dev)) return NO_XATTRS;
    try {
      const reading = withInode(directory.place(name), readXattrs);
      if (reading === 'unsupported') {
        this.#unsupported.add(now.dev);
        return NO_XATTRS;
      }
      if (reading.leftOut > 0) this.#report(joinPath(parent, name), reading.leftOut);
      return reading.xattrs;
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      return null;
    }
  }

  #report(path: TreePath, count: number): void {
    const what = count === 1 ? 'one of its extended attributes' : `${count} of its extended attributes`;
    this.#tally.problem(path, 'skipped', `${what} cannot be read, or would be too large to be mirrored`);
  }
}
