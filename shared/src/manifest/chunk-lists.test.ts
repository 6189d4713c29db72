import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { contentOf, directory, file, freshManifest, kindIs, letGo, manifestFile, meta, name } from './fixture.js';
import { HISTORY_ID, Manifest, ROOT_ID, STASH_ID } from './manifest.js';

const LIST = Buffer.from('a packed list');

/** A manifest, and how many lists and hooks lie in its file. */
function countable(t: TestContext): { manifest: Manifest; left: () => { lists: number; hooks: number; contents: number } } {
  const at = manifestFile(t);
  const manifest = Manifest.open(at);
  const db = new Sqlite(at, { readonly: true });
  t.after(() => {
    db.close();
    manifest.close();
  });
  const count = (table: string) => db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
  return { manifest, left: () => ({ lists: count('chunks'), hooks: count('hooks'), contents: count('contents') }) };
}

const NOTHING = { lists: 0, hooks: 0, contents: 0 };

test('a list stays through renames and reopening, and goes with the last entry that has its content', (t) => {
  const { manifest, left } = countable(t);
  const folder = manifest.insert(ROOT_ID, name('folder'), directory(), null);
  const one = manifest.insert(folder, name('one'), file('x'), null);
  const two = manifest.insert(folder, name('two'), file('x'), null);
  manifest.setChunks(contentOf('x'), LIST);
  manifest.setHooks(contentOf('x'), [5n, -7n]);
  manifest.rename(folder, STASH_ID, name('1'));
  manifest.rename(one, ROOT_ID, name('moved'));
  assert.deepEqual(manifest.chunks(contentOf('x')), LIST);
  manifest.update(one, { content: contentOf('y') });
  assert.deepEqual(manifest.chunks(contentOf('x')), LIST);
  manifest.remove(two);
  assert.equal(manifest.chunks(contentOf('x')), null);
  assert.deepEqual(left(), { lists: 0, hooks: 0, contents: 1 });
});

test('an old version keeps its list until it expires', (t) => {
  const { manifest, left } = countable(t);
  const id = manifest.insert(ROOT_ID, name('file'), file('old'), null);
  manifest.setChunks(contentOf('old'), LIST);
  manifest.setHooks(contentOf('old'), [1n]);
  manifest.beginSession({ startedUs: 1, sourceName: 'nas' });
  manifest.endSession({ finishedUs: 2, steps: 0 });
  for (const finishedUs of [10, 20]) {
    manifest.beginSession({ startedUs: finishedUs - 1, sourceName: 'nas' });
    manifest.insert(HISTORY_ID, name(`${finishedUs}`), file(finishedUs === 10 ? 'old' : 'new 10'), null);
    manifest.update(id, { content: contentOf(`new ${finishedUs}`) });
    manifest.endSession({ finishedUs, steps: 1 });
  }
  assert.deepEqual(manifest.chunks(contentOf('old')), LIST);
  letGo(manifest, manifest.sessions().find(({ finishedUs }) => finishedUs === 10)?.number ?? 0);
  assert.equal(manifest.chunks(contentOf('old')), null);
  assert.deepEqual(left(), { lists: 0, hooks: 0, contents: 2 });
});

test('clearing takes lists and hooks along', (t) => {
  const { manifest, left } = countable(t);
  manifest.insert(ROOT_ID, name('file'), file('x'), null);
  manifest.setChunks(contentOf('x'), LIST);
  manifest.setHooks(contentOf('x'), [1n]);
  manifest.clearTree(meta());
  assert.deepEqual(left(), NOTHING);
  // Ids of contents are used again: what comes now must not find another one's list.
  manifest.insert(ROOT_ID, name('file'), file('z'), null);
  assert.equal(manifest.chunks(contentOf('z')), null);
  assert.deepEqual(manifest.contentsWithHooks([1n], 4), []);
});

