import { sameBytes, sameObject } from '../disk/seen.js';
import type { Manifest } from '../manifest/manifest.js';
import type { Seen } from '../model/seen.js';
import type { Places } from './places.js';

/**
 * Files with several names of which one came, went or changed: on the disk, their other names look different then, too. In
 * history as well: an old version whose file has a name in the tree shows its new time, and must be found all the same.
 */
export class Inodes {
  readonly #manifest: Manifest;
  readonly #places: Places;
  /** All that was seen of each one, as the manifest had it at one time or another. */
  readonly #seen = new Map<string, Seen[]>();

  constructor(manifest: Manifest, places: Places) {
    this.#manifest = manifest;
    this.#places = places;
  }

  note(known: Seen | null): void {
    if (known === null || known.nlink === 1) return;
    const key = `${known.dev}:${known.ino}`;
    const before = this.#seen.get(key) ?? [];
    if (!before.some((one) => isLike(one, known))) this.#seen.set(key, [...before, known]);
  }

  /**
   * Records what the disk says of the names that were as it said before; what was not is left for others to judge.
   * @param tolerate runs work that may fail for one name
   */
  lookAtNames(tolerate: (work: () => void) => void): void {
    for (const known of this.#seen.values()) {
      const [first] = known;
      if (first === undefined) continue;
      this.#manifest.inodeIsDue(first);
      for (const id of this.#manifest.withInode(first.dev, first.ino)) tolerate(() => this.#lookAt(id, known));
    }
  }

  #lookAt(id: number, known: readonly Seen[]): void {
    const row = this.#manifest.row(id);
    const before = this.#manifest.seen(id);
    if (row === undefined || before === null || !known.some((one) => isLike(one, before))) return;
    const now = this.#places.look(row.parent, row.name);
    if (now !== null && sameObject(now, before)) this.#manifest.setSeen(id, now);
  }
}

function isLike(a: Seen, b: Seen): boolean {
  return sameObject(a, b) && sameBytes(a, b);
}
