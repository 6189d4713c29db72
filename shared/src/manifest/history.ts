import { BtsootError } from '../model/errors.js';
import type { Query, Store } from './store.js';

/** One sync's place in history. Times are microseconds since the epoch. */
export interface SessionRecord {
  readonly number: number;
  readonly startedUs: number;
  /** 0 while it runs, and for one that was cut off. */
  readonly finishedUs: number;
  readonly sourceName: string;
  /** Names the tree's state at the session's end; empty before. */
  readonly stateDigest: string;
  readonly steps: number;
}

interface SessionRow {
  readonly number: number;
  readonly started_us: number;
  readonly finished_us: number;
  readonly source_name: string;
  readonly state_digest: string;
  readonly steps: number;
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
  readonly #end: Query;
  readonly #drop: Query;
  readonly #sessions: Query<SessionRow>;
  readonly #session: Query<{ number: number }>;
  #era: number | undefined;
  #changedIsMarked = false;

  constructor(store: Store) {
    this.#store = store;
    this.#readEra = store.query('SELECT era FROM manifest');
    this.#writeEra = store.query('UPDATE manifest SET era = ?');
    // What hangs right below another area's root is a slot, not a version of the tree: parents 2 to 4.
    this.#preserve =
      store.query(`INSERT INTO past (id, born, died, parent, name, kind, mode, uid, gid, mtime_us, content, target, complete)
      SELECT id, born, ?, parent, name, kind, mode, uid, gid, mtime_us, content, target, complete
      FROM entries WHERE id = ? AND born < ? AND parent NOT IN (2, 3, 4)`);
    this.#markChanged = store.query('UPDATE sessions SET changed = 1 WHERE open = 1');
    this.#begin = store.query('INSERT INTO sessions (number, started_us, source_name) VALUES (?, ?, ?)');
    this.#open = store.query('SELECT number, changed FROM sessions WHERE open = 1');
    this.#end = store.query('UPDATE sessions SET open = 0, finished_us = ?, steps = ?, state_digest = ? WHERE number = ?');
    this.#drop = store.query('DELETE FROM sessions WHERE number = ?');
    this.#sessions = store.query(
      'SELECT number, started_us, finished_us, source_name, state_digest, steps FROM sessions ORDER BY number DESC',
    );
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

  /**
   * Ends the open session. One that changed nothing leaves no record, and its number to the next.
   * @returns the session's number, 0 where there is no record of it
   */
  end(finishedUs: number, steps: number, stateDigest: () => string): number {
    return this.#store.transaction(() => {
      const session = this.#open.get();
      if (session === undefined) throw new BtsootError('internal', 'no session is open to be ended');
      if (session.changed === 0) {
        this.#drop.run(session.number);
        return 0;
      }
      this.#end.run(finishedUs, steps, stateDigest(), session.number);
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
    }));
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
