import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, renameSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { removeAttributeSync, setAttributeSync } from 'fs-xattr';
import { probe } from '../disk/capabilities.js';
import { packXattrs } from '../model/xattrs.js';
import { Place } from './fixture.js';

const skip = probe(tmpdir()).xattrs ? false : `the file system of ${tmpdir()} has no extended attributes`;

const packed = (...pairs: readonly [string, string][]): string =>
  packXattrs(pairs.map(([name, value]) => ({ name, value: Buffer.from(value) })));

function mark(place: Place, path: string, value: string): void {
  setAttributeSync(place.at(path).toString('latin1'), 'user.mark', Buffer.from(value));
}

const markOf = (place: Place, path: string): string | undefined => place.row(path)?.meta.xattrs;

test('attributes of files, folders and the root are read, and an attribute that changes costs no reading of the file', {
  skip,
}, async (t) => {
  const place = new Place(t);
  place.write('folder/file', 'text');
  place.write('bare', 'x');
  for (const path of ['', 'folder', 'folder/file']) mark(place, path, `of ${path}`);
  await place.scanCalmly();
  for (const path of ['', 'folder', 'folder/file']) assert.equal(markOf(place, path), packed(['user.mark', `of ${path}`]));
  assert.equal(markOf(place, 'bare'), '');

  mark(place, 'folder/file', 'another');
  mark(place, 'folder', 'another');
  const changed = await place.scanCalmly();
  assert.equal(markOf(place, 'folder/file'), packed(['user.mark', 'another']));
  assert.equal(markOf(place, 'folder'), packed(['user.mark', 'another']));
  assert.equal(changed.hashedFiles, 0);
  assert.equal(changed.changed, 2);

  removeAttributeSync(place.at('folder/file').toString('latin1'), 'user.mark');
  assert.equal((await place.scanCalmly()).hashedFiles, 0);
  assert.equal(markOf(place, 'folder/file'), '');
  assert.equal((await place.scanCalmly()).changed, 0);
});

test('an edit whose time was put back is still found, with or without attributes', { skip }, async (t) => {
  const place = new Place(t);
  place.write('file', 'one');
  mark(place, 'file', 'stays');
  await place.scanCalmly();
  const { mtimeUs } = place.row('file')?.meta ?? assert.fail();
  place.write('file', 'two');
  utimesSync(place.at('file'), 0, mtimeUs / 1e6);
  assert.equal((await place.scanCalmly()).hashedFiles, 1);
  assert.equal(markOf(place, 'file'), packed(['user.mark', 'stays']));
});

test('an attribute that is set in the same tick as a scan looks is found by the next', { skip }, async (t) => {
  const place = new Place(t);
  for (let round = 0; round < 20; round++) {
    const [file, folder] = [`file ${round}`, `folder ${round}`];
    place.write(file, 'x');
    mkdirSync(place.at(folder));
    await place.scan();
    for (const path of [file, folder]) mark(place, path, 'late');
  }
  await place.scanCalmly();
  await place.scanCalmly();
  for (let round = 0; round < 20; round++) {
    for (const path of [`file ${round}`, `folder ${round}`])
      assert.equal(markOf(place, path), packed(['user.mark', 'late']), path);
  }
});

test('attributes go along with a rename', { skip }, async (t) => {
  const place = new Place(t);
  place.write('file', 'x');
  mark(place, 'file', 'goes along');
  await place.scanCalmly();
  const id = place.id('file');
  renameSync(place.at('file'), place.at('renamed'));
  assert.equal((await place.scanCalmly()).hashedFiles, 0);
  assert.equal(place.id('renamed'), id);
  assert.equal(markOf(place, 'renamed'), packed(['user.mark', 'goes along']));
});

test('a mirror takes an attribute that somebody has changed, and keeps those that its disk cannot hold', { skip }, async (t) => {
  const place = new Place(t);
  place.write('file', 'x');
  mark(place, 'file', 'held');
  await place.scanCalmly();
  const given = packed(['user.mark', 'held'], ['user.unheld', 'in the manifest alone']);
  const { meta } = place.row('file') ?? assert.fail();
  place.manifest.update(place.id('file'), { meta: { ...meta, xattrs: given } });
  place.manifest.setSeenXattrs(place.id('file'), packed(['user.mark', 'held']));

  chmodSync(place.at('file'), 0o600);
  await place.calm();
  await place.scan({ mode: 'mirror' });
  assert.equal(markOf(place, 'file'), given, 'the disk held no more before');

  mark(place, 'file', 'by hand');
  await place.calm();
  const drifted = await place.scan({ mode: 'mirror' });
  assert.equal(markOf(place, 'file'), packed(['user.mark', 'by hand']));
  assert.deepEqual([drifted.changed, drifted.hashedFiles], [1, 0]);
});

test('a manifest from before attributes were read learns them in one scan that reads no file', { skip }, async (t) => {
  const place = new Place(t);
  place.write('folder/file', 'text');
  symlinkSync('x', place.at('link'));
  mark(place, 'folder/file', 'was always there');
  await place.scanCalmly();
  const row = place.row('folder/file') ?? assert.fail();
  place.manifest.update(row.id, { meta: { ...row.meta, xattrs: '' } });
  place.manifest.setSetting('xattrs-read-by', null);
  const upgraded = await place.scanCalmly();
  assert.equal(upgraded.hashedFiles, 0);
  assert.equal(markOf(place, 'folder/file'), packed(['user.mark', 'was always there']));
  assert.equal((await place.scanCalmly()).changed, 0);
});
