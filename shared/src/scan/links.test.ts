import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { Content } from '../model/entry.js';
import type { Seen } from '../model/seen.js';
import { Place } from './fixture.js';

/** `a`, `d/b` and `d/c` are one file, `e` and `f` another. */
async function linked(t: TestContext): Promise<Place> {
  const place = new Place(t);
  place.write('d/b', 'one file');
  linkSync(place.at('d/b'), place.at('a'));
  linkSync(place.at('d/b'), place.at('d/c'));
  place.write('e', 'another');
  linkSync(place.at('e'), place.at('f'));
  place.write('single', 'alone');
  await place.scanCalmly();
  return place;
}

test('names of one file are of one group, which stays while names come and go', async (t) => {
  const place = await linked(t);
  const group = place.group('a');
  assert.match(group ?? '', /^[0-9a-f]{16}$/);
  assert.deepEqual([place.group('d/b'), place.group('d/c'), place.group('single')], [group, group, null]);
  assert.notEqual(place.group('e'), group);

  renameSync(place.at('d/b'), place.at('renamed'));
  linkSync(place.at('a'), place.at('d/new'));
  rmSync(place.at('a'));
  await place.scanCalmly();
  assert.deepEqual(
    ['renamed', 'd/c', 'd/new'].map((name) => place.group(name)),
    [group, group, group],
  );

  renameSync(place.at('d'), place.at('moved'));
  await place.scanCalmly();
  assert.equal(place.group('moved/new'), group);

  rmSync(place.at('renamed'));
  rmSync(place.at('moved/new'));
  await place.scanCalmly();
  assert.equal(place.group('moved/c'), null);
});

test('broken links, and links to another file', async (t) => {
  const place = await linked(t);
  const [one, another] = [place.group('a'), place.group('e')];
  copyFileSync(place.at('d/b'), place.at('new'));
  renameSync(place.at('new'), place.at('d/b'));
  rmSync(place.at('d/c'));
  linkSync(place.at('e'), place.at('d/c'));
  await place.scanCalmly();
  assert.deepEqual(
    ['a', 'd/b', 'd/c', 'e', 'f'].map((name) => place.group(name)),
    [null, null, another, another, another],
  );

  linkSync(place.at('a'), place.at('again'));
  await place.scanCalmly();
  assert.equal(place.group('again'), one, 'it is derived from the file');
});

test('a group that parts into two files is one of them, and a manifest made anew says the same', async (t) => {
  const place = await linked(t);
  const group = place.group('a');
  copyFileSync(place.at('a'), place.at('d/c2'));
  renameSync(place.at('d/c2'), place.at('d/c'));
  linkSync(place.at('d/c'), place.at('d/d'));
  linkSync(place.at('a'), place.at('d/e'));
  await place.scanCalmly();
  assert.equal(place.group('a'), group);
  assert.equal(place.group('d/e'), group);
  assert.notEqual(place.group('d/c'), group);
  const before = place.manifest.stateDigest();
  place.manifest.clearTree({ mode: 0, uid: 0, gid: 0, mtimeUs: 0, xattrs: '' });
  await place.scanCalmly();
  assert.equal(place.manifest.stateDigest(), before);
});

test('two files never share a group, whatever a manifest said before', async (t) => {
  const place = await linked(t);
  for (const name of ['a', 'd/b', 'd/c', 'e', 'f']) place.manifest.update(place.id(name), { group: 'abababababababab' });
  place.manifest.update(place.id('single'), { group: 'abababababababab' });
  // Of one of them alone is known that it is to be looked at.
  place.manifest.inodeIsDue(place.manifest.seen(place.id('a')) as Seen);
  await place.scan();
  place.check();
  assert.ok(
    ['a', 'e'].some((name) => place.group(name) === 'abababababababab'),
    'one of them keeps it',
  );
});

test('an edit in place is read once, and shows under all names', async (t) => {
  const place = await linked(t);
  appendFileSync(place.at('d/b'), ', edited');
  assert.equal((await place.scanCalmly()).hashedFiles, 1);
  await place.scanInVain();
});

