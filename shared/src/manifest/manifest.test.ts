import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareBytes, type Name } from '../model/bytes.js';
import { contentOf, directory, file, freshManifest, kindIs, manifestFile, meta, name, path, seenOf, symlink } from './fixture.js';
import { HISTORY_ID, LIMBO_ID, Manifest, ROOT_ID, STASH_ID } from './manifest.js';
import { snapshotOf } from './naive.js';

test('reopening keeps everything', (t) => {
  const at = manifestFile(t);
  const before = Manifest.open(at);
  const folder = before.insert(ROOT_ID, name('folder'), directory(false), seenOf(7n));
  const id = before.insert(folder, name('é'), file('content', -5), seenOf(2n ** 64n - 1n, { dev: 3n }));
  before.insert(folder, name('link'), symlink('\xff/..'), null);
  before.setPeer(id, 42);
  before.setListing(folder, Buffer.from([1, 0, 255]));
  before.setSetting('key', 'value');
  before.setJournal(Buffer.from('journal'));
  const was = { id: before.manifestId, tree: snapshotOf(before), digest: before.stateDigest() };
  before.close();

  const after = Manifest.open(at);
  t.after(() => after.close());
  assert.deepEqual({ id: after.manifestId, tree: snapshotOf(after), digest: after.stateDigest() }, was);
  assert.deepEqual(after.seen(id), seenOf(2n ** 64n - 1n, { dev: 3n }));
  assert.deepEqual(after.withInode(3n, 2n ** 64n - 1n), [id]);
  assert.deepEqual([after.peer(id), after.withPeer(42)], [42, id]);
  assert.deepEqual(after.listing(folder), Buffer.from([1, 0, 255]));
  assert.deepEqual([after.setting('key'), after.setting('none')], ['value', null]);
  assert.deepEqual(after.journal(), Buffer.from('journal'));
});

test('names are bytes, and children come in byte order', (t) => {
  const manifest = freshManifest(t);
  const names: Name[] = [];
  for (let byte = 1; byte < 256; byte += 1) if (byte !== 0x2f) names.push(String.fromCharCode(byte, 255 - byte || 1) as Name);
  for (const each of names.toReversed()) manifest.insert(ROOT_ID, each, file(), null);
  const read = manifest.children(ROOT_ID).map((node) => node.name);
  assert.deepEqual(read, names.toSorted(compareBytes));
  for (const each of names) assert.equal(manifest.child(ROOT_ID, each)?.name, each);
});

test('a directory of 5,000 children', (t) => {
  const manifest = freshManifest(t);
  const folder = manifest.insert(ROOT_ID, name('folder'), directory(), null);
  manifest.transaction(() => {
    for (let n = 0; n < 5_000; n += 1) manifest.insert(folder, name(`file ${n}`), file(`${n % 100}`), null);
  });
  assert.equal(manifest.children(folder).length, 5_000);
  assert.equal(manifest.withContent(contentOf('7'), 1_000).length, 50);
  assert.equal(manifest.withContent(contentOf('7'), 3).length, 3);
  manifest.remove(folder);
  assert.deepEqual(manifest.children(ROOT_ID), []);
  assert.equal(manifest.holdersOf(contentOf('7'), 1)[0], undefined);
});

test('a second entry of one name is refused', (t) => {
  const manifest = freshManifest(t);
  manifest.insert(ROOT_ID, name('a'), file(), null);
  const b = manifest.insert(ROOT_ID, name('b'), file(), null);
  assert.throws(() => manifest.insert(ROOT_ID, name('a'), directory(), null), kindIs('exists'));
  assert.throws(() => manifest.rename(b, ROOT_ID, name('a')), kindIs('exists'));
  assert.throws(() => manifest.insert(b, name('c'), file(), null), kindIs('not-found'));
  assert.throws(() => manifest.insert(999, name('c'), file(), null), kindIs('not-found'));
});

