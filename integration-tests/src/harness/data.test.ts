import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { databasePages, diskImage, media, pageBytes, prose, type Source, serverLog } from './data.js';

interface Kind {
  readonly name: string;
  readonly make: (seed: number) => Source;
  /** The share of its size that deflate leaves. */
  readonly share: readonly [least: number, most: number];
}

const kinds: readonly Kind[] = [
  { name: 'media', make: media, share: [1, 1.01] },
  { name: 'prose', make: prose, share: [0.2, 0.4] },
  { name: 'a server log', make: (seed) => serverLog(seed, 0), share: [0.3, 0.4] },
  { name: 'database pages', make: databasePages, share: [0.5, 0.7] },
  { name: 'a disk image', make: diskImage, share: [0.7, 1.01] },
];

for (const { name, make, share } of kinds) {
  test(`${name}: the same for the same seed, in whatever pieces, and compresses as real ones do`, () => {
    const whole = make(1)(64 * pageBytes);
    const source = make(1);
    assert.ok(Buffer.concat([source(pageBytes), source(60 * pageBytes), source(3 * pageBytes)]).equals(whole));
    assert.ok(!make(2)(64 * pageBytes).equals(whole));
    const left = deflateSync(whole).length / whole.length;
    assert.ok(left >= share[0] && left <= share[1], `deflate leaves ${left}`);
  });
}
