import type Sqlite from 'better-sqlite3';
import { BtsootError } from '../model/errors.js';
import { connect } from './connection.js';
import { fromSqlite } from './sqlite-errors.js';

/** What SQLite takes as a parameter. Numbers beyond 2^53 go in as bigint, and never come back as a number. */
export type Value = number | bigint | string | Buffer | null;

/**
 * One SQL statement, prepared when it is first used and kept: start-up stays quick, and nothing is prepared twice.
 * All calls throw BtsootErrors (see sqlite-errors.ts).
 */
export class Query<Row = never> {
  readonly #prepare: () => Sqlite.Statement<Value[], Row>;
  readonly #file: string;
  #statement: Sqlite.Statement<Value[], Row> | undefined;

  constructor(prepare: () => Sqlite.Statement<Value[], Row>, file: string) {
    this.#prepare = prepare;
    this.#file = file;
  }

  /** The first row, or undefined. */
  get(...values: Value[]): Row | undefined {
    try {
      return this.#prepared().get(...values);
    } catch (error) {
      throw fromSqlite(error, this.#file);
    }
  }

  all(...values: Value[]): Row[] {
    try {
      return this.#prepared().all(...values);
    } catch (error) {
      throw fromSqlite(error, this.#file);
    }
  }

  /** One row at a time. Nothing may be written to the store before the iteration ends. */
  *iterate(...values: Value[]): Generator<Row, void> {
    try {
      yield* this.#prepared().iterate(...values);
    } catch (error) {
      throw fromSqlite(error, this.#file);
    }
  }

  /** Answers the number of rows changed. */
  run(...values: Value[]): number {
    try {
      return this.#prepared().run(...values).changes;
    } catch (error) {
      throw fromSqlite(error, this.#file);
    }
  }

  /** Answers the id of the row inserted. */
  insert(...values: Value[]): number {
    try {
      return Number(this.#prepared().run(...values).lastInsertRowid);
    } catch (error) {
      throw fromSqlite(error, this.#file);
    }
  }

  /** As `insert`, of a statement that may find the row there: then null. */
  insertNew(...values: Value[]): number | null {
    try {
      const { changes, lastInsertRowid } = this.#prepared().run(...values);
      return changes === 0 ? null : Number(lastInsertRowid);
    } catch (error) {
      throw fromSqlite(error, this.#file);
    }
  }

  /** Of a statement that inserts many rows: how many it has inserted, and the id of the last of these. */
  insertAll(...values: Value[]): { readonly rows: number; readonly last: number } {
    try {
      const { changes, lastInsertRowid } = this.#prepared().run(...values);
      return { rows: changes, last: Number(lastInsertRowid) };
    } catch (error) {
      throw fromSqlite(error, this.#file);
    }
  }

  #prepared(): Sqlite.Statement<Value[], Row> {
    this.#statement ??= this.#prepare();
    return this.#statement;
  }
}

/** Each time that the log is brought home, the disk is waited for: SQLite's own measure, and one for large works. */
const [LOG_PAGES_USUAL, LOG_PAGES_MAX] = [1_000, 8_000];

/** One open database file: its statements and its transactions. */
export class Store {
  readonly file: string;
  readonly #db: Sqlite.Database;
  readonly #begin: Query;
  readonly #commit: Query;
  readonly #rollback: Query;
  readonly #touch: Query;
  readonly #rowsWritten: Query<{ count: number }>;
  readonly #rollbackListeners: (() => void)[] = [];
  #transactions = 0;
  #isInTransaction = false;

  private constructor(db: Sqlite.Database, file: string) {
    this.#db = db;
    this.file = file;
    this.#begin = this.query('BEGIN IMMEDIATE');
    this.#commit = this.query('COMMIT');
    this.#rollback = this.query('ROLLBACK');
    this.#touch = this.query('UPDATE manifest SET era = era');
    this.#rowsWritten = this.query('SELECT total_changes() AS count');
  }

  /**
   * Opens or creates the database file.
   * @throws BtsootError, as sqlite-errors.ts maps what SQLite says.
   */
  static open(file: string): Store {
    return new Store(connect(file), file);
  }

  query<Row = never>(sql: string): Query<Row> {
    return new Query<Row>(() => this.#db.prepare<Value[], Row>(sql), this.file);
  }

  /** Several statements without parameters. */
  execute(sql: string): void {
    try {
      this.#db.exec(sql);
    } catch (error) {
      throw fromSqlite(error, this.file);
    }
  }

  /**
   * All of `work` or nothing of it. A call inside another joins that one, so an error that is caught in between undoes
   * nothing by itself: what may fail is checked before the first write.
   */
  transaction<T>(work: () => T): T {
    if (this.#db.inTransaction) return work();
    this.#begin.run();
    this.#transactions++;
    this.#isInTransaction = true;
    try {
      const result = work();
      if (result instanceof Promise) throw new BtsootError('internal', 'the work of a manifest transaction must not be async');
      this.#commit.run();
      return result;
    } catch (error) {
      this.#undo();
      throw error;
    } finally {
      this.#isInTransaction = false;
    }
  }

  /**
   * Which transaction is running, null outside of one. Until it ends nobody else writes, so what was read or written in
   * it need not be asked again.
   */
  transactionNumber(): number | null {
    return this.#isInTransaction ? this.#transactions : null;
  }

  /**
   * Commits during `work` wait for no disk, and all of them are durable when it has succeeded. A power cut before that, or
   * before the next commit where it fails, undoes the latest ones, each as a whole. Without a write-ahead log, every commit waits as ever.
   */
  async durableAtEnd<T>(work: () => Promise<T>): Promise<T> {
    if (this.#db.pragma('journal_mode', { simple: true }) !== 'wal') return work();
    const before = this.rowsWritten();
    const result = await this.#withoutWaiting(work);
    // Syncs the log up to here. The statement changes nothing, and is written all the same.
    if (this.rowsWritten() !== before) this.#touch.run();
    return result;
  }

  async #withoutWaiting<T>(work: () => Promise<T>): Promise<T> {
    this.execute(`PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${LOG_PAGES_MAX}`);
    try {
      return await work();
    } finally {
      this.execute(`PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${LOG_PAGES_USUAL}`);
    }
  }

  /** `listener` drops what it remembers of rows that a rolled back transaction may have written. */
  onRollback(listener: () => void): void {
    this.#rollbackListeners.push(listener);
  }

  /** Rows written since the file was opened, by whatever statement. */
  rowsWritten(): number {
    return this.#rowsWritten.get()?.count ?? 0;
  }

  close(): void {
    this.#db.close();
  }

  #undo(): void {
    // SQLite has rolled back by itself where the disk was full or failed.
    if (this.#db.inTransaction) this.#rollback.run();
    for (const listener of this.#rollbackListeners) listener();
  }
}
