import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROWS_PER_STATEMENT } from './batches.js';
import { contentOf, directory, file, freshManifest, kindIs, meta, name, seenOf } from './fixture.js';
import { type Manifest, type NewFile, ROOT_ID } from './manifest.js';

/** Each third one has the content of another, each fifth one extended attributes. */
function someFiles(count: number): NewFile[] {
  return Array.from({ length: count }, (_, index) => ({
    name: name(`file ${(index * 7919) % 10_007}`),
    meta: { ...meta(index, 0o600 + (index % 8)), xattrs: index % 5 === 0 ? '\x06user.a\x01\0\0\0v' : '' },
    content: contentOf(`${index % 3 === 0 ? index % 9 : index}`),
    seen: seenOf(2n ** 64n - BigInt(index + 1), { dev: BigInt(index % 2) }),
  }));
}

/** All that is known of the root's entries, in the order of their ids. */
function known(manifest: Manifest): unknown[] {
  const rows = manifest.children(ROOT_ID).sort((a, b) => a.id - b.id);
  return rows.map((row) => [row, manifest.seen(row.id)]);
}

for (const count of [
  0,
  1,
  7,
  8,
  9,
  ROWS_PER_STATEMENT - 1,
  ROWS_PER_STATEMENT,
  ROWS_PER_STATEMENT + 1,
  3 * ROWS_PER_STATEMENT + 17,
]) {
  test(`${count} files that are inserted together are what they are when each is inserted alone`, (t) => {
    const [together, alone] = [freshManifest(t), freshManifest(t)];
    const files = someFiles(count);
    // Some of the contents are there already, and their rows' ids have gaps.
    for (const manifest of [together, alone]) {
      for (const text of ['1', '2', '4']) manifest.insert(ROOT_ID, name(`before ${text}`), file(text), null);
      manifest.remove(manifest.child(ROOT_ID, name('before 2'))?.id ?? assert.fail());
      manifest.settle();
    }
    const ids = together.insertFiles(ROOT_ID, files);
    const expected = files.map((one) =>
      alone.insert(ROOT_ID, one.name, { kind: 'file', meta: one.meta, content: one.content }, one.seen),
    );
    assert.deepEqual(ids, expected);
    assert.deepEqual(known(together), known(alone));
    assert.equal(together.stateDigest(), alone.stateDigest());
    for (const [index, { content, seen }] of files.entries()) {
      assert.deepEqual(together.withInode(seen.dev, seen.ino), [ids?.[index]]);
      assert.deepEqual(together.withContent(content, 100), alone.withContent(content, 100));
    }
  });
}

test('where one of the names is taken, none of the files is inserted', (t) => {
  const manifest = freshManifest(t);
  const files = someFiles(ROWS_PER_STATEMENT + 1);
  manifest.insert(ROOT_ID, files.at(-1)?.name ?? assert.fail(), file('there'), null);
  const before = known(manifest);
  assert.equal(manifest.insertFiles(ROOT_ID, files), null);
  assert.deepEqual(known(manifest), before);
});

test('what is no directory takes no files', (t) => {
  const manifest = freshManifest(t);
  const id = manifest.insert(ROOT_ID, name('file'), file('x'), null);
  for (const parent of [id, 12_345]) assert.throws(() => manifest.insertFiles(parent, someFiles(1)), kindIs('not-found'));
});

test('files that a session inserts together are in its history, and not in the one before', (t) => {
  const manifest = freshManifest(t);
  const folder = manifest.insert(ROOT_ID, name('folder'), directory(), null);
  const session = () => manifest.beginSession({ startedUs: 1, sourceName: 'test' });
  const end = () => manifest.endSession({ finishedUs: 2, steps: null });
  session();
  manifest.update(folder, { meta: meta(7, 0o700) });
  const first = end();
  session();
  manifest.insertFiles(folder, someFiles(40));
  const second = end();
  assert.equal(manifest.asOf(first).children(folder).length, 0);
  assert.equal(manifest.asOf(second).children(folder).length, 40);
});
