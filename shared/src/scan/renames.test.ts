import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { LIMBO_ID, ROOT_ID } from '../manifest/manifest.js';
import type { Name } from '../model/bytes.js';
import { Place } from './fixture.js';

async function photos(t: TestContext): Promise<Place> {
  const place = new Place(t);
  for (const folder of ['2019', '2020', '2021']) {
    for (let index = 0; index < 5; index++) place.write(`${folder}/raw/${index}.jpg`, `${folder} ${index}`);
    place.write(`${folder}/notes`, folder);
  }
  await place.scanCalmly();
  return place;
}

/** Makes the moves on disk, scans, and checks that each row went along and that nothing was read. */
async function moves(place: Place, ...pairs: [from: string, to: string][]): Promise<void> {
  const ids = pairs.map(([from]) => place.id(from));
  for (const [index, [from]] of pairs.entries()) renameSync(place.at(from), place.at(`aside-${index}`));
  for (const [index, [, to]] of pairs.entries()) renameSync(place.at(`aside-${index}`), place.at(to));
  const summary = await place.scanCalmly();
  assert.equal(summary.hashedFiles, 0);
  assert.equal(summary.removed, 0);
  assert.deepEqual(
    pairs.map(([, to]) => place.id(to)),
    ids,
  );
}

test('a file', async (t) => moves(await photos(t), ['2019/notes', '2020/raw/old notes']));

test('a folder, with all that is in it', async (t) => {
  const place = await photos(t);
  const inside = place.id('2019/raw/3.jpg');
  await moves(place, ['2019', '2021/earlier']);
  assert.equal(place.id('2021/earlier/raw/3.jpg'), inside);
});

test('two folders that swap names', async (t) => moves(await photos(t), ['2019', '2020'], ['2020', '2019']));

test('two files that swap names', async (t) => {
  const place = await photos(t);
  await moves(place, ['2019/raw/1.jpg', '2020/raw/1.jpg'], ['2020/raw/1.jpg', '2019/raw/1.jpg']);
});

test('a cycle of three', async (t) => {
  const place = await photos(t);
  await moves(place, ['2019', '2020'], ['2020', '2021'], ['2021', '2019']);
});

test('a folder and its parent trade places', async (t) => {
  const place = await photos(t);
  const ids = [place.id('2019'), place.id('2019/raw')];
  renameSync(place.at('2019/raw'), place.at('t'));
  renameSync(place.at('2019'), place.at('t/raw'));
  renameSync(place.at('t'), place.at('2019'));
  assert.equal((await place.scanCalmly()).hashedFiles, 0);
  assert.deepEqual([place.id('2019/raw'), place.id('2019')], ids);
});

test('names that sort before and after the old one, in one folder', async (t) => {
  const place = await photos(t);
  await moves(place, ['2020/notes', '2020/aaa'], ['2020/raw', '2020/zzz']);
});

test('a rename beside an edit: one file is read', async (t) => {
  const place = await photos(t);
  const ids = [place.id('2019/raw/0.jpg'), place.id('2019/raw/1.jpg')];
  renameSync(place.at('2019/raw/0.jpg'), place.at('2019/raw/9.jpg'));
  writeFileSync(place.at('2019/raw/1.jpg'), 'edited');
  assert.equal((await place.scanCalmly()).hashedFiles, 1);
  assert.deepEqual([place.id('2019/raw/9.jpg'), place.id('2019/raw/1.jpg')], ids);
});

test('a file that was moved and then edited is still itself', async (t) => {
  const place = await photos(t);
  const id = place.id('2019/notes');
  renameSync(place.at('2019/notes'), place.at('diary'));
  writeFileSync(place.at('diary'), 'longer than it was');
  assert.equal((await place.scanCalmly()).hashedFiles, 1);
  const seen = place.manifest.seen(id);
  if (seen?.btimeNs === 0n) t.skip('this file system keeps no birth times');
  else assert.equal(place.id('diary'), id);
});

test('mv a a.bak; write a: the old file keeps its identity, for a folder likewise', async (t) => {
  const place = await photos(t);
  const ids = [place.id('2019/notes'), place.id('2020')];
  renameSync(place.at('2019/notes'), place.at('2019/notes.bak'));
  place.write('2019/notes', 'rewritten');
  renameSync(place.at('2020'), place.at('2020.bak'));
  place.write('2020/fresh', 'fresh');
  assert.equal((await place.scanCalmly()).hashedFiles, 2);
  assert.deepEqual([place.id('2019/notes.bak'), place.id('2020.bak')], ids);
});

test('an atomic save is another file of the same name', async (t) => {
  const place = await photos(t);
  const id = place.id('2019/notes');
  place.write('2019/.notes.tmp', 'saved');
  renameSync(place.at('2019/.notes.tmp'), place.at('2019/notes'));
  const summary = await place.scanCalmly();
  assert.equal(summary.hashedFiles, 1);
  assert.equal(summary.removed, 1);
  assert.notEqual(place.id('2019/notes'), id);
});

test('rows that a scan cut off by a crash left in LIMBO are found by the next', async (t) => {
  const place = await photos(t);
  const id = place.id('2019');
  const inside = place.id('2019/raw/2.jpg');
  renameSync(place.at('2019'), place.at('moved'));
  place.manifest.rename(id, LIMBO_ID, String(id) as Name);
  const gone = place.id('2020/raw/0.jpg');
  rmSync(place.at('2020/raw/0.jpg'));
  place.manifest.rename(gone, LIMBO_ID, String(gone) as Name);
  const summary = await place.scanCalmly();
  assert.equal(summary.hashedFiles, 0);
  assert.equal(summary.removed, 1);
  assert.equal(place.id('moved'), id);
  assert.equal(place.id('moved/raw/2.jpg'), inside);
});

test('a scan that is stopped says so, and the next one needs to read less', async (t) => {
  const place = new Place(t);
  for (let index = 0; index < 3_000; index++) place.write(`${index % 50}/${index}`, `text ${index}`);
  await place.calm();
  const stop = new AbortController();
  const running = place.scan({ signal: stop.signal, report: () => setImmediate(() => stop.abort()) });
  await assert.rejects(running, { kind: 'cancelled' });
  const known = place.manifest.rows(ROOT_ID).filter((row) => row.kind === 'directory' && row.complete);
  const summary = await place.scanCalmly();
  assert.ok(summary.hashedFiles <= 3_000 - known.length);
  await assert.rejects(place.scan({ signal: stop.signal }), { kind: 'cancelled' });
});

test('a folder that goes deep is scanned through handles that are given back', async (t) => {
  const place = new Place(t);
  const deep = Array(300).fill('d').join('/');
  mkdirSync(place.at(deep), { recursive: true });
  place.write(`${deep}/file`, 'deep');
  const openBefore = readdirSync('/proc/self/fd').length;
  assert.equal((await place.scanCalmly()).entries, 301);
  assert.equal((await place.scanCalmly()).changed, 0);
  const threadPipes = 40;
  assert.ok(readdirSync('/proc/self/fd').length < openBefore + threadPipes, 'three hundred folders were open');
  await moves(place, ['d/d', 'e']);
});
