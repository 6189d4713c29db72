import { lstatSync, readdirSync } from 'node:fs';
import { kindOfMode, PACKED_SEEN_LENGTH, packSeen, seenFromStats } from '../disk/seen.js';
import type { OpenDirectory } from '../disk/tree-root.js';
import { compareBytes, type Name } from '../model/bytes.js';
import { hashBytes } from '../model/digest.js';
import { type NameRules, trueName } from '../model/disk-name.js';
import type { Kind } from '../model/entry.js';
import type { Seen } from '../model/seen.js';
import { isRacy } from './granularity.js';
import type { Pace } from './pace.js';
import { type PackedListing, packListing } from './packed-listing.js';
import type { FolderScreen } from './screen.js';
import { entryKind, type LEFT_OUT, type SpecialsPolicy } from './specials.js';

interface Found {
  readonly packed: PackedListing;
  readonly trueNames: readonly Name[] | null;
  readonly atMs: number;
  readonly ignored: number;
  readonly specials: SpecialsPolicy;
}

/** A directory's names in byte order, each with what `lstat` said of it, in about a hundred bytes an entry. */
export class Listing {
  /** The local clock before the first stat was taken, milliseconds since the epoch. */
  readonly atMs: number;
  /** How many names the screen has left out. */
  readonly ignored: number;
  readonly #packed: PackedListing;
  /** Null where every name is on the disk as it is. */
  readonly #trueNames: readonly Name[] | null;
  readonly #specials: SpecialsPolicy;

  constructor({ packed, trueNames, atMs, ignored, specials }: Found) {
    this.atMs = atMs;
    this.ignored = ignored;
    this.#packed = packed;
    this.#trueNames = trueNames;
    this.#specials = specials;
  }

  get names(): readonly Name[] {
    return this.#trueNames ?? this.#packed.names;
  }

  get count(): number {
    return this.#packed.count;
  }

  /** How many of the names are no entries. */
  get leftOut(): number {
    const { sockets, specials } = this.#packed;
    return sockets + (this.#specials === 'skip' ? specials : 0);
  }

  /** The indices of the subdirectories. */
  get directories(): Uint32Array {
    return this.#packed.directories;
  }

  /** Whether one of the stats is too fresh to be compared with later: see granularity.ts. */
  get racy(): boolean {
    for (let index = 0; index < this.count; index++) if (isRacy(this.seen(index), this.atMs)) return true;
    return false;
  }

  /** What the entry is called on the disk. */
  diskName(index: number): Name {
    return this.#packed.names[index] as Name;
  }

  seen(index: number): Seen {
    return this.#packed.seen(index);
  }

  /** False where it had no extended attributes after its stat was taken. */
  mayHaveXattrs(index: number): boolean {
    return this.#packed.mayHaveXattrs(index);
  }

  kind(index: number): Kind | typeof LEFT_OUT {
    return entryKind(kindOfMode(this.#packed.mode(index)), this.#specials);
  }

  /** 16 bytes that stand for all names and stats. */
  digest(): Buffer {
    return Buffer.from(hashBytes(this.#packed.bytes), 'hex');
  }
}

/** What is an entry of a directory, and by which name. */
export interface Wanted {
  readonly ignore: ReadonlySet<Name>;
  /** Null: nothing else is left out. */
  readonly screen: FolderScreen | null;
  readonly rules: NameRules | null;
  readonly specials: SpecialsPolicy;
}

/**
 * Reads an open directory. What vanishes between its name and its stat is left out, and what is not wanted is not looked at.
 * Errors are the operating system's own: where one name cannot be looked at, the directory cannot be listed.
 */
export function readListing(directory: OpenDirectory, rootDev: bigint, wanted: Wanted, pace: Pace): Promise<Listing> {
  const atMs = Date.now();
  const names = (readdirSync(directory.place('.' as Name), 'latin1') as Name[]).sort();
  const look = (name: Name): Seen | null => {
    const stat = lstatSync(directory.place(name), { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? null : seenFromStats(stat, rootDev);
  };
  return select(names, look, atMs, wanted, pace);
}

/** Of a directory that was read already. */
export async function wantedOf(packed: PackedListing, atMs: number, wanted: Wanted, pace: Pace): Promise<Listing> {
  const { ignore, screen, rules, specials } = wanted;
  if (ignore.size === 0 && screen === null && rules === null)
    return new Listing({ packed, trueNames: null, atMs, ignored: 0, specials });
  return select(packed.names, (_, index) => packed.seen(index), atMs, wanted, pace);
}

/** @param look gives the stat of the name with that index; null where it has vanished */
async function select(
  found: readonly Name[],
  look: (name: Name, index: number) => Seen | null,
  atMs: number,
  { ignore, screen, rules, specials }: Wanted,
  pace: Pace,
): Promise<Listing> {
  const names: Name[] = [];
  const stats = new BigInt64Array(found.length * PACKED_SEEN_LENGTH);
  let ignored = 0;
  for (const [index, name] of found.entries()) {
    if (pace.isDue()) await pace.rest();
    if (ignore.has(name)) continue;
    const leftOut = screen === null ? false : screen.leavesOut(name);
    const seen = leftOut === true ? null : look(name, index);
    if (leftOut === true || (seen !== null && leftOut === 'ask-kind' && isLeftOut(screen, name, seen))) ignored++;
    else if (seen !== null) {
      packSeen(seen, stats, names.length * PACKED_SEEN_LENGTH);
      names.push(name);
    }
  }
  const packed = packListing(names, stats);
  const trueNames = rules === null ? null : namesOf(names, rules);
  const listed = { atMs, ignored, specials };
  return new Listing({ ...listed, ...(trueNames === null ? { packed, trueNames } : inOrderOf(trueNames, packed)) });
}

/** In the order of the names that they stand for. */
function inOrderOf(trueNames: ReadonlyMap<Name, Name>, unordered: PackedListing): Pick<Found, 'packed' | 'trueNames'> {
  const pairs = unordered.names.map((disk, index) => ({ disk, name: trueNames.get(disk) ?? disk, index }));
  pairs.sort((a, b) => compareBytes(a.name, b.name));
  const stats = new BigInt64Array(pairs.length * PACKED_SEEN_LENGTH);
  for (const [at, { index }] of pairs.entries()) packSeen(unordered.seen(index), stats, at * PACKED_SEEN_LENGTH);
  const disk = pairs.map((pair) => pair.disk);
  return { packed: packListing(disk, stats), trueNames: pairs.map(({ name }) => name) };
}

function isLeftOut(screen: FolderScreen | null, name: Name, { mode }: Seen): boolean {
  return screen?.leavesOutKind(name, kindOfMode(mode) === 'directory') === true;
}

/** By disk name, what it stands for. Null where all of them stand for themselves. */
function namesOf(diskNames: readonly Name[], rules: NameRules): ReadonlyMap<Name, Name> | null {
  const escaped = diskNames.filter((disk) => trueName(disk, rules) !== disk);
  if (escaped.length === 0) return null;
  const names = new Map(diskNames.map((disk) => [disk, disk]));
  const taken = new Set(diskNames);
  for (const disk of escaped) {
    const name = trueName(disk, rules);
    // Somebody has made a file of the name that another one stands for: each is what it looks like.
    if (taken.has(name)) continue;
    taken.add(name);
    names.set(disk, name);
  }
  return names;
}