for (const hardLinks of [true, false]) {
  test(`a new name of a damaged file is damaged too (groups: ${hardLinks})`, async (t) => {
    const place = new Place(t);
    place.write('m', 'good');
    await place.scanCalmly({ hardLinks });
    const expected = contentOf(place, 'm');
    place.manifest.damages.mark(place.id('m'), 'rotten', 7);
    // One is come to before the name that is known, one after it.
    for (const name of ['a', 'z']) linkSync(place.at('m'), place.at(name));
    for (const round of [1, 2]) {
      await place.calm();
      assert.equal((await place.scan({ hardLinks })).hashedFiles, 0, `scan ${round}`);
      for (const name of ['a', 'm', 'z']) {
        const id = place.id(name);
        assert.equal(contentOf(place, name), null, name);
        assert.deepEqual(place.manifest.damages.get(id), { id, kind: 'rotten', expected, foundUs: 7 }, name);
      }
    }

    appendFileSync(place.at('z'), ', written anew');
    await place.calm();
    await place.scan({ hardLinks });
    for (const name of ['a', 'm', 'z']) assert.notDeepEqual(contentOf(place, name), expected, name);
    assert.equal(place.manifest.damages.count(), 0);
  });
}

test('damage that is known of one name is known of all, whichever was looked at last', async (t) => {
  const place = await linked(t);
  const damaged = place.id('d/b');
  place.manifest.damages.mark(damaged, 'unreadable', 7);
  place.manifest.inodeIsDue(place.manifest.seen(damaged) as Seen);
  // A name more changes the ctime under which the others were read.
  linkSync(place.at('a'), place.at('b'));
  await place.calm();
  await place.scan();
  for (const name of ['a', 'b', 'd/b', 'd/c']) {
    assert.equal(contentOf(place, name), null, name);
    assert.equal(place.manifest.damages.get(place.id(name))?.kind, 'unreadable', name);
  }
  assert.notEqual(contentOf(place, 'e'), null);
});

function contentOf(place: Place, name: string): Content | null {
  const row = place.row(name);
  return row?.kind === 'file' ? row.content : assert.fail(`no file at ${name}`);
}

test('a rename of one name has nothing read, and an edit whose time was put back is found all the same', async (t) => {
  const place = await linked(t);
  for (const [from, to] of [
    ['d/b', 'z'],
    ['a', 'd/b'],
    ['z', 'a'],
  ] as const) {
    renameSync(place.at(from), place.at(to));
    assert.equal((await place.scanCalmly()).hashedFiles, 0, `${from} to ${to}`);
  }
  const { atime, mtime } = lstatSync(place.at('a'));
  writeFileSync(place.at('d/c'), 'one FILE');
  utimesSync(place.at('d/c'), atime, mtime);
  assert.ok((await place.scanCalmly()).hashedFiles > 0);
});

test('a mirror without hard links keeps the groups that it was given, one with them does not', async (t) => {
  const place = new Place(t);
  place.write('a', 'text');
  place.write('b', 'text');
  await place.scanCalmly();
  for (const name of ['a', 'b']) place.manifest.update(place.id(name), { group: 'abababababababab' });
  place.write('c', 'so that the folder is looked at');
  await place.scan({ mode: 'mirror', hardLinks: false });
  assert.equal(place.group('a'), 'abababababababab');
  assert.deepEqual(place.manifest.inodesDue(1), []);
  place.write('d', 'again');
  await place.scan({ mode: 'mirror' });
  assert.equal(place.group('a'), null);
});

test('whatever is done to a tree, the groups are what the disk says', async (t) => {
  const place = await linked(t);
  mkdirSync(place.at('g'));
  const names = ['a', 'd/b', 'd/c', 'e', 'f', 'g/h', 'g/i'];
  const name = fc.constantFrom(...names);
  const edit = fc.record({ kind: fc.constantFrom('link', 'break', 'remove', 'write', 'move'), one: name, other: name });
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 8 }), async (edits) => {
      for (const { kind, one, other } of edits) change(place, kind, one, other);
      await place.scan();
      place.check();
    }),
    { numRuns: 40, seed: 1 },
  );
});

function change(place: Place, kind: string, one: string, other: string): void {
  const [from, to] = [place.at(one), place.at(other)];
  const isThere = (at: Buffer): boolean => lstatSync(at, { throwIfNoEntry: false }) !== undefined;
  if (kind === 'write') writeFileSync(from, `${one} ${readdirSync(place.dir).length}`);
  else if (!isThere(from) || one === other) return;
  else if (kind === 'remove') rmSync(from);
  else if (kind === 'break') {
    copyFileSync(from, place.at('aside'));
    renameSync(place.at('aside'), from);
  } else {
    if (isThere(to)) rmSync(to);
    if (kind === 'link') linkSync(from, to);
    else renameSync(from, to);
  }
}
