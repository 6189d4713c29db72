import assert from 'node:assert/strict';
import { chmodSync, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { seenFromStats } from '../disk/seen.js';
import { hashBytes } from '../model/digest.js';
import { Place, type ScanChanges } from './fixture.js';

async function mirror(t: TestContext, ...paths: readonly string[]): Promise<Place> {
  const place = new Place(t);
  for (const path of paths) place.write(path, `of ${path}`);
  await place.scanCalmly({ mode: 'mirror' });
  return place;
}

/** Everything that a scan of the mirror finds changed, in order of its words. */
async function found(place: Place, changes: ScanChanges = {}): Promise<string[]> {
  const drift: string[] = [];
  await place.calm();
  await place.scan({ mode: 'mirror', ...changes, onDrift: ({ path, how, entries }) => drift.push(`${how} ${path} ${entries}`) });
  return drift.sort();
}

/** Other bytes under the stat that the manifest has seen. */
function rot(place: Place, path: string): void {
  place.write(path, `no ${path}`);
  place.manifest.setSeen(place.id(path), seenFromStats(lstatSync(place.at(path), { bigint: true }), place.root.dev));
}

test('a first scan of a full mirror finds all of it new, and a second one nothing', async (t) => {
  const place = new Place(t);
  place.write('a/b', 'x');
  assert.deepEqual(await found(place), ['added a 1', 'added a/b 1']);
  assert.deepEqual(await found(place), []);
});

test('names that change hands are told apart from what is new or gone', async (t) => {
  const place = await mirror(t, 'a', 'b', 'c', 'd/e', 'f');
  renameSync(place.at('a'), place.at('t'));
  renameSync(place.at('b'), place.at('a'));
  renameSync(place.at('t'), place.at('b'));
  rmSync(place.at('c'));
  symlinkSync('a', place.at('c'));
  renameSync(place.at('f'), place.at('g'));
  place.write('f', 'new under an old name');
  rmSync(place.at('d'), { recursive: true });
  assert.deepEqual(await found(place), ['added f 1', 'moved a 1', 'moved b 1', 'moved g 1', 'removed d 2', 'replaced c 1']);
});

test('a folder whose time changed is no drift, one whose mode changed is', async (t) => {
  const place = await mirror(t, 'd/a', 'd/b');
  mkdirSync(place.at('d/new'));
  assert.deepEqual(await found(place), ['added d/new 1']);
  chmodSync(place.at('d'), 0o700);
  utimesSync(place.at('d/b'), 1, 1);
  assert.deepEqual(await found(place), ['changed d 1', 'changed d/b 1']);
});

test('rot is found by reading all, kept in mind, and over when the bytes or the file are good again', async (t) => {
  const place = await mirror(t, 'a', 'b');
  await place.calm();
  for (const path of ['a', 'b']) rot(place, path);
  await place.calm();
  assert.deepEqual(await found(place), []);
  assert.deepEqual(await found(place, { readAll: true }), ['damaged a 1', 'damaged b 1']);
  const row = place.row('a');
  assert.equal(row?.kind === 'file' && row.content, null);
  assert.deepEqual(place.manifest.damages.get(place.id('a'))?.expected, { hash: hashBytes(Buffer.from('of a')), sizeBytes: 4 });
  assert.equal((await place.scan({ mode: 'mirror' })).hashedFiles, 0, 'what is damaged is not read again');

  place.write('a', 'of a');
  place.manifest.setSeen(place.id('a'), seenFromStats(lstatSync(place.at('a'), { bigint: true }), place.root.dev));
  unlinkSync(place.at('b'));
  place.write('b', 'by hand');
  assert.deepEqual(await found(place, { readAll: true }), ['replaced b 1']);
  assert.equal(place.manifest.damages.count(), 0);
  const good = place.row('a');
  assert.equal(good?.kind === 'file' && good.content?.hash, hashBytes(Buffer.from('of a')));
});

test('rot moves along with its file, and a touch of its mode does not make it good', async (t) => {
  const place = await mirror(t, 'a');
  await place.calm();
  rot(place, 'a');
  await place.calm();
  assert.deepEqual(await found(place, { readAll: true }), ['damaged a 1']);
  renameSync(place.at('a'), place.at('b'));
  chmodSync(place.at('b'), 0o600);
  await found(place);
  const row = place.row('b');
  assert.equal(row?.kind === 'file' && row.content, null);
  assert.equal(place.manifest.damages.count(), 1);
});
