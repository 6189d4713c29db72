import { createCipheriv } from 'node:crypto';
import { type Random, seeded } from './random.js';

/*
 * Bytes that compress and repeat as real files do, the same for the same seed, made fast enough for gigabytes.
 */

/** An endless source of bytes: the next `count` of them. */
export type Source = (count: number) => Buffer;

/** What photos, films and archives are: nothing in it repeats and nothing compresses. */
export function media(seed: number): Source {
  const key = Buffer.alloc(16);
  key.writeDoubleLE(seed);
  const cipher = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
  return (count) => cipher.update(Buffer.alloc(count));
}

/** Sentences of a few thousand words, the common ones far more often: shrinks to about a third. */
export function prose(seed: number): Source {
  const random = seeded(seed);
  return fromLines(() => `${Array.from({ length: 12 }, () => pickEarly(random, vocabulary)).join(' ')}.\n`);
}

/** A web server's log with trace ids: shrinks to about a third too, but most of what is left is random. */
export function serverLog(seed: number, startMs: number): Source {
  const random = seeded(seed);
  const hex = (words: number): string =>
    Array.from({ length: words }, () =>
      random
        .below(2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    ).join('');
  let timeMs = startMs;
  return fromLines(() => {
    timeMs += random.below(3_000);
    const client = `192.168.${random.below(4)}.${random.below(256)}`;
    const request = `${pickEarly(random, methods)} ${pickEarly(random, places)}${random.below(100_000)}`;
    const result = `${pickEarly(random, statuses)} ${random.below(1_000_000)} ${random.below(900)}ms`;
    return `${new Date(timeMs).toISOString()} ${client} "${request} HTTP/1.1" ${result} trace=${hex(4)} span=${hex(2)}\n`;
  });
}

export const pageBytes = 4_096;
const blobBytes = 2_050;

/** Pages of a database, each a header, unused space, records with words, and a blob: shrink to about three fifths. */
export function databasePages(seed: number): Source {
  const words = prose(seed);
  const blobs = media(seed);
  return (count) => {
    const pages = Buffer.alloc(count);
    for (let start = 0; start < count; start += pageBytes) {
      pages.writeUInt32BE(0x0d_00_00_10, start);
      words(1_200).copy(pages, start + 500);
      blobs(blobBytes).copy(pages, start + pageBytes - blobBytes);
    }
    return pages;
  };
}

/** A tag as music files begin with: text frames, room for more, and a small picture that takes most of it. */
export function id3Tag(seed: number, sizeBytes: number): Buffer {
  const tag = Buffer.alloc(sizeBytes);
  tag.write('ID3\x04\x00\x00', 'latin1');
  prose(seed)(180).copy(tag, 10);
  media(seed)(sizeBytes - 400).copy(tag, 300);
  return tag;
}

/** A disk's image by extents of 1 MiB: of ten, eight hold media, one a database, and one was never written. */
export function diskImage(seed: number): Source {
  const extents = [media(seed), databasePages(seed), (count: number) => Buffer.alloc(count)] as const;
  const order = [0, 0, 0, 0, 1, 0, 0, 0, 2, 0] as const;
  let index = 0;
  let rest: Buffer = Buffer.alloc(0);
  const extentBytes = 1024 ** 2;
  return (count) => {
    const pieces = [rest];
    for (let length = rest.length; length < count; length += extentBytes, index += 1) {
      pieces.push(extents[order[index % order.length] ?? 0](extentBytes));
    }
    const all = Buffer.concat(pieces);
    rest = all.subarray(count);
    return all.subarray(0, count);
  };
}

const methods = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE'];
const places = ['/photos/', '/thumbs/', '/api/v1/albums/', '/api/v1/files/', '/search?q=', '/static/'];
const statuses = [200, 200, 304, 404, 500];
const vocabulary = makeVocabulary(seeded(17), 4_000);

function makeVocabulary(random: Random, count: number): string[] {
  const syllables = [
    'an',
    'be',
    'cor',
    'da',
    'el',
    'fi',
    'go',
    'hu',
    'in',
    'ka',
    'lo',
    'men',
    'nu',
    'or',
    'pe',
    'qua',
    'ri',
    'so',
  ];
  const word = (): string =>
    Array.from({ length: 1 + random.below(4) }, () => syllables[random.below(syllables.length)]).join('');
  return Array.from({ length: count }, word);
}

/** Early ones far more often than late ones. */
function pickEarly<T>(random: Random, items: readonly T[]): T {
  const share = random.below(1_000_000) / 1_000_000;
  return items[Math.floor(items.length * share ** 3)] as T;
}

function fromLines(line: () => string): Source {
  let rest = '';
  return (count) => {
    const lines = [rest];
    for (let length = rest.length; length < count; ) {
      const next = line();
      lines.push(next);
      length += next.length;
    }
    const text = lines.join('');
    rest = text.slice(count);
    return Buffer.from(text.slice(0, count), 'latin1');
  };
}