test('what makes no sense is refused and changes nothing', (t) => {
  const manifest = freshManifest(t);
  const outer = manifest.insert(ROOT_ID, name('outer'), directory(), null);
  const inner = manifest.insert(outer, name('inner'), directory(), null);
  const before = snapshotOf(manifest);
  assert.throws(() => manifest.rename(outer, inner, name('x')), kindIs('invalid'));
  assert.throws(() => manifest.rename(outer, outer, name('x')), kindIs('invalid'));
  assert.throws(() => manifest.rename(ROOT_ID, outer, name('x')), kindIs('invalid'));
  assert.throws(() => manifest.remove(HISTORY_ID), kindIs('invalid'));
  assert.throws(() => manifest.update(inner, { content: null }), kindIs('invalid'));
  assert.throws(() => manifest.update(999, { meta: meta() }), kindIs('not-found'));
  assert.throws(() => manifest.locate(999), kindIs('not-found'));
  assert.deepEqual(snapshotOf(manifest), before);
});

test('only what hangs below the root is the tree', (t) => {
  const manifest = freshManifest(t);
  const ids = new Map<number, number>();
  for (const area of [ROOT_ID, LIMBO_ID, HISTORY_ID, STASH_ID]) {
    const folder = manifest.insert(area, name('folder'), directory(), null);
    ids.set(area, manifest.insert(folder, name('file'), file(`in ${area}`), null));
  }
  const areas = [...ids].map(([area, id]) => ({
    area: manifest.locate(id).area,
    path: manifest.locate(id).path,
    inTree: manifest.get(id) !== undefined,
    found: manifest.withContent(contentOf(`in ${area}`), 9).length,
    held: manifest.holdersOf(contentOf(`in ${area}`), 1)[0] !== undefined,
    row: manifest.row(id)?.name,
    at: manifest.lookupIn(area, path('folder/file'))?.id === id,
  }));
  const common = { path: 'folder/file', row: 'file', at: true };
  assert.deepEqual(areas, [
    { ...common, area: 'tree', inTree: true, found: 1, held: true },
    { ...common, area: 'limbo', inTree: false, found: 0, held: false },
    { ...common, area: 'history', inTree: false, found: 0, held: true },
    { ...common, area: 'stash', inTree: false, found: 0, held: true },
  ]);
  assert.deepEqual(manifest.locate(STASH_ID), { area: 'stash', path: '', diskPath: '' });
  assert.equal(manifest.lookup(path('folder/none/file')), undefined);
});

test('an exception undoes the outermost transaction whole', (t) => {
  const manifest = freshManifest(t);
  const undone = new Error('undone');
  assert.throws(() => {
    manifest.transaction(() => {
      manifest.transaction(() => manifest.insert(ROOT_ID, name('inner'), file('x'), null));
      manifest.setSetting('key', 'value');
      throw undone;
    });
  }, undone);
  assert.deepEqual(manifest.children(ROOT_ID), []);
  assert.equal(manifest.setting('key'), null);
  assert.equal(
    manifest.transaction(() => manifest.transaction(() => manifest.insert(ROOT_ID, name('kept'), file(), null))),
    manifest.lookup(path('kept'))?.id,
  );
  assert.throws(() => manifest.transaction(async () => {}), kindIs('internal'));
});

test('a listing is dropped when a child comes, goes, moves or is seen anew', (t) => {
  const manifest = freshManifest(t);
  const [from, to] = [name('from'), name('to')].map((each) => manifest.insert(ROOT_ID, each, directory(), null)) as [
    number,
    number,
  ];
  const drops = (ids: number[], change: () => void) => {
    for (const id of [from, to, ROOT_ID]) manifest.setListing(id, Buffer.from('listing'));
    change();
    assert.deepEqual(
      [from, to, ROOT_ID].filter((id) => manifest.listing(id) === null),
      ids,
    );
  };
  let id = 0;
  drops([from], () => {
    id = manifest.insert(from, name('file'), file('x'), null);
  });
  drops([from], () => manifest.setSeen(id, seenOf(1n)));
  drops([from, to], () => manifest.rename(id, to, name('file')));
  drops([], () => manifest.setPeer(id, 5));
  drops([to], () => manifest.remove(id));
  drops([ROOT_ID], () => manifest.setSeen(to, null));
  drops([to, ROOT_ID], () => manifest.remove(to));
});

