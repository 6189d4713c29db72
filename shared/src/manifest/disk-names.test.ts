import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directory, file, freshManifest, manifestFile, name, path } from './fixture.js';
import { Manifest, ROOT_ID } from './manifest.js';

test('an entry has its own name on the disk until it is given another, and loses that when it is renamed', (t) => {
  const manifest = freshManifest(t);
  const folder = manifest.insert(ROOT_ID, name('a:b'), directory(), null);
  const inside = manifest.insert(folder, name('x'), file('x'), null);
  manifest.settle();
  const before = manifest.stateDigest();
  assert.equal(manifest.diskNames.any, false);
  assert.equal(manifest.diskNames.of(ROOT_ID, name('a:b')), 'a:b');
  assert.equal(manifest.diskNames.of(ROOT_ID, name('nothing')), undefined);

  manifest.diskNames.set(folder, name('a%3Ab'));
  assert.equal(manifest.diskNames.any, true);
  assert.equal(manifest.diskNames.of(ROOT_ID, name('a:b')), 'a%3Ab');
  assert.deepEqual(manifest.locate(inside), { area: 'tree', path: path('a:b/x'), diskPath: path('a%3Ab/x') });
  assert.equal(manifest.stateDigest(), before, 'it is in no digest');

  manifest.rename(folder, ROOT_ID, name('plain'));
  assert.equal(manifest.locate(inside).diskPath, 'plain/x');
});

test('they are there when the manifest is opened again', (t) => {
  const at = manifestFile(t);
  const first = Manifest.open(at);
  first.diskNames.set(first.insert(ROOT_ID, name('a:b'), file('x'), null), name('a%3Ab'));
  first.close();
  const again = Manifest.open(at);
  t.after(() => again.close());
  assert.equal(again.diskNames.any, true);
  assert.equal(again.diskNames.of(ROOT_ID, name('a:b')), 'a%3Ab');
});
