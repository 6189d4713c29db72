import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { directoryDigest } from '../model/digest.js';
import { applyChange, changes } from './changes.js';
import { directory, file, freshManifest, manifestFile, meta, name } from './fixture.js';
import { HISTORY_ID, Manifest, ROOT_ID } from './manifest.js';
import { NaiveManifest, snapshotOf } from './naive.js';

test('after any changes the tree, its digest and its counts are those of the naive manifest', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 8, arbitrary: changes }, { weight: 1, arbitrary: fc.constant('settle' as const) }), {
        minLength: 20,
        maxLength: 120,
        size: 'max',
      }),
      (steps) => {
        const manifest = freshManifest(t);
        const naive = new NaiveManifest(manifest.root().meta);
        // One transaction, for speed alone.
        manifest.transaction(() => {
          for (const step of steps) {
            if (step === 'settle') manifest.settle();
            else applyChange(manifest, naive, step);
          }
        });
        assert.equal(manifest.stateDigest(), naive.stateDigest());
        assert.deepEqual(snapshotOf(manifest), naive.snapshot());
        const { entryCount, totalBytes } = manifest.root();
        assert.deepEqual({ entryCount, totalBytes }, naive.totals());
        manifest.close();
      },
    ),
    { numRuns: 60, interruptAfterTimeLimit: 20_000 },
  );
});

test('a change makes the digests above it stale and no other', (t) => {
  const manifest = freshManifest(t);
  const left = manifest.insert(ROOT_ID, name('left'), directory(), null);
  const right = manifest.insert(ROOT_ID, name('right'), directory(), null);
  const below = manifest.insert(left, name('below'), directory(), null);
  manifest.settle();
  const untouched = digestOf(right);
  manifest.insert(below, name('file'), file('x'), null);
  assert.deepEqual([manifest.root().digest, digestOf(left), digestOf(below), digestOf(right)], ['', '', '', untouched]);
  manifest.settle();
  assert.equal(digestOf(below), directoryDigest(manifest.children(below)));

  function digestOf(id: number): string {
    const node = manifest.row(id);
    assert.equal(node?.kind, 'directory');
    return node.digest;
  }
});

test('a subtree keeps its digest wherever it is moved, and is found by it only in the tree', (t) => {
  const manifest = freshManifest(t);
  const folder = manifest.insert(ROOT_ID, name('folder'), directory(), null);
  manifest.insert(folder, name('file'), file('x'), null);
  manifest.settle();
  const { digest } = manifest.children(ROOT_ID).find((node) => node.kind === 'directory') ?? assert.fail();
  assert.deepEqual(ids(), [folder]);
  manifest.rename(folder, HISTORY_ID, name('1-1'));
  assert.deepEqual(ids(), []);
  manifest.rename(folder, ROOT_ID, name('elsewhere'));
  assert.deepEqual(ids(), [folder]);
  assert.deepEqual(manifest.withDigest(digest, 0), []);

  function ids(): number[] {
    return manifest.withDigest(digest, 10).map((node) => node.id);
  }
});

test('metadata of the root changes the state', (t) => {
  const manifest = freshManifest(t);
  const before = manifest.stateDigest();
  manifest.update(ROOT_ID, { meta: meta(77, 0o700) });
  assert.notEqual(manifest.stateDigest(), before);
});

test('a chain of 2,000 folders settles and is removed without recursion', (t) => {
  const manifest = freshManifest(t);
  const top = manifest.insert(ROOT_ID, name('top'), directory(), null);
  manifest.transaction(() => {
    let at = top;
    for (let depth = 1; depth < 2_000; depth += 1) at = manifest.insert(at, name('d'), directory(), null);
  });
  manifest.settle();
  assert.equal(manifest.root().entryCount, 2_000);
  manifest.remove(top);
  manifest.settle();
  assert.equal(manifest.root().entryCount, 0);
});

test('what another connection has settled between two changes of one folder is stale again, its listing gone', (t) => {
  const at = manifestFile(t);
  const [one, other] = [Manifest.open(at), Manifest.open(at)];
  const folder = one.insert(ROOT_ID, name('folder'), directory(), null);
  one.insert(folder, name('first'), file('first'), null);
  other.settle();
  other.setListing(folder, Buffer.from('as it is'));
  one.insert(folder, name('second'), file('second'), null);
  assert.equal(one.listing(folder), null);
  assert.equal(one.root().digest, '');
  one.settle();
  assert.equal(one.root().entryCount, 3);
  one.close();
  other.close();
});

test('what a transaction that was rolled back has marked stale is marked anew', (t) => {
  const manifest = freshManifest(t);
  const folder = manifest.insert(ROOT_ID, name('folder'), directory(), null);
  manifest.settle();
  assert.throws(() =>
    manifest.transaction(() => {
      manifest.insert(folder, name('lost'), file('x'), null);
      throw new Error('half way');
    }),
  );
  assert.notEqual(manifest.root().digest, '');
  manifest.insert(folder, name('kept'), file('x'), null);
  assert.equal(manifest.root().digest, '');
});
