import { randomUUID } from 'node:crypto';
import { BtsootError } from '../model/errors.js';
import { reservedRows } from './areas.js';
import { NLINK_AT } from './packed-seen.js';
import { damaged } from './sqlite-errors.js';
import type { Store } from './store.js';

/** Marks an SQLite file as a manifest: "BTS", and a letter to tell other files of ours from it. */
export const APPLICATION_ID = 0x4254534d;

/**
 * `migrations[n]` brings a manifest of version n to version n + 1. Each runs in a transaction of its own, together with
 * the new version number, so that one that was cut off is simply run again.
 */
const migrations: readonly ((store: Store) => void)[] = [
  createTables,
  addChunkLists,
  addDiskNames,
  addDamage,
  addSessionTallies,
  addXattrsAndSpecials,
  addLinkGroups,
  addIgnoreFiles,
];

export const NEWEST_VERSION = migrations.length;

/**
 * Brings the database up to a schema, the newest where none is said; a new file gets its tables and its identity.
 * @throws BtsootError of kind `version` where a newer program made the file, `corrupt` where it is no manifest.
 */
export function migrate(store: Store, upTo = NEWEST_VERSION): void {
  if (readVersion(store) === migrations.length) {
    checkIsManifest(store);
    return;
  }
  for (const [from, migration] of migrations.slice(0, upTo).entries()) {
    store.transaction(() => {
      // Read again: another process may have been quicker.
      if (readVersion(store) !== from) return;
      checkIsManifest(store);
      migration(store);
      store.execute(`PRAGMA user_version = ${from + 1}`);
    });
  }
}

function readVersion(store: Store): number {
  const version = store.query<{ user_version: number }>('PRAGMA user_version').get()?.user_version ?? 0;
  if (version > migrations.length) {
    throw new BtsootError(
      'version',
      `the manifest ${store.file} has schema version ${version}; this program knows ${migrations.length}`,
      {
        hint: 'A newer BTSOOT made it: update this one.',
      },
    );
  }
  return version;
}

function checkIsManifest(store: Store): void {
  const mark = store.query<{ application_id: number }>('PRAGMA application_id').get()?.application_id;
  if (mark === APPLICATION_ID) return;
  const tables = store.query<{ count: number }>('SELECT count(*) AS count FROM sqlite_master').get()?.count;
  if (mark !== 0 || tables !== 0) throw damaged(store.file, 'it is an SQLite database, but no manifest');
}

/**
 * The tables of version 1.
 *
 * - `entries`: one row per entry, linked to its directory by `parent`. `kind` is 1 file, 2 directory, 3 symlink.
 *   `digest` is NULL while it is stale, and then on every directory above as well. `seen` is packed (packed-seen.ts);
 *   `dev` and `ino` repeat its numbers as signed 64-bit, to be searched. `born` is the era of the row's last change.
 * - `past`: versions that entries had from era `born` until before era `died` (history.ts).
 * - `contents`: what files hold; a row lives as long as an entry or a past version refers to it.
 */
function createTables(store: Store): void {
  store.execute(`
    PRAGMA application_id = ${APPLICATION_ID};
    CREATE TABLE manifest (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, era INTEGER NOT NULL) STRICT;
    CREATE TABLE contents (
      id INTEGER PRIMARY KEY,
      hash BLOB NOT NULL CHECK (length(hash) = 16),
      size INTEGER NOT NULL,
      UNIQUE (hash, size)
    ) STRICT;
    CREATE TABLE entries (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      parent INTEGER NOT NULL,
      name BLOB NOT NULL,
      kind INTEGER NOT NULL CHECK (kind IN (1, 2, 3)),
      mode INTEGER NOT NULL,
      uid INTEGER NOT NULL,
      gid INTEGER NOT NULL,
      mtime_us INTEGER NOT NULL,
      content INTEGER,
      target BLOB,
      complete INTEGER NOT NULL DEFAULT 1,
      digest BLOB,
      entry_count INTEGER NOT NULL DEFAULT 0,
      total_bytes INTEGER NOT NULL DEFAULT 0,
      seen BLOB,
      dev INTEGER,
      ino INTEGER,
      peer INTEGER,
      born INTEGER NOT NULL,
      UNIQUE (parent, name)
    ) STRICT;
    CREATE INDEX entries_content ON entries (content) WHERE content IS NOT NULL;
    CREATE INDEX entries_digest ON entries (digest) WHERE digest IS NOT NULL;
    CREATE INDEX entries_stale ON entries (parent) WHERE kind = 2 AND digest IS NULL;
    CREATE INDEX entries_inode ON entries (ino, dev) WHERE ino IS NOT NULL;
    CREATE UNIQUE INDEX entries_peer ON entries (peer) WHERE peer IS NOT NULL;
    CREATE TABLE listings (dir INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT;
    CREATE TABLE past (
      id INTEGER NOT NULL,
      born INTEGER NOT NULL,
      died INTEGER NOT NULL,
      parent INTEGER NOT NULL,
      name BLOB NOT NULL,
      kind INTEGER NOT NULL,
      mode INTEGER NOT NULL,
      uid INTEGER NOT NULL,
      gid INTEGER NOT NULL,
      mtime_us INTEGER NOT NULL,
      content INTEGER,
      target BLOB,
      complete INTEGER NOT NULL,
      PRIMARY KEY (id, died)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX past_parent ON past (parent, died);
    CREATE INDEX past_died ON past (died);
    CREATE INDEX past_content ON past (content) WHERE content IS NOT NULL;
    CREATE TABLE sessions (
      number INTEGER PRIMARY KEY,
      started_us INTEGER NOT NULL,
      finished_us INTEGER NOT NULL DEFAULT 0,
      source_name TEXT NOT NULL,
      state_digest TEXT NOT NULL DEFAULT '',
      steps INTEGER NOT NULL DEFAULT 0,
      changed INTEGER NOT NULL DEFAULT 0,
      open INTEGER NOT NULL DEFAULT 1
    ) STRICT;
    CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE journal (one INTEGER PRIMARY KEY CHECK (one = 1), record BLOB NOT NULL) STRICT;
  `);
  store.query('INSERT INTO manifest (one, id, era) VALUES (1, ?, 1)').run(randomUUID());
  const insert = store.query(
    'INSERT INTO entries (id, parent, name, kind, mode, uid, gid, mtime_us, born) VALUES (?, 0, ?, 2, 493, 0, 0, 0, 1)',
  );
  for (const { id, name } of reservedRows) insert.run(id, Buffer.from(name, 'latin1'));
}