test('the newest list and hooks count, as both sides have just agreed on them', (t) => {
  const manifest = freshManifest(t);
  manifest.setChunks(contentOf('x'), Buffer.from('another cut of it'));
  manifest.setChunks(contentOf('x'), LIST);
  assert.deepEqual(manifest.chunks(contentOf('x')), LIST);
  manifest.setHooks(contentOf('x'), [1n, 1n, 2n]);
  manifest.setHooks(contentOf('x'), [3n]);
  assert.deepEqual(manifest.contentsWithHooks([1n, 2n], 4), []);
  assert.deepEqual(manifest.contentsWithHooks([2n, 3n], 4), [contentOf('x')]);
});

test('a list may come before the entry, and is let go where none comes', (t) => {
  const { manifest, left } = countable(t);
  manifest.setChunks(contentOf('came'), LIST);
  manifest.setChunks(contentOf('failed'), LIST);
  manifest.setHooks(contentOf('failed'), [1n]);
  manifest.insert(ROOT_ID, name('file'), file('came'), null);
  for (const text of ['came', 'failed', 'never known']) manifest.releaseContent(contentOf(text));
  assert.deepEqual(manifest.chunks(contentOf('came')), LIST);
  assert.deepEqual(left(), { lists: 1, hooks: 0, contents: 1 });
});

test('a list that comes in a transaction that fails is not there', (t) => {
  const { manifest, left } = countable(t);
  const undone = new Error('undone');
  assert.throws(() => {
    manifest.transaction(() => {
      manifest.setChunks(contentOf('x'), LIST);
      manifest.setHooks(contentOf('x'), [1n]);
      throw undone;
    });
  }, undone);
  assert.deepEqual(left(), NOTHING);
});

test('contents come by how many hooks they share, the newest first among equals', (t) => {
  const manifest = freshManifest(t);
  const hooks: Record<string, bigint[]> = {
    one: [1n, 2n, 3n, -(2n ** 63n)],
    two: [2n, 3n, 4n, 2n ** 63n - 1n],
    three: [3n, 4n, 5n],
    none: [100n],
  };
  for (const [text, own] of Object.entries(hooks)) manifest.setHooks(contentOf(text), own);
  const found = (asked: bigint[], most = 4) => manifest.contentsWithHooks(asked, most);
  assert.deepEqual(found([1n, 2n, 3n]), ['one', 'two', 'three'].map(contentOf));
  assert.deepEqual(found([3n]), ['three', 'two', 'one'].map(contentOf));
  // A hook that is asked for twice is one.
  assert.deepEqual(found([1n, 1n, 1n, 4n, 2n ** 63n - 1n], 1), [contentOf('two')]);
  assert.deepEqual(found([-(2n ** 63n)]), [contentOf('one')]);
  assert.deepEqual(found([7n]), []);
  assert.deepEqual(found([1n, 3n], 0), []);
});

test('a hook that very many contents have is looked up in a few of them', (t) => {
  const manifest = freshManifest(t);
  manifest.transaction(() => {
    for (let n = 0; n < 500; n += 1) manifest.setHooks(contentOf(`${n}`), [0n, BigInt(n + 1)]);
  });
  const found = manifest.contentsWithHooks([0n, 3n], 1_000);
  assert.deepEqual(found.slice(0, 2), [contentOf('499'), contentOf('498')]);
  assert.ok(found.length < 100);
  assert.ok(found.some(({ hash }) => hash === contentOf('2').hash));
});

test('a list of megabytes is one value, whole', (t) => {
  const manifest = freshManifest(t);
  const large = Buffer.alloc(5_000_000, 'abc');
  manifest.insert(ROOT_ID, name('disk image'), file('x'), null);
  manifest.setChunks(contentOf('x'), large);
  assert.ok(manifest.chunks(contentOf('x'))?.equals(large));
  assert.throws(() => manifest.insert(ROOT_ID, name('disk image'), file('y'), null), kindIs('exists'));
});
