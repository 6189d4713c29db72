import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HashOptions, HashPool, type HashResult } from '../disk/hash-pool.js';
import { type SmallFile, SmallFiles } from '../disk/small-files.js';
import { type Name, ROOT_PATH, type TreePath } from '../model/bytes.js';
import { hashBytes } from '../model/digest.js';
import { limits } from '../model/limits.js';
import { Place } from './fixture.js';
import { Handles } from './handles.js';
import { HashQueue } from './hash-queue.js';
import { Tally } from './tally.js';

/** How many readings were under way at once, at most. */
class Gauge {
  most = 0;
  #now = 0;

  async during<T>(work: Promise<T>): Promise<T> {
    this.most = Math.max(this.most, ++this.#now);
    try {
      return await work;
    } finally {
      this.#now--;
    }
  }
}

class GaugedPool extends HashPool {
  readonly #gauge: Gauge;

  constructor(workers: number, gauge: Gauge) {
    super(workers);
    this.#gauge = gauge;
  }

  override hash(path: Buffer, options?: HashOptions): Promise<HashResult> {
    return this.#gauge.during(super.hash(path, options));
  }
}

for (const readers of [1, 2]) {
  test(`with ${readers} reader(s), large files and small ones are ${readers === 1 ? 'never ' : ''}read at the same time`, async (t) => {
    const place = new Place(t);
    const native = SmallFiles.load(place.root.dev);
    if (native === null) {
      t.skip('native/small-files.c was not compiled');
      return;
    }
    const gauge = new Gauge();
    const hasher = new GaugedPool(readers, gauge);
    const handles = new Handles(place.root);
    t.after(async () => {
      handles.close();
      await hasher.close();
    });
    const small = { hash: (files: readonly SmallFile[]) => gauge.during(native.hash(files)) };
    const tally = new Tally(() => {});
    const queue = new HashQueue<string>(hasher, new AbortController().signal, tally, small);
    const directory = handles.open(ROOT_PATH);
    const names = Array.from({ length: 12 }, (_, index) => `file ${index}`);
    const text = (index: number): string => `${index}`.repeat(index % 3 === 0 ? limits.smallFileMaxBytes + 1 : 100);
    for (const [index, name] of names.entries()) place.write(name, text(index));
    for (const name of names) {
      const seen = place.root.lstat(name as TreePath) ?? assert.fail();
      queue.add({ directory, folder: ROOT_PATH, name: name as Name, seen, previousAverageBytes: null }, name);
      // A call for each, or they would all be in one.
      await Promise.resolve();
    }
    directory.release();
    while (!queue.isIdle) await queue.progress();
    const hashes = new Map(
      queue.take().map(({ asker, reading }) => [asker, reading.kind === 'read' ? reading.content.hash : reading.kind]),
    );
    assert.deepEqual(
      hashes,
      new Map([...hashes.keys()].map((name) => [name, hashBytes(Buffer.from(text(names.indexOf(name))))])),
    );
    assert.deepEqual([hashes.size, tally.hashedFiles], [names.length, names.length]);
    if (readers === 1) assert.equal(gauge.most, 1);
    else assert.ok(gauge.most > 1);
  });
}