/**
 * Version 2 adds what is known of contents' insides; no row that was there is touched. Beside `contents`, because a list
 * is up to megabytes long and most reads of a content want only its hash.
 *
 * - `chunks`: a content's packed chunk list (delta/chunk-list.ts)
 * - `hooks`: a sample of its chunks' hashes, to find contents that share chunks
 */
function addChunkLists(store: Store): void {
  store.execute(`
    CREATE TABLE chunks (content INTEGER PRIMARY KEY, list BLOB NOT NULL) STRICT;
    CREATE TABLE hooks (hook INTEGER NOT NULL, content INTEGER NOT NULL, PRIMARY KEY (hook, content)) STRICT, WITHOUT ROWID;
    CREATE INDEX hooks_content ON hooks (content);
  `);
}

/**
 * Version 3 adds the name that an entry has on a disk which cannot hold its own (model/disk-name.ts): null where they are
 * the same, as they nearly always are.
 */
function addDiskNames(store: Store): void {
  store.execute(`
    ALTER TABLE entries ADD COLUMN disk_name BLOB;
    CREATE INDEX entries_disk_name ON entries (id) WHERE disk_name IS NOT NULL;
  `);
}

/**
 * Version 4 adds which entries are known to be damaged (damages.ts). `hash` and `size` are what such a file should hold;
 * its row has no content meanwhile. That ends when the row gets one, whoever writes it.
 */
function addDamage(store: Store): void {
  store.execute(`
    CREATE TABLE damage (
      entry INTEGER PRIMARY KEY,
      kind INTEGER NOT NULL,
      hash BLOB NOT NULL CHECK (length(hash) = 16),
      size INTEGER NOT NULL,
      found_us INTEGER NOT NULL
    ) STRICT;
    CREATE TRIGGER damage_mended AFTER UPDATE OF content ON entries WHEN NEW.content IS NOT NULL
      BEGIN DELETE FROM damage WHERE entry = NEW.id; END;
    CREATE TRIGGER damage_gone AFTER DELETE ON entries BEGIN DELETE FROM damage WHERE entry = OLD.id; END;
  `);
}

/**
 * Version 5 adds to a session what it did; no row that was there is rewritten.
 *
 * - `cut_off`: it did not come to its end
 * - `added` to `removed`: steps that were done, by what they do; `new_bytes`: the content that they brought
 * - `kept_versions`, `kept_bytes`: the old versions that it put into history and that are there yet
 *
 * Old versions are found by the session that put them into history.
 */
function addSessionTallies(store: Store): void {
  const columns = ['cut_off', 'added', 'replaced', 'moved', 'described', 'removed', 'new_bytes', 'kept_versions', 'kept_bytes'];
  for (const column of columns) store.execute(`ALTER TABLE sessions ADD COLUMN ${column} INTEGER NOT NULL DEFAULT 0`);
  store.execute('CREATE INDEX entries_history ON entries (born) WHERE parent = 3');
}

/**
 * Version 6 adds extended attributes, packed (model/xattrs.ts), and special files (model/special.ts), NULL for none: no row that
 * was there is touched.
 *
 * - `xattrs`: the mirrored ones
 * - `seen_xattrs`: what the disk showed when it was last looked at, where that is something else: what it cannot hold
 * - `special`: what a row of kind 3 is that is no symlink: the CHECK of version 1 knows no fourth kind
 */
function addXattrsAndSpecials(store: Store): void {
  store.execute(`
    ALTER TABLE entries ADD COLUMN xattrs BLOB;
    ALTER TABLE entries ADD COLUMN seen_xattrs BLOB;
    ALTER TABLE past ADD COLUMN xattrs BLOB;
    ALTER TABLE entries ADD COLUMN special TEXT;
    ALTER TABLE past ADD COLUMN special TEXT;
  `);
}

/**
 * Version 7 knows hard links.
 *
 * - `link_group`: which names of the tree are names of one file (FileEntry.group)
 * - `inodes_due`: inodes that have several names, or had: the next scan says which rows are theirs (inodes-due.ts)
 *
 * Directories in which files with several names were seen are compared entry by entry once more: they were not asked before.
 */
function addLinkGroups(store: Store): void {
  store.execute(`
    ALTER TABLE entries ADD COLUMN link_group BLOB;
    ALTER TABLE past ADD COLUMN link_group BLOB;
    CREATE INDEX entries_link_group ON entries (link_group) WHERE link_group IS NOT NULL;
    CREATE TABLE inodes_due (inode BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
    DELETE FROM listings WHERE dir IN
      (SELECT parent FROM entries WHERE kind = 1 AND substr(seen, ${NLINK_AT + 1}, 4) <> x'01000000');
  `);
}

/** Version 8 adds the patterns of a folder's `.btsootignore`, as its file says them, beside the folder's row. */
function addIgnoreFiles(store: Store): void {
  store.execute('CREATE TABLE ignore_files (dir INTEGER PRIMARY KEY, text BLOB NOT NULL) STRICT;');
}
