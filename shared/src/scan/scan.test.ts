import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { ROOT_ID } from '../manifest/manifest.js';
import { limits } from '../model/limits.js';
import type { ProgressEvent } from '../model/progress.js';
import { Place } from './fixture.js';
import { smudged } from './granularity.js';

test('a first scan finds what a plain walk finds, and a second one reads nothing', async (t) => {
  const place = new Place(t);
  for (let index = 0; index < 300; index++) place.write(`dir-${index % 7}/sub-${index % 11}/file-${index}`, `text ${index}`);
  place.write('empty', '');
  mkdirSync(place.at('hollow'));
  symlinkSync('nowhere at all', place.at('link'));
  place.write('\xff\xfe broken utf-8', 'x');
  place.write('line\nbreak/\x01', 'y');
  chmodSync(place.at('empty'), 0o4711);
  execFileSync('mkfifo', [`${place.dir}/fifo`]);
  const first = await place.scanCalmly();
  assert.equal(first.hashedFiles, 303);
  assert.equal(first.specials, 1);
  assert.equal(first.problemCount, 0);
  const second = await place.scanInVain();
  assert.deepEqual([second.entries, second.specials, second.ignored], [first.entries, 1, 0]);
  assert.notEqual(place.manifest.listing(ROOT_ID), null, 'the listing is compared whole');
});

test('a folder of any size is listed whole, read ahead or not', async (t) => {
  const place = new Place(t);
  const most = limits.scanListingEntriesMax;
  for (const [folder, count] of [
    ['within', most],
    ['above', most + 1],
  ] as const)
    for (let index = 0; index < count; index++) place.write(`${folder}/${index}`, '');
  for (const native of [true, false]) {
    const { entries } = await place.scanCalmly({ native });
    assert.equal(entries, 2 + most + most + 1);
  }
  await place.scanInVain();
});

test('edits, deletions, chmod and touch: only what may have changed is read', async (t) => {
  const place = new Place(t);
  for (const name of ['edit', 'gone', 'mode', 'time', 'sly', 'stay']) place.write(`d/${name}`, `${name} 1`);
  const old = new Date(1_000_000_000_000);
  utimesSync(place.at('d/sly'), old, old);
  await place.scanCalmly();
  const id = place.id('d/edit');

  place.write('d/edit', 'edit 2');
  rmSync(place.at('d/gone'));
  chmodSync(place.at('d/mode'), 0o600);
  const second = await place.scanCalmly();
  assert.equal(second.hashedFiles, 1);
  assert.equal(second.removed, 1);
  assert.equal(place.id('d/edit'), id);

  utimesSync(place.at('d/time'), old, old);
  assert.equal((await place.scanCalmly()).hashedFiles, 1, 'another time: read, though the bytes are the same');

  writeFileSync(place.at('d/sly'), 'sly 2');
  utimesSync(place.at('d/sly'), old, old);
  assert.equal((await place.scanCalmly()).hashedFiles, 1, 'an edit whose time was put back is still found by its ctime');
});

test('what is racily clean is read again, and then no more', async (t) => {
  const place = new Place(t);
  for (const text of ['one', 'two', 'six']) {
    place.write('fresh', text);
    await place.scan();
    place.check();
  }
  await place.scanCalmly();
  assert.equal((await place.scanCalmly()).hashedFiles, 0);
  const id = place.id('fresh');
  const seen = place.manifest.seen(id) ?? assert.fail();
  place.manifest.setSeen(id, smudged(seen));
  assert.equal((await place.scanCalmly()).hashedFiles, 1);
  assert.deepEqual(place.manifest.seen(id), seen);
});

test('a type change is another entry', async (t) => {
  const place = new Place(t);
  place.write('a', 'file');
  place.write('b/inside', 'x');
  await place.scanCalmly();
  const ids = [place.id('a'), place.id('b')];
  rmSync(place.at('a'));
  rmSync(place.at('b'), { recursive: true });
  place.write('a/inside', 'x');
  symlinkSync('a', place.at('b'));
  const summary = await place.scanCalmly();
  assert.equal(summary.removed, 3);
  assert.ok(!ids.includes(place.id('a')) && !ids.includes(place.id('b')));
});

test('names to ignore are left out at the root alone', async (t) => {
  const place = new Place(t);
  place.write('.btsoot/secret', 'x');
  place.write('a/.btsoot/kept', 'x');
  await place.scan({ ignore: ['.btsoot'] });
  assert.equal(place.row('.btsoot'), undefined);
  assert.notEqual(place.row('a/.btsoot/kept'), undefined);
});

test('a mirror keeps the owner it was given, and takes what somebody has changed on its disk', async (t) => {
  const place = new Place(t);
  place.write('file', 'given');
  place.write('other', 'stays');
  await place.scanCalmly();
  const { mode, mtimeUs } = place.row('file')?.meta ?? assert.fail();
  const given = { mode, mtimeUs, uid: 4242, gid: 2424, xattrs: '' };
  place.manifest.update(place.id('file'), { meta: given });
  await place.scan({ mode: 'mirror' });
  assert.deepEqual(place.row('file')?.meta, given);

  chmodSync(place.at('file'), 0o600);
  await place.calm();
  const chmodded = await place.scan({ mode: 'mirror' });
  assert.deepEqual(place.row('file')?.meta, { ...given, mode: 0o600 });
  assert.equal(chmodded.hashedFiles, 0);
  assert.equal(chmodded.changed, 1);

  writeFileSync(place.at('file'), 'drift');
  const drifted = await place.scan({ mode: 'mirror' });
  assert.equal(drifted.hashedFiles, 1);
  assert.equal(drifted.changed, 1);
  const now = Number(lstatSync(place.at('file'), { bigint: true }).mtimeNs / 1000n);
  assert.deepEqual(place.row('file')?.meta, { ...given, mode: 0o600, mtimeUs: now });
});

test('progress is reported with what was counted', async (t) => {
  const place = new Place(t);
  place.write('a/b', 'x');
  const events: ProgressEvent[] = [];
  await place.scan({ report: (event) => events.push(event) });
  assert.equal(events[0]?.kind, 'scanned');
});

test('hard links are read once, and a new name of a known file not at all', async (t) => {
  const place = new Place(t);
  place.write('one', 'the same bytes');
  linkSync(place.at('one'), place.at('two'));
  mkdirSync(place.at('d'));
  linkSync(place.at('one'), place.at('d/three'));
  assert.equal((await place.scanCalmly()).hashedFiles, 1);
  linkSync(place.at('one'), place.at('d/four'));
  const ids = [place.id('one'), place.id('two'), place.id('d/three')];
  const linked = await place.scanCalmly();
  assert.equal(linked.hashedFiles, 0);
  assert.equal(linked.renamed, 0);
  assert.deepEqual([place.id('one'), place.id('two'), place.id('d/three')], ids);
  renameSync(place.at('two'), place.at('zwei'));
  const moved = await place.scanCalmly();
  assert.equal(moved.hashedFiles, 0, 'the new ctime of the other names is that of the rename');
  assert.equal(place.id('zwei'), ids[1]);
});
