import { byteString } from '../model/bytes.js';
import { BtsootError } from '../model/errors.js';
import { unpackSeen } from './packed-seen.js';
import { KIND_CODES } from './rows.js';
import type { Query, Store } from './store.js';
import { isUndoName } from './undo-name.js';

/** Steps that were done, by what they do: a folder that is moved or removed with all that is in it counts once. */
export interface SessionTally {
  readonly added: number;
  /** Got another content, or gave way to something of another kind. */
  readonly replaced: number;
  readonly moved: number;
  /** Got another mode, owner or time, and nothing else. */
  readonly described: number;
  readonly removed: number;
  /** Content of the files that were added or replaced. */
  readonly newBytes: number;
}

/** One sync's place in history. Times are microseconds since the epoch. */
export interface SessionRecord {
  readonly number: number;
  readonly startedUs: number;
  /** 0 while it runs, and for one that was cut off until the next one begins. */
  readonly finishedUs: number;
  readonly sourceName: string;
  /** Names the tree's state at the session's end; empty before. */
  readonly stateDigest: string;
  readonly steps: number;
  /** Whether it ended before its plan did. */
  readonly cutOff: boolean;
  readonly tally: SessionTally;
  /** Old versions that it put into history and that are there yet, and about what they take. */
  readonly keptVersions: number;
  readonly keptBytes: number;
}

/** How much of the past there is. */
export interface HistorySize {
  /** Whose state can be restored. */
  readonly sessions: number;
  /** When the oldest of them ended, as its clock told; 0 where there is none. */
  readonly oldestUs: number;
  readonly versions: number;
  /** About. */
  readonly bytes: number;
}

/** How a session ends. */
export interface SessionEnd {
  readonly finishedUs: number;
  /** Null: as many as were done. */
  readonly steps: number | null;
  readonly cutOff?: boolean;
}

interface SessionRow {
  readonly number: number;
  readonly started_us: number;
  readonly finished_us: number;
  readonly source_name: string;
  readonly state_digest: string;
  readonly steps: number;
  readonly cut_off: number;
  readonly added: number;
  readonly replaced: number;
  readonly moved: number;
  readonly described: number;
  readonly removed: number;
  readonly new_bytes: number;
  readonly kept_versions: number;
  readonly kept_bytes: number;
}

interface SlotSize {
  readonly name: Buffer;
  readonly kind: number;
  readonly size: number | null;
  readonly total_bytes: number;
  readonly seen: Buffer | null;
}

/**
 * Versions of rows. An *era* is the number of the running session or, between sessions, of the one to come. A row's
 * `born` is the era of its last change. Before a row of an earlier era changes, its version is copied to `past` with
 * the present era as `died`: so the state at the end of session n is every version with born <= n < died, whatever
 * happened later, in a session or between two. A store without sessions stays in era 1 and keeps no versions.
 */
export class History {
  readonly #store: Store;
  readonly #readEra: Query<{ era: number }>;
  readonly #writeEra: Query;
  readonly #preserve: Query;
  readonly #markChanged: Query;
  readonly #begin: Query;
  readonly #open: Query<{ number: number; changed: number }>;
  readonly #tally: Query;
  readonly #end: Query;
  readonly #slots: Query<SlotSize>;
  readonly #drop: Query;
  readonly #sessions: Query<SessionRow>;
  readonly #session: Query<{ number: number }>;
  readonly #size: Query<{ sessions: number; oldest_us: number | null; versions: number | null; bytes: number | null }>;
  #era: number | undefined;
  #changedIsMarked = false;

