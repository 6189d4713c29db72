import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { byteString, type Name } from '../model/bytes.js';
import { directoryDigest } from '../model/digest.js';
import { CHILDREN_PER_PAGE } from './child-records.js';
import { directory, file, freshManifest, name, special, symlink } from './fixture.js';
import { type Manifest, type NewEntry, ROOT_ID } from './manifest.js';

for (const count of [0, 1, CHILDREN_PER_PAGE - 1, CHILDREN_PER_PAGE, CHILDREN_PER_PAGE + 1, 2 * CHILDREN_PER_PAGE]) {
  test(`a directory of ${count} entries has the digest and the totals of all of them`, (t) => {
    const manifest = freshManifest(t);
    const kinds = [file('x'), file('yy', 2), file(null), directory(), symlink('to'), special(1)];
    manifest.transaction(() => {
      // Every other name in reverse, so that ids say nothing about the order.
      for (let index = 0; index < count; index++) {
        const entry = kinds[index % 7] ?? { ...file('zzz'), group: 'a'.repeat(16) };
        manifest.insert(ROOT_ID, name(`${index % 2 === 0 ? index : 10_000 - index}`), entry, null);
      }
    });
    assertSettled(manifest);
  });
}

const extreme = (max: number) => fc.oneof(fc.constantFrom(0, 1, max), fc.nat({ max }));
const contents = fc.record({
  hash: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  // Twelve of them are still counted exactly.
  sizeBytes: extreme(2 ** 49),
});
const files: fc.Arbitrary<NewEntry> = fc.record({
  kind: fc.constant('file' as const),
  meta: fc.record({
    mode: extreme(0o7777),
    uid: extreme(0xffff_ffff),
    gid: extreme(0xffff_ffff),
    mtimeUs: fc.oneof(
      fc.constantFrom(0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 32, -(2 ** 32)),
      fc.maxSafeInteger(),
    ),
    xattrs: fc.constantFrom('', '', '\x06user.a\x01\0\0\0v'),
  }),
  content: fc.oneof({ weight: 8, arbitrary: contents }, { weight: 1, arbitrary: fc.constant(null) }),
});
const names = fc
  .uint8Array({ minLength: 1, maxLength: 255 })
  .map((bytes) => byteString(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 1 : byte))) as Name);

test('any files have the digest that their entries have', (t) => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(names, files), { selector: ([of]) => of, maxLength: 12 }), (some) => {
      const manifest = freshManifest(t);
      manifest.transaction(() => {
        for (const [of, entry] of some) manifest.insert(ROOT_ID, of, entry, null);
      });
      assertSettled(manifest);
      manifest.close();
    }),
    { numRuns: 80 },
  );
});

test('names as long as they come do not crowd each other out', (t) => {
  const manifest = freshManifest(t);
  manifest.transaction(() => {
    for (let index = 0; index < 300; index++)
      manifest.insert(ROOT_ID, name(`${String(index).padStart(3, '0')}${'x'.repeat(4_000)}`), file('x', index), null);
  });
  assertSettled(manifest);
});

function assertSettled(manifest: Manifest): void {
  manifest.settle();
  const children = manifest.children(ROOT_ID);
  const { digest, entryCount, totalBytes } = manifest.root();
  assert.equal(digest, directoryDigest(children));
  assert.equal(entryCount, children.length);
  const sizes = children.map((child) => (child.kind === 'file' ? (child.content?.sizeBytes ?? 0) : 0));
  assert.equal(
    totalBytes,
    sizes.reduce((sum, size) => sum + size, 0),
  );
}