test('a peer is one to one, moves with its row and goes with it', (t) => {
  const manifest = freshManifest(t);
  const folder = manifest.insert(ROOT_ID, name('folder'), directory(), null);
  const a = manifest.insert(folder, name('a'), file(), null);
  const b = manifest.insert(folder, name('b'), file(), null);
  manifest.setPeer(a, 70);
  manifest.setPeer(b, 70);
  assert.deepEqual([manifest.peer(a), manifest.peer(b), manifest.withPeer(70)], [null, 70, b]);
  manifest.rename(folder, STASH_ID, name('1'));
  assert.equal(manifest.withPeer(70), b);
  manifest.remove(folder);
  assert.equal(manifest.withPeer(70), undefined);
});

test('clearing leaves an empty root, settings and the identity', (t) => {
  const manifest = freshManifest(t);
  const id = manifest.insert(ROOT_ID, name('a'), file(), null);
  manifest.setPeer(ROOT_ID, 1);
  manifest.setSetting('key', 'value');
  manifest.setJournal(Buffer.from('x'));
  manifest.beginSession({ startedUs: 1, sourceName: 'nas' });
  manifest.insert(HISTORY_ID, name('1-1'), file(), null);
  manifest.clearTree(meta(3, 0o700));
  assert.deepEqual(snapshotOf(manifest), {
    id: ROOT_ID,
    name: '',
    kind: 'directory',
    meta: meta(3, 0o700),
    complete: true,
    children: [],
  });
  assert.deepEqual([manifest.rows(HISTORY_ID), manifest.journal(), manifest.peer(ROOT_ID)], [[], null, null]);
  assert.deepEqual([manifest.resumeSession(), manifest.sessions(), manifest.setting('key')], [null, [], 'value']);
  assert.ok(manifest.insert(ROOT_ID, name('a'), file(), null) > id);
});

test('the names of a group are those in the tree, and a past tree has the groups of its time', (t) => {
  const manifest = freshManifest(t);
  const group = '0123456789abcdef';
  const linked = { ...file('x'), group };
  manifest.beginSession({ startedUs: 1, sourceName: 'nas' });
  const [a = 0, b = 0] = ['a', 'b'].map((called) => manifest.insert(ROOT_ID, name(called), linked, null));
  manifest.insert(ROOT_ID, name('c'), file('x'), null);
  const first = manifest.endSession({ finishedUs: 2, steps: 3 });
  const names = () => manifest.withGroup(group).map((row) => row.name);
  assert.deepEqual(names(), ['a', 'b']);
  const before = manifest.stateDigest();

  manifest.beginSession({ startedUs: 3, sourceName: 'nas' });
  manifest.rename(b, HISTORY_ID, name('2-1'));
  assert.deepEqual(names(), ['a']);
  manifest.update(a, { group: null });
  manifest.endSession({ finishedUs: 4, steps: 2 });
  assert.deepEqual(names(), []);
  assert.notEqual(manifest.stateDigest(), before);
  const then = manifest.asOf(first).children(ROOT_ID);
  assert.deepEqual(
    then.map((row) => row.kind === 'file' && row.group),
    [group, group, null],
  );
});

test('inodes are due until they are settled, whatever their numbers', (t) => {
  const manifest = freshManifest(t);
  const inodes = [
    { dev: 0n, ino: 5n },
    { dev: 0n, ino: 2n ** 64n - 1n },
    { dev: 2n ** 63n, ino: 1n },
  ];
  for (const inode of [...inodes, ...inodes]) manifest.inodeIsDue(inode);
  assert.deepEqual(manifest.inodesDue(10), inodes);
  manifest.inodeIsSettled(inodes[1] as (typeof inodes)[number]);
  assert.deepEqual(manifest.inodesDue(1), [inodes[0]]);
  assert.deepEqual(manifest.inodesDue(10), [inodes[0], inodes[2]]);
});