  constructor(store: Store) {
    this.#store = store;
    this.#readEra = store.query('SELECT era FROM manifest');
    this.#writeEra = store.query('UPDATE manifest SET era = ?');
    // What hangs right below another area's root is a slot, not a version of the tree: parents 2 to 4.
    this.#preserve =
      store.query(`INSERT INTO past (id, born, died, parent, name, kind, mode, uid, gid, mtime_us, content, target, complete, link_group, xattrs, special)
      SELECT id, born, ?, parent, name, kind, mode, uid, gid, mtime_us, content, target, complete, link_group, xattrs, special
      FROM entries WHERE id = ? AND born < ? AND parent NOT IN (2, 3, 4)`);
    this.#markChanged = store.query('UPDATE sessions SET changed = 1 WHERE open = 1');
    this.#begin = store.query('INSERT INTO sessions (number, started_us, source_name) VALUES (?, ?, ?)');
    this.#open = store.query('SELECT number, changed FROM sessions WHERE open = 1');
    this.#tally = store.query(`UPDATE sessions SET added = added + ?, replaced = replaced + ?, moved = moved + ?,
      described = described + ?, removed = removed + ?, new_bytes = new_bytes + ? WHERE open = 1`);
    this.#end = store.query(`UPDATE sessions SET open = 0, finished_us = ?,
      steps = coalesce(?, added + replaced + moved + described + removed), cut_off = ?, state_digest = ?,
      kept_versions = ?, kept_bytes = ? WHERE number = ?`);
    this.#slots = store.query(`SELECT e.name, e.kind, c.size, e.total_bytes, e.seen
      FROM entries e LEFT JOIN contents c ON c.id = e.content WHERE e.parent = 3 AND e.born = ?`);
    this.#drop = store.query('DELETE FROM sessions WHERE number = ?');
    this.#sessions = store.query(
      `SELECT number, started_us, finished_us, source_name, state_digest, steps, cut_off, added, replaced, moved, described,
        removed, new_bytes, kept_versions, kept_bytes FROM sessions ORDER BY number DESC`,
    );
    this.#size = store.query(`SELECT count(*) AS sessions, sum(kept_versions) AS versions, sum(kept_bytes) AS bytes,
      (SELECT finished_us FROM sessions WHERE open = 0 ORDER BY number LIMIT 1) AS oldest_us FROM sessions WHERE open = 0`);
    this.#session = store.query('SELECT number FROM sessions WHERE number = ?');
    store.onRollback(() => this.forget());
  }

  /** The `born` of rows that are inserted or changed now. */
  era(): number {
    this.#era ??= this.#readEra.get()?.era ?? 1;
    return this.#era;
  }

  /** Called before each change of a row, and again for as many changes as follow: only the era's first one counts. */
  preserve(id: number): void {
    const era = this.era();
    this.#preserve.run(era, id, era);
    this.noteChange();
  }

  /** The running session, if any, leaves a record. */
  noteChange(): void {
    if (this.#changedIsMarked) return;
    this.#markChanged.run();
    this.#changedIsMarked = true;
  }

  /** @throws BtsootError of kind `internal` while another session is open. */
  begin(startedUs: number, sourceName: string): number {
    return this.#store.transaction(() => {
      const open = this.resume();
      if (open !== null) throw new BtsootError('internal', `session ${open} was begun and not ended`);
      this.#changedIsMarked = false;
      this.#begin.run(this.era(), startedUs, sourceName);
      return this.era();
    });
  }

  /** The number of the session that is open, in this process or since a crash. */
  resume(): number | null {
    return this.#open.get()?.number ?? null;
  }

  /** Adds to what the open session has done; belongs into the transaction that does it. */
  tally({ added, replaced, moved, described, removed, newBytes }: SessionTally): void {
    this.#tally.run(added, replaced, moved, described, removed, newBytes);
  }

  /**
   * Ends the open session. One that changed nothing leaves no record, and its number to the next.
   * @returns the session's number, 0 where there is no record of it
   */
  end({ finishedUs, steps, cutOff = false }: SessionEnd, stateDigest: () => string): number {
    return this.#store.transaction(() => {
      const session = this.#open.get();
      if (session === undefined) throw new BtsootError('internal', 'no session is open to be ended');
      if (session.changed === 0) {
        this.#drop.run(session.number);
        return 0;
      }
      const digest = stateDigest();
      const { versions, bytes } = this.#keptBy(session.number);
      // 0 would say that it runs, and a clock may begin there.
      const endedUs = Math.max(1, finishedUs);
      this.#end.run(endedUs, steps, cutOff ? 1 : 0, digest, versions, bytes, session.number);
      this.#writeEra.run(session.number + 1);
      this.#era = session.number + 1;
      return session.number;
    });
  }

  /** Newest first. */
  sessions(): SessionRecord[] {
    return this.#sessions.all().map((row) => ({
      number: row.number,
      startedUs: row.started_us,
      finishedUs: row.finished_us,
      sourceName: row.source_name,
      stateDigest: row.state_digest,
      steps: row.steps,
      cutOff: row.cut_off !== 0,
      tally: {
        added: row.added,
        replaced: row.replaced,
        moved: row.moved,
        described: row.described,
        removed: row.removed,
        newBytes: row.new_bytes,
      },
      keptVersions: row.kept_versions,
      keptBytes: row.kept_bytes,
    }));
  }

  size(): HistorySize {
    const row = this.#size.get();
    return {
      sessions: row?.sessions ?? 0,
      oldestUs: row?.oldest_us ?? 0,
      versions: row?.versions ?? 0,
      bytes: row?.bytes ?? 0,
    };
  }

  /** What a session has put into history: of a folder what it held, of a file that was patched in place only what leads back. */
  #keptBy(session: number): { versions: number; bytes: number } {
    let versions = 0;
    let bytes = 0;
    for (const { name, kind, size, total_bytes, seen } of this.#slots.iterate(session)) {
      versions += 1;
      if (kind === KIND_CODES.directory) bytes += total_bytes;
      else if (isUndoName(byteString(name)) && seen !== null) bytes += Number(unpackSeen(seen).sizeBytes);
      else bytes += size ?? 0;
    }
    return { versions, bytes };
  }

  has(session: number): boolean {
    return this.#session.get(session) !== undefined;
  }

  /** What is remembered of the database may no longer be so. */
  forget(): void {
    this.#era = undefined;
    this.#changedIsMarked = false;
  }
}
