import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { loadNative } from '../disk/native.js';

/** What `native/watcher.c` gives; see there. */
interface Library {
  open(onEvents: () => void, gatherMs: number): unknown;
  fdOf(watch: unknown): number;
  add(watch: unknown, fd: number): number;
  remove(watch: unknown, number: number): void;
  take(watch: unknown): Int32Array;
  close(watch: unknown): void;
}

/** What has happened in a directory since it was last asked. */
export type WatchEvent = { readonly kind: 'changed' | 'gone' | 'unmounted'; readonly number: number } | { readonly kind: 'lost' };

const LOST = -1;
const [IN_UNMOUNT, IN_IGNORED] = [0x2000, 0x8000];
/** As in watcher.c. */
const INTERFACE_VERSION = 1;

/** Watches of directories by number. Events are gathered off the main thread. */
export class NativeWatcher {
  readonly #library: Library;
  readonly #watch: unknown;

  private constructor(library: Library, watch: unknown) {
    this.#library = library;
    this.#watch = watch;
  }

  /**
   * @param onEvents called in a turn of its own when there is something to take, `gatherMs` after the first of it
   * @returns null where it was not compiled
   * @throws Error of the operating system, with its code, where there may be no more watchers
   */
  static open(onEvents: () => void, gatherMs: number): NativeWatcher | null {
    const library = loadNative<Library>('watcher', INTERFACE_VERSION);
    if (library === null) return null;
    try {
      return new NativeWatcher(library, library.open(onEvents, gatherMs));
    } catch (error) {
      const { errno } = error as { errno?: number };
      if (errno !== undefined) Object.assign(error as Error, { code: getSystemErrorName(-errno) });
      throw error;
    }
  }

  /** For who adds watches natively. */
  get fd(): number {
    return this.#library.fdOf(this.#watch);
  }

  /** @returns the watch's number, the same for the same directory; negative: the errno that it cannot be watched for */
  add(directoryFd: number): number {
    return this.#library.add(this.#watch, directoryFd);
  }

  remove(number: number): void {
    this.#library.remove(this.#watch, number);
  }

  /** All that has happened by now and was not taken yet. */
  take(): WatchEvent[] {
    const pairs = this.#library.take(this.#watch);
    const events: WatchEvent[] = [];
    for (let at = 0; at < pairs.length; at += 2) {
      const [number = LOST, mask = 0] = pairs.subarray(at, at + 2);
      if (number === LOST) events.push({ kind: 'lost' });
      else
        events.push({ kind: (mask & IN_UNMOUNT) !== 0 ? 'unmounted' : (mask & IN_IGNORED) !== 0 ? 'gone' : 'changed', number });
    }
    return events;
  }

  close(): void {
    this.#library.close(this.#watch);
  }
}

/** Whether it was compiled, for this Node.js. */
export function hasNativeWatcher(): boolean {
  return loadNative<Library>('watcher', INTERFACE_VERSION) !== null;
}

/** Whether the system has no room for another watch: of the errno that `add` gave, negated. */
export function isWatchLimit(number: number): boolean {
  return number === -constants.errno.ENOSPC || number === -constants.errno.ENOMEM;
}
