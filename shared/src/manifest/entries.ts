import { display, type Name, toBytes } from '../model/bytes.js';
import type { Content, TreeNode } from '../model/entry.js';
import { BtsootError } from '../model/errors.js';
import type { Seen } from '../model/seen.js';
import { specialText } from '../model/special.js';
import { type Areas, HISTORY_ID, LAST_RESERVED_ID } from './areas.js';
import type { Contents } from './contents.js';
import type { History } from './history.js';
import type { Listings } from './listings.js';
import { type NewFile, NewFiles } from './new-files.js';
import type { Reader } from './reader.js';
import { type EntryPatch, KIND_CODES, type NewEntry, patched, sameVersion, xattrsColumn } from './rows.js';
import type { Digests } from './settle.js';
import { seenColumns } from './sightings.js';
import type { Query, Store, Value } from './store.js';

/** What the writer of rows needs beside the store. */
export interface EntriesParts {
  readonly areas: Areas;
  readonly contents: Contents;
  readonly digests: Digests;
  readonly history: History;
  readonly listings: Listings;
  readonly reader: Reader;
}

/** Inserts, changes and moves rows, and keeps digests, listings and versions in step. Checks come before writes. */
export class Entries {
  readonly #parts: EntriesParts;
  readonly #room: Query<{ kind: number; taken: number }>;
  readonly #insert: Query;
  readonly #update: Query;
  readonly #rename: Query;
  readonly #newFiles: NewFiles;

  constructor(store: Store, parts: EntriesParts) {
    this.#parts = parts;
    this.#newFiles = new NewFiles(store, parts.contents);
    this.#room = store.query(
      'SELECT kind, EXISTS (SELECT 1 FROM entries WHERE parent = ? AND name = ?) AS taken FROM entries WHERE id = ?',
    );
    this.#insert = store.query(`INSERT INTO entries
      (parent, name, born, seen, dev, ino, xattrs, kind, mode, uid, gid, mtime_us, content, target, complete, link_group, special)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    // What the disk showed of other attributes says nothing about these. A slot in history goes when what the session that
    // filled it has replaced goes, whatever becomes known of its bytes.
    this.#update = store.query(`UPDATE entries SET seen_xattrs = iif(xattrs IS ?, seen_xattrs, NULL), xattrs = ?,
      kind = ?, mode = ?, uid = ?, gid = ?, mtime_us = ?, content = ?, target = ?, complete = ?, link_group = ?, special = ?,
      born = iif(parent = ${HISTORY_ID}, born, ?) WHERE id = ?`);
    this.#rename = store.query('UPDATE entries SET parent = ?, name = ?, disk_name = NULL, born = ? WHERE id = ?');
  }

  insert(parent: number, name: Name, entry: NewEntry, seen: Seen | null): number {
    const { history } = this.#parts;
    this.#checkFree(parent, name);
    history.noteChange();
    const id = this.#insert.insert(parent, toBytes(name), history.era(), ...seenColumns(seen), ...this.#columns(entry));
    this.#touch(parent);
    return id;
  }

  /**
   * Files of one directory, which has none of these names, or nothing is done.
   * @returns their ids; null where a name is taken
   */
  insertFiles(parent: number, files: readonly NewFile[]): number[] | null {
    const { history, reader } = this.#parts;
    if (reader.row(parent)?.kind !== 'directory')
      throw new BtsootError('not-found', `the manifest has no directory ${parent} to hold files`);
    if (this.#newFiles.isAnyThere(parent, files)) return null;
    history.noteChange();
    const ids = this.#newFiles.insert(parent, history.era(), files);
    this.#touch(parent);
    return ids;
  }

  /** A patch that says what the row says already changes nothing. */
  update(id: number, patch: EntryPatch): void {
    const { contents, digests, history } = this.#parts;
    const before = this.#existing(id);
    const after = patched(before, patch);
    if (sameVersion(before, after)) return;
    history.preserve(id);
    this.#update.run(xattrsColumn(after.meta.xattrs), ...this.#columns(after), history.era(), id);
    digests.markStale(before.parent);
    const contentBefore = before.kind === 'file' && before.content !== null ? contents.find(before.content) : undefined;
    if (contentBefore !== undefined) contents.release(contentBefore);
  }

  rename(id: number, parent: number, name: Name): void {
    const { areas, history } = this.#parts;
    if (id <= LAST_RESERVED_ID) throw new BtsootError('invalid', `row ${id} is a root and cannot be renamed`);
    const before = this.#existing(id);
    if (before.parent === parent && before.name === name) return;
    this.#checkFree(parent, name);
    if (before.kind === 'directory' && areas.isWithin(parent, id)) {
      throw new BtsootError('invalid', `row ${id}, ${display(before.name)}, cannot be moved below itself`);
    }
    // A slot goes as a whole when it expires: what was put into it later would go with it, and be missed in later sessions.
    if (parent !== before.parent && parent > LAST_RESERVED_ID && areas.areaOf(parent) === HISTORY_ID) {
      throw new BtsootError('invalid', `row ${id}, ${display(before.name)}, cannot be moved into an old version`);
    }
    history.preserve(id);
    this.#rename.run(parent, toBytes(name), history.era(), id);
    this.#touch(before.parent);
    this.#touch(parent);
  }

  #existing(id: number): TreeNode {
    const node = this.#parts.reader.row(id);
    if (node === undefined) throw new BtsootError('not-found', `the manifest has no row ${id}`);
    return node;
  }

  #checkFree(parent: number, name: Name): void {
    const room = this.#room.get(parent, toBytes(name), parent);
    if (room?.kind !== KIND_CODES.directory) {
      throw new BtsootError('not-found', `the manifest has no directory ${parent} to hold ${display(name)}`);
    }
    if (room.taken === 0) return;
    throw new BtsootError('exists', `directory ${parent} of the manifest has an entry ${display(name)} already`);
  }

  #touch(directoryId: number): void {
    this.#parts.digests.markStale(directoryId);
    this.#parts.listings.clear(directoryId);
  }

  /** Values for the columns xattrs, kind, mode, uid, gid, mtime_us, content, target, complete, link_group, special. */
  #columns(entry: NewEntry | TreeNode): Value[] {
    const { mode, uid, gid, mtimeUs, xattrs } = entry.meta;
    const columns: Value[] = [xattrsColumn(xattrs), KIND_CODES[entry.kind], mode, uid, gid, mtimeUs];
    switch (entry.kind) {
      case 'file':
        return [...columns, this.#contentId(entry.content), null, 1, groupColumn(entry.group), null];
      case 'directory':
        return [...columns, null, null, entry.complete ? 1 : 0, null, null];
      case 'symlink':
        return [...columns, null, toBytes(entry.target), 1, null, null];
      case 'special':
        return [...columns, null, null, 1, null, specialText(entry.special)];
      default:
        return entry satisfies never;
    }
  }

  #contentId(content: Content | null): number | null {
    return content === null ? null : this.#parts.contents.intern(content);
  }
}

function groupColumn(group: string | null | undefined): Buffer | null {
  return group === null || group === undefined ? null : Buffer.from(group, 'hex');
}
