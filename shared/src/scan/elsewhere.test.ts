import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFileSync, linkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { packChunks, unpackChunks } from '../delta/chunk-list.js';
import { type KnownContent, KnownContents } from '../manifest/known-contents.js';
import { Manifest } from '../manifest/manifest.js';
import { type Name, ROOT_PATH, type TreePath } from '../model/bytes.js';
import type { Content } from '../model/entry.js';
import { limits } from '../model/limits.js';
import type { Seen } from '../model/seen.js';
import { contentElsewhere, type FileThere } from './elsewhere.js';
import { Place, type ScanChanges } from './fixture.js';
import type { ScanSummary } from './scan.js';

/** A folder that is known to one manifest, and a second manifest whose scans ask the first. */
class Neighbours {
  readonly place: Place;
  readonly second: Manifest;
  readonly first: KnownContents;

  private constructor(place: Place, second: Manifest, first: KnownContents) {
    this.place = place;
    this.second = second;
    this.first = first;
  }

  static open(t: TestContext): Neighbours {
    const place = new Place(t);
    const folder = join(place.dir, '..');
    const second = Manifest.open(join(folder, 'second.db'));
    const first = KnownContents.open(join(folder, 'manifest.db'));
    assert.ok(first !== null);
    t.after(() => {
      second.close();
      first.close();
    });
    return new Neighbours(place, second, first);
  }

  /** A scan into the second manifest, after which both say the same of what the first knew already. */
  async scan(changes: ScanChanges = {}): Promise<ScanSummary> {
    return await this.place.scan({
      manifest: this.second,
      elsewhere: { find: ({ folder, name, seen }) => this.first.of(folder, name, seen) },
      ...changes,
    });
  }

  checkBothSayTheSame(): void {
    assert.equal(this.second.stateDigest(), this.place.manifest.stateDigest());
  }

  content(path: string): Content {
    const row = this.second.lookup(path as TreePath);
    assert.ok(row?.kind === 'file' && row.content !== null);
    return row.content;
  }
}

const fileLike = (seen: Seen): FileThere => ({ folder: ROOT_PATH, name: 'large' as Name, seen });

for (const native of [true, false]) {
  test(`what another manifest knows is not read again, ${native ? 'natively' : 'with node:fs'}`, async (t) => {
    const both = Neighbours.open(t);
    const { place } = both;
    for (let index = 0; index < 300; index++) place.write(`folder ${index % 3}/${index}`, `text ${index % 200}`);
    writeFileSync(place.at('large'), randomBytes(3 * limits.chunkedSizeMinBytes));
    linkSync(place.at('large'), place.at('folder 0/linked'));
    await place.scanCalmly();
    const { hashedFiles, knownFiles, problemCount } = await both.scan({ native });
    assert.deepEqual({ hashedFiles, knownFiles, problemCount }, { hashedFiles: 0, knownFiles: 302, problemCount: 0 });
    both.checkBothSayTheSame();
    assert.deepEqual(both.second.chunks(both.content('large')), place.manifest.chunks(both.content('large')));
    assert.equal((await both.scan({ native })).changed, 0, 'it is known from now on');
  });
}

test('what is not just as the other manifest saw it is read', async (t) => {
  const both = Neighbours.open(t);
  const { place } = both;
  for (const name of ['edited', 'touched', 'same']) place.write(name, 'a text');
  await place.scanCalmly();
  await place.calm();
  place.write('edited', 'A TEXT');
  utimesSync(place.at('touched'), 1, 1);
  place.write('new', 'another text');
  await place.calm();
  const { hashedFiles, knownFiles } = await both.scan();
  assert.deepEqual({ hashedFiles, knownFiles }, { hashedFiles: 3, knownFiles: 1 });
  await place.scanCalmly();
  both.checkBothSayTheSame();
});

test('what the other manifest has read too soon after a change proves nothing', async (t) => {
  const both = Neighbours.open(t);
  const { place } = both;
  await place.calm();
  place.write('racy', 'a text');
  await place.scan();
  await place.calm();
  assert.equal((await both.scan()).hashedFiles, 1);
});

