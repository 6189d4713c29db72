import { limits } from '../model/limits.js';
import { isWatchLimit, NativeWatcher } from './native-watcher.js';

/** What a scan has to look at. */
export type Due =
  | { readonly kind: 'everything'; readonly why: string }
  /** The directories with these rows, all others being as they were left. */
  | { readonly kind: 'some'; readonly ids: ReadonlySet<number> };

/**
 * Knows which directories of a tree have changed since they were scanned, for as long as it is open. It believes that only of
 * directories that were watched from before they were listed, and says "everything" wherever something may have escaped it.
 *
 * What no watch shows: files written through a memory map, through a name outside of the tree, or on another machine that
 * shares the disk. Whoever goes by this has to scan everything now and then all the same.
 */
export class TreeWatch {
  readonly #native: NativeWatcher;
  readonly #idByWatch = new Map<number, number>();
  readonly #watchById = new Map<number, number>();
  /** Happened before it was known which rows they are of. */
  readonly #early = new Set<number>();
  #dirty = new Set<number>();
  #doubt: string | null = 'it has not been scanned under watch yet';
  #running: { readonly due: Due; readonly met: Set<number> } | null = null;
  #isFull = false;
  #hasUntold = false;
  #isDouble = false;

  private constructor(native: NativeWatcher) {
    this.#native = native;
  }

  /**
   * @param onChange called in a turn of its own after something has changed; not for what a scan has asked for already
   * @returns null where directories cannot be watched: no native part was compiled
   * @throws Error of the operating system where there may be no more watchers
   */
  static open(onChange: () => void): TreeWatch | null {
    let watch: TreeWatch | null = null;
    const onEvents = (): void => {
      if (watch?.gather() === true) onChange();
    };
    const native = NativeWatcher.open(onEvents, limits.watchGatherMs);
    if (native !== null) watch = new TreeWatch(native);
    return watch;
  }

  /** Whether the system allows no more watches: each scan is of everything then. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** How many directories are watched. */
  get size(): number {
    return this.#idByWatch.size;
  }

  /** For `lister.c`. */
  get fd(): number {
    return this.#native.fd;
  }

  /** Watches the open directory that a row is about to be compared with. */
  add(id: number, directoryFd: number): void {
    this.learn(id, this.#native.add(directoryFd));
  }

  /** The directory of this row has been watched under the number since before it was listed; negative: it cannot be. */
  learn(id: number, number: number): void {
    // The watch that the row had before stays: another row may be about to have it. Else it is swept.
    if (this.#watchById.get(id) !== number) this.#watchById.delete(id);
    if (number <= 0) {
      if (isWatchLimit(number)) this.#isFull = true;
      return;
    }
    const other = this.#idByWatch.get(number);
    if (other !== undefined && other !== id) {
      if (this.#watchById.get(other) === number) this.#watchById.delete(other);
      // Mounted in two places, say: its events cannot be told apart.
      if (this.#running?.met.has(number) === true) this.#isDouble = true;
    }
    this.#idByWatch.set(number, id);
    this.#watchById.set(id, number);
    this.#running?.met.add(number);
    if (this.#early.delete(number)) this.#dirty.add(id);
  }

  isWatched(id: number): boolean {
    return this.#watchById.has(id);
  }

  /** The next scan is to look at the directory, though nothing happens in it. */
  lookAgain(id: number): void {
    this.#dirty.add(id);
  }

  /** The next scan is to look at everything, for a reason that this cannot know of. */
  doubt(why: string): void {
    this.#doubt ??= why;
  }

  /**
   * A scan begins, of what is due: all that has happened by now included.
   * @param everything why it is of everything all the same; null: no more than has to be
   */
  begin(everything: string | null): Due {
    if (this.gather()) this.#hasUntold = true;
    this.#doubt ??= everything;
    const due: Due = this.#doubt === null ? { kind: 'some', ids: this.#dirty } : { kind: 'everything', why: this.#doubt };
    this.#dirty = new Set();
    this.#doubt = null;
    this.#isFull = false;
    this.#isDouble = false;
    this.#running = { due, met: new Set() };
    return due;
  }

  /** Whether scans have taken up changes that nobody was told of, since this was asked last. */
  takeUntold(): boolean {
    const had = this.#hasUntold;
    this.#hasUntold = false;
    return had;
  }

  /** It has looked at more than was due: at everything. */
  end(outcome: 'complete' | 'cut-off', lookedAt: 'everything' | 'due'): void {
    const running = this.#running;
    this.#running = null;
    if (outcome === 'cut-off') this.doubt('the last scan was cut off');
    else if (lookedAt === 'everything' && running !== null) this.#sweep(running.met);
    if (this.#isFull) this.doubt('the system allows no more watches');
    if (this.#isDouble) this.doubt('a folder is in the tree twice');
  }

  close(): void {
    this.#native.close();
  }

  /** Directories that are no longer in the tree. */
  #sweep(met: ReadonlySet<number>): void {
    for (const number of [...this.#idByWatch.keys()]) if (!met.has(number)) this.#forget(number);
    this.#early.clear();
  }

  #forget(number: number): void {
    this.#native.remove(number);
    this.#drop(number);
  }

  #drop(number: number): void {
    const id = this.#idByWatch.get(number);
    this.#idByWatch.delete(number);
    if (id !== undefined && this.#watchById.get(id) === number) this.#watchById.delete(id);
  }

  /** Takes in what has happened by now. @returns whether there was anything */
  gather(): boolean {
    const events = this.#native.take();
    for (const event of events) {
      if (event.kind === 'lost') this.doubt('the system has lost events');
      else if (event.kind === 'unmounted') this.doubt('a file system was unmounted');
      else if (event.kind === 'gone') this.#drop(event.number);
      else this.#changed(event.number);
    }
    return events.length > 0;
  }

  #changed(number: number): void {
    const id = this.#idByWatch.get(number);
    if (id === undefined) this.#early.add(number);
    else this.#dirty.add(id);
  }
}
