import { lstatSync, readdirSync } from 'node:fs';
import { kindOfMode, PACKED_SEEN_LENGTH, packedMode, packSeen, seenFromStats, unpackSeen } from '../disk/seen.js';
import type { OpenDirectory } from '../disk/tree-root.js';
import { compareBytes, type Name } from '../model/bytes.js';
import { hashBytes } from '../model/digest.js';
import { type NameRules, trueName } from '../model/disk-name.js';
import type { Kind } from '../model/entry.js';
import type { Seen } from '../model/seen.js';
import { isRacy } from './granularity.js';
import type { Pace } from './pace.js';
import { entryKind, type LEFT_OUT, type SpecialsPolicy } from './specials.js';

interface Found {
  readonly names: readonly Name[];
  readonly stats: BigInt64Array;
  readonly racy: boolean;
  readonly atMs: number;
  readonly diskNames: readonly Name[] | null;
  readonly specials: SpecialsPolicy;
  readonly ignored: number;
}

import type { FolderScreen } from './screen.js';

/** A directory's names in byte order, each with what `lstat` said of it, in about a hundred bytes an entry. */
export class Listing {
  readonly names: readonly Name[];
  /** Whether one of the stats is too fresh to be compared with later: see granularity.ts. */
  readonly racy: boolean;
  /** The local clock before the first stat was taken, milliseconds since the epoch. */
  readonly atMs: number;
  /** How many names the screen has left out. */
  readonly ignored: number;
  readonly #stats: BigInt64Array;
  /** Null where every name is on the disk as it is. */
  readonly #diskNames: readonly Name[] | null;
  readonly #specials: SpecialsPolicy;

  constructor(found: Found) {
    this.names = found.names;
    this.#stats = found.stats;
    this.racy = found.racy;
    this.atMs = found.atMs;
    this.#diskNames = found.diskNames;
    this.#specials = found.specials;
    this.ignored = found.ignored;
  }

  /** What the entry is called on the disk. */
  diskName(index: number): Name {
    return (this.#diskNames ?? this.names)[index] as Name;
  }

  seen(index: number): Seen {
    return unpackSeen(this.#stats, index * PACKED_SEEN_LENGTH);
  }

  kind(index: number): Kind | typeof LEFT_OUT {
    return entryKind(kindOfMode(packedMode(this.#stats, index * PACKED_SEEN_LENGTH)), this.#specials);
  }

  /** 16 bytes that stand for all names and stats. */
  digest(): Buffer {
    const names = Buffer.from((this.#diskNames ?? this.names).join('/'), 'latin1');
    const stats = Buffer.from(this.#stats.buffer, 0, this.names.length * PACKED_SEEN_LENGTH * 8);
    return Buffer.from(hashBytes(Buffer.concat([names, Buffer.from('\0'), stats])), 'hex');
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
 * Reads an open directory. What vanishes between its name and its stat is left out.
 * Errors are the operating system's own: where one name cannot be looked at, the directory cannot be listed.
 */
export async function readListing(
  directory: OpenDirectory,
  rootDev: bigint,
  { ignore, screen, rules, specials }: Wanted,
  pace: Pace,
): Promise<Listing> {
  const atMs = Date.now();
  const found = readdirSync(directory.place('.' as Name), 'latin1') as Name[];
  const wanted = (ignore.size === 0 ? found : found.filter((name) => !ignore.has(name))).sort();
  const trueNames = rules === null ? null : namesOf(wanted, rules);
  if (trueNames !== null) wanted.sort((a, b) => compareBytes(trueNames.get(a) ?? a, trueNames.get(b) ?? b));
  const names: Name[] = [];
  const stats = new BigInt64Array(wanted.length * PACKED_SEEN_LENGTH);
  let racy = false;
  let ignored = 0;
  for (const name of wanted) {
    const leftOut = screen === null ? false : screen.leavesOut(name);
    if (leftOut === true) {
      ignored++;
      if (pace.isDue()) await pace.rest();
      continue;
    }
    const stat = lstatSync(directory.place(name), { bigint: true, throwIfNoEntry: false });
    if (pace.isDue()) await pace.rest();
    if (stat === undefined) continue;
    if (leftOut === 'ask-kind' && screen?.leavesOutKind(name, stat.isDirectory()) === true) {
      ignored++;
      continue;
    }
    const seen = seenFromStats(stat, rootDev);
    racy ||= isRacy(seen, atMs);
    packSeen(seen, stats, names.length * PACKED_SEEN_LENGTH);
    names.push(name);
  }
  const listed = { stats, racy, atMs, ignored, specials };
  if (trueNames === null) return new Listing({ ...listed, names, diskNames: null });
  return new Listing({ ...listed, names: names.map((name) => trueNames.get(name) ?? name), diskNames: names });
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
