import { closeSync, mkdirSync, openSync, readSync, renameSync, utimesSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { media, prose, type Source } from './data.js';
import { seeded } from './random.js';

const pieceBytes = 8 * 1024 ** 2;

/** Whoever goes by size and whole seconds sees what is changed later. */
let plantedSeconds = Date.UTC(2024, 0, 1) / 1_000;

/** Writes a file that was last changed long ago. */
export function plantFile(path: string, sizeBytes: number, source: Source): void {
  const descriptor = openSync(path, 'wx');
  try {
    writeFrom(descriptor, sizeBytes, source);
  } finally {
    closeSync(descriptor);
  }
  plantedSeconds += 1;
  utimesSync(path, plantedSeconds, plantedSeconds);
}

/** Adds to a file's end. */
export function appendTo(path: string, sizeBytes: number, source: Source): void {
  const descriptor = openSync(path, 'a');
  try {
    writeFrom(descriptor, sizeBytes, source);
  } finally {
    closeSync(descriptor);
  }
}

/** Overwrites bytes in the middle of a file. */
export function overwrite(path: string, position: number, bytes: Buffer): void {
  const descriptor = openSync(path, 'r+');
  try {
    writeSync(descriptor, bytes, 0, bytes.length, position);
  } finally {
    closeSync(descriptor);
  }
}

/** The file's first `dropped` bytes give way to others, and the rest moves: written anew and renamed, as programs do. */
export function replaceStart(path: string, dropped: number, start: Buffer): void {
  const from = openSync(path, 'r');
  const to = openSync(`${path}.new`, 'wx');
  try {
    writeSync(to, start);
    const piece = Buffer.alloc(pieceBytes);
    let position = dropped;
    for (let got = readSync(from, piece, 0, piece.length, position); got > 0; ) {
      writeSync(to, piece, 0, got);
      position += got;
      got = readSync(from, piece, 0, piece.length, position);
    }
  } finally {
    closeSync(from);
    closeSync(to);
  }
  renameSync(`${path}.new`, path);
}

/** Photos and films of 4 to 64 MB, in one folder, until they come to the sum. */
export function plantMedia(directory: string, sumBytes: number, seed: number): void {
  const random = seeded(seed);
  const source = media(seed);
  mkdirSync(directory);
  let index = 0;
  for (let left = sumBytes; left > 0; index += 1) {
    const sizeBytes = Math.min(left, 4_000_000 * 2 ** random.below(5) + random.below(1_000_000));
    plantFile(join(directory, `media-${String(index).padStart(4, '0')}.bin`), sizeBytes, source);
    left -= sizeBytes;
  }
}

const filesPerFolder = 1_000;

/** Small files with sizes as of settings, notes and icons: log-normal around 2 KB, 3.6 KB in the mean; 7 of 10 are text. */
export function plantSmallFiles(directory: string, count: number, seed: number): void {
  const random = seeded(seed);
  const [text, binary] = [prose(seed), media(seed)];
  mkdirSync(directory);
  let folder = directory;
  for (let index = 0; index < count; index += 1) {
    if (index % filesPerFolder === 0) {
      folder = join(directory, `folder-${String(index / filesPerFolder).padStart(4, '0')}`);
      mkdirSync(folder);
    }
    const sizeBytes = Math.round(Math.min(200_000, 2_000 * Math.exp(1.1 * normal(random.below))));
    const isText = random.below(10) < 7;
    plantFile(join(folder, `file-${index}.${isText ? 'txt' : 'dat'}`), sizeBytes, isText ? text : binary);
  }
}

/** Normally distributed, by Box and Muller. */
function normal(below: (limit: number) => number): number {
  const [one, other] = [(below(1_000_000) + 1) / 1_000_001, below(1_000_000) / 1_000_000];
  return Math.sqrt(-2 * Math.log(one)) * Math.cos(2 * Math.PI * other);
}

function writeFrom(descriptor: number, sizeBytes: number, source: Source): void {
  for (let left = sizeBytes; left > 0; left -= pieceBytes) writeSync(descriptor, source(Math.min(left, pieceBytes)));
}