test('what the other manifest knows to be damaged is read', async (t) => {
  const both = Neighbours.open(t);
  const { place } = both;
  place.write('photo', 'light');
  await place.scanCalmly();
  place.manifest.damages.mark(place.id('photo'), 'rotten', 1);
  assert.equal((await both.scan()).hashedFiles, 1);
});

test('a scan that is to read everything asks nobody', async (t) => {
  const both = Neighbours.open(t);
  both.place.write('photo', 'light');
  await both.place.scanCalmly();
  const { hashedFiles, knownFiles } = await both.scan({ readAll: true });
  assert.deepEqual({ hashedFiles, knownFiles }, { hashedFiles: 1, knownFiles: 0 });
});

test('the other manifest is asked for what is new in a folder that both know', async (t) => {
  const both = Neighbours.open(t);
  const { place } = both;
  writeFileSync(place.at('log'), randomBytes(2 * limits.chunkedSizeMinBytes));
  await place.scanCalmly();
  await both.scan();
  appendFileSync(place.at('log'), 'more');
  place.write('new', 'text');
  await place.scanCalmly();
  const { hashedFiles, knownFiles } = await both.scan();
  assert.deepEqual({ hashedFiles, knownFiles }, { hashedFiles: 0, knownFiles: 2 });
  both.checkBothSayTheSame();
});

test('a chunk list that is missing, damaged or cut otherwise is no use', async (t) => {
  const both = Neighbours.open(t);
  const { place } = both;
  writeFileSync(place.at('large'), randomBytes(4 * limits.chunkedSizeMinBytes));
  await place.scanCalmly();
  const seen = place.manifest.seen(place.id('large'));
  assert.ok(seen !== null);
  const known = both.first.of(ROOT_PATH, 'large' as Name, seen);
  assert.ok(known?.chunks);
  const list = unpackChunks(known.chunks, known.content.sizeBytes);
  const answer = (chunks: KnownContent['chunks'], previous: number | null = null) =>
    contentElsewhere({ find: () => ({ ...known, chunks }) }, fileLike(seen), previous);
  assert.deepEqual(answer(known.chunks)?.content, known.content);
  assert.equal(answer(null), null);
  assert.equal(answer(known.chunks.subarray(0, -1)), null);
  assert.equal(answer(packChunks({ ...list, averageBytes: 2 * list.averageBytes })), null);
  assert.equal(answer(known.chunks, 2 * list.averageBytes), null, 'the previous version here was cut into larger ones');
  assert.equal(contentElsewhere({ find: () => known }, fileLike({ ...seen, sizeBytes: seen.sizeBytes + 1n }), null), null);
});

test('where a file system tells no change times, nobody is asked: a file that is to be read again looks like one that is known', () => {
  const known: KnownContent = { content: { hash: '00'.repeat(16), sizeBytes: 1 }, chunks: null };
  const seen = { dev: 0n, ino: 7n, sizeBytes: 1n, mtimeNs: 1n, btimeNs: 0n, mode: 0o100644, uid: 0, gid: 0, nlink: 1 };
  assert.equal(contentElsewhere({ find: () => known }, fileLike({ ...seen, ctimeNs: 1n }), null), known);
  assert.equal(contentElsewhere({ find: () => known }, fileLike({ ...seen, ctimeNs: 0n }), null), null);
});

test('only a file of the same path is known: its numbers may have been those of another one', async (t) => {
  const both = Neighbours.open(t);
  const { place } = both;
  place.write('folder/photo', 'light');
  await place.scanCalmly();
  const seen = place.manifest.seen(place.id('folder/photo'));
  assert.ok(seen !== null);
  const of = (folder: string, name: string) => both.first.of(folder as TreePath, name as Name, seen);
  assert.equal(of('folder', 'photo')?.content.sizeBytes, 5);
  for (const [folder, name] of [
    ['folder', 'other'],
    ['', 'photo'],
    ['gone', 'photo'],
    ['folder/photo', 'photo'],
  ] as const)
    assert.equal(of(folder, name), null);
});
