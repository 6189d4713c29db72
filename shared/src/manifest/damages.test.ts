import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentOf, directory, file, freshManifest, kindIs, name, path } from './fixture.js';
import { HISTORY_ID, ROOT_ID } from './manifest.js';

const content = contentOf('good');

test('what is damaged has no content, is held by nobody, and changes the digest', (t) => {
  const manifest = freshManifest(t);
  const id = manifest.insert(ROOT_ID, name('a'), file('good'), null);
  const before = manifest.stateDigest();
  manifest.damages.mark(id, 'rotten', 7);
  assert.deepEqual(manifest.damages.get(id), { id, kind: 'rotten', expected: content, foundUs: 7 });
  assert.deepEqual(manifest.holdersOf(content, 8), []);
  assert.notEqual(manifest.stateDigest(), before);
  manifest.damages.mark(id, 'unreadable', 9);
  assert.deepEqual(
    manifest.damages.get(id),
    { id, kind: 'unreadable', expected: content, foundUs: 7 },
    'found when it was first found',
  );

  manifest.rename(id, ROOT_ID, name('b'));
  assert.equal(manifest.damages.count(), 1);
  manifest.update(id, { content });
  assert.equal(manifest.damages.get(id), null);
  manifest.rename(id, ROOT_ID, name('a'));
  assert.equal(manifest.stateDigest(), before);
});

test('damage goes with its row, also where that goes with a folder or with all', (t) => {
  const manifest = freshManifest(t);
  const folder = manifest.insert(HISTORY_ID, name('1-1'), directory(), null);
  const ids = ['a', 'b'].map((text) => manifest.insert(folder, name(text), file(text), null));
  const other = manifest.insert(ROOT_ID, name('c'), file('c'), null);
  for (const id of [...ids, other]) manifest.damages.mark(id, 'missing', 1);
  assert.deepEqual(
    manifest.damages.after(0, 2).map(({ id }) => id),
    ids,
  );
  assert.deepEqual(
    manifest.damages.after(ids[1] ?? 0, 2).map(({ id }) => id),
    [other],
  );
  manifest.remove(folder);
  assert.equal(manifest.damages.count(), 1);
  manifest.clearTree({ mode: 0, uid: 0, gid: 0, mtimeUs: 0, xattrs: '' });
  assert.equal(manifest.damages.count(), 0);
});

test('an old version goes when its time has come, whatever became known of its bytes since', (t) => {
  const manifest = freshManifest(t);
  const session = (work: () => void): number => {
    manifest.beginSession({ startedUs: 1, sourceName: 'nas' });
    work();
    return manifest.endSession({ finishedUs: 2, steps: 1 });
  };
  const ids: number[] = [];
  const first = session(() => {
    for (const slot of ['1-1', '1-2', '1-3']) ids.push(manifest.insert(HISTORY_ID, name(slot), file(slot), null));
  });
  session(() => manifest.insert(ROOT_ID, name('a'), file('good'), null));
  const [damaged = 0, mended = 0] = ids;
  for (const id of [damaged, mended]) manifest.damages.mark(id, 'rotten', 7);
  manifest.update(mended, { content: contentOf('1-2') });
  assert.deepEqual(
    manifest.expiry.slots(first, null, 9).map(({ id }) => id),
    ids,
  );
});

test('an earlier session goes on showing what a damaged file was', (t) => {
  const manifest = freshManifest(t);
  manifest.beginSession({ startedUs: 1, sourceName: 'nas' });
  const id = manifest.insert(ROOT_ID, name('a'), file('good'), null);
  const session = manifest.endSession({ finishedUs: 2, steps: 1 });
  manifest.damages.mark(id, 'rotten', 7);
  const then = manifest.asOf(session).child(ROOT_ID, name('a'));
  assert.deepEqual(then?.kind === 'file' && then.content, content);
  const now = manifest.lookup(path('a'));
  assert.equal(now?.kind === 'file' && now.content, null);
});

test('files are walked by their ids, those without a known content left out', (t) => {
  const manifest = freshManifest(t);
  const folder = manifest.insert(ROOT_ID, name('d'), directory(), null);
  const [one, two, unknown, damaged] = ['1', '2', null, '4'].map((text, index) =>
    manifest.insert(index % 2 === 0 ? folder : HISTORY_ID, name(`f${index}`), file(text), null),
  ) as [number, number, number, number];
  manifest.damages.mark(damaged, 'rotten', 1);
  assert.deepEqual(manifest.damages.filesAfter(0, 9), [one, two, damaged]);
  assert.deepEqual(manifest.damages.filesAfter(one, 1), [two]);
  assert.throws(() => manifest.damages.mark(unknown, 'rotten', 1), kindIs('internal'));
  assert.throws(() => manifest.damages.mark(folder, 'rotten', 1), kindIs('internal'));
});
