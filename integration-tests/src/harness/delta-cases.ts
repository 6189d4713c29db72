import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { databasePages, diskImage, id3Tag, media, pageBytes, serverLog } from './data.js';
import { appendTo, overwrite, plantFile, plantMedia, plantSmallFiles, replaceStart } from './planting.js';
import { seeded } from './random.js';
import { copyTree } from './tree.js';

/*
 * Changes to files, and what a sync of each may cost. `scale` is 1 in the benchmarks and less in the tests: it makes
 * fewer or smaller files, never a smaller edit. All data is made here, by seed.
 */

const KB = 1_000;
const MB = 1_000 * KB;
const MiB = 1024 ** 2;

/** What must hold; what is left out does not matter. */
export interface Target {
  /** On the wire, both ways. */
  readonly mostBytes?: number;
  /** On the wire, in multiples of what `xdelta3 -9` makes of both versions. */
  readonly mostFloors?: number;
  readonly noContent?: true;
  /** What the remote agent may read, from disk, cache and sockets. */
  readonly readMostBytes?: number;
  /** What it may read and write. */
  readonly workMostBytes?: number;
}

/** A new version of a file and the old one that it was made of, as paths in the tree. */
export interface Version {
  readonly before: string;
  readonly after: string;
}

export interface DeltaCase {
  readonly name: string;
  readonly plant: (tree: string, scale: number) => void;
  readonly change: (tree: string, scale: number) => void;
  readonly versions: (scale: number) => readonly Version[];
  readonly target: Target;
  /** The sum of the deltas of `xdelta3 -9` at `testScale`, noted here so that the tests can do without it. */
  readonly testFloorBytes: number;
}

export const testScale = 1 / 16;

const imageBytes = (scale: number): number => Math.round(1024 * scale) * MiB;
const plantImage = (tree: string, scale: number): void => plantFile(join(tree, 'disk.img'), imageBytes(scale), diskImage(1));
const same = (path: string): Version => ({ before: path, after: path });

const oneByte: DeltaCase = {
  name: 'one byte changed in an image of 1 GiB',
  plant: plantImage,
  change: (tree, scale) => overwrite(join(tree, 'disk.img'), imageBytes(scale) / 2 + 54_321, Buffer.from('!')),
  versions: () => [same('disk.img')],
  target: { mostBytes: 10 * KB, workMostBytes: 4 * MiB },
  testFloorBytes: 277,
};

const insertion: DeltaCase = {
  name: '1 KB inserted at the start of an image of 1 GiB',
  plant: plantImage,
  change: (tree) => replaceStart(join(tree, 'disk.img'), 0, media(2)(KB)),
  versions: () => [same('disk.img')],
  target: { mostBytes: 10 * KB },
  testFloorBytes: 1_296,
};

const databasePagesOf = (scale: number): number => Math.round(48_828 * scale);

const pages: DeltaCase = {
  name: '200 pages of a database of 200 MB written anew',
  plant: (tree, scale) => plantFile(join(tree, 'catalog.db'), databasePagesOf(scale) * pageBytes, databasePages(3)),
  change: (tree, scale) => {
    const source = databasePages(4);
    const numbers = seeded(4).shuffled(Array.from({ length: databasePagesOf(scale) }, (_, number) => number));
    for (const number of numbers.slice(0, Math.round(200 * scale))) {
      overwrite(join(tree, 'catalog.db'), number * pageBytes, source(pageBytes));
    }
  },
  versions: () => [same('catalog.db')],
  target: { mostFloors: 1.5 },
  testFloorBytes: 32_542,
};

const append: DeltaCase = {
  name: '1 MB appended to a log of 100 MB',
  plant: (tree, scale) => plantFile(join(tree, 'access.log'), Math.round(100 * MB * scale), serverLog(5, Date.UTC(2026, 0, 1))),
  change: (tree) => appendTo(join(tree, 'access.log'), MB, serverLog(6, Date.UTC(2026, 6, 1))),
  versions: () => [same('access.log')],
  target: { mostFloors: 1.1, readMostBytes: 4 * MB },
  testFloorBytes: 404_976,
};

/** Files that stay as they are: a sync that rewrites nearly all of a tree is refused. */
const plantBystanders = (tree: string): void => plantSmallFiles(join(tree, 'papers'), 200, 8);

const songs = (scale: number): string[] => Array.from({ length: Math.round(50 * scale) }, (_, index) => `song-${index}.mp3`);
const oldTagBytes = 2 * KB;

const tags: DeltaCase = {
  name: 'a tag of 4 KB for one of 2 KB in 50 songs of 5 MB',
  plant: (tree, scale) => {
    plantBystanders(tree);
    for (const [index, song] of songs(scale).entries()) {
      plantFile(join(tree, song), 5 * MB, startingWith(id3Tag(100 + index, oldTagBytes), media(100 + index)));
    }
  },
  change: (tree, scale) => {
    for (const [index, song] of songs(scale).entries()) {
      replaceStart(join(tree, song), oldTagBytes, id3Tag(200 + index, oldTagBytes + 2 * KB));
    }
  },
  versions: (scale) => songs(scale).map(same),
  target: { mostFloors: 1.4 },
  testFloorBytes: 11_671,
};

const clips = Array.from({ length: 10 }, (_, index) => `clip-${index}.mov`);
const clipBytes = (scale: number): number => Math.round(8 * MB * scale);

const movedAndEdited: DeltaCase = {
  name: 'ten files of 8 MB moved, and 1 KB changed in each',
  plant: (tree, scale) => {
    plantBystanders(tree);
    mkdirSync(join(tree, 'inbox'));
    for (const [index, clip] of clips.entries()) plantFile(join(tree, 'inbox', clip), clipBytes(scale), media(300 + index));
  },
  change: (tree, scale) => {
    mkdirSync(join(tree, 'films'));
    for (const [index, clip] of clips.entries()) {
      renameSync(join(tree, 'inbox', clip), join(tree, 'films', `2026-${clip}`));
      overwrite(join(tree, 'films', `2026-${clip}`), Math.round(clipBytes(scale) / 3), media(400 + index)(KB));
    }
  },
  versions: () => clips.map((clip) => ({ before: `inbox/${clip}`, after: `films/2026-${clip}` })),
  target: { mostFloors: 4 },
  testFloorBytes: 11_170,
};

const duplicate: DeltaCase = {
  name: 'a folder of 200 MB copied beside itself',
  plant: (tree, scale) => plantMedia(join(tree, 'album'), 200 * MB * scale, 7),
  change: (tree) => copyTree(join(tree, 'album'), join(tree, 'album copy')),
  versions: () => [],
  target: { noContent: true },
  testFloorBytes: 0,
};

export const deltaCases: readonly DeltaCase[] = [oneByte, insertion, pages, append, tags, movedAndEdited, duplicate];

function startingWith(start: Buffer, source: (count: number) => Buffer): (count: number) => Buffer {
  let first = start;
  return (count) => {
    const bytes = Buffer.concat([first, source(count - first.length)]);
    first = Buffer.alloc(0);
    return bytes;
  };
}
