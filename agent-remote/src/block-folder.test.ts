import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { parseTreePath } from '@btsoot/shared/model/names.js';
import fc from 'fast-check';
import { checkBlockFolder, checkNotNested, escapeFolder, unescapeFolder } from './block-folder.js';
import { failsAs } from './fixture.js';

const path = (text: string): TreePath => text as TreePath;

test('any folder becomes one plain name, and comes back', () => {
  const names = fc.uint8Array({ minLength: 1, maxLength: 20 }).filter((bytes) => !bytes.includes(0) && !bytes.includes(0x2f));
  fc.assert(
    fc.property(fc.array(names, { minLength: 1, maxLength: 3 }), (parts) => {
      const bytes = Buffer.concat(parts.flatMap((part) => [Buffer.from('/'), part]).slice(1));
      fc.pre(!parts.some((part) => ['.', '..'].includes(Buffer.from(part).toString('latin1'))));
      const folder = parseTreePath(bytes);
      const escaped = escapeFolder(folder);
      assert.match(escaped, /^[A-Za-z0-9_%-][A-Za-z0-9_.%-]*$/);
      assert.equal(unescapeFolder(escaped), folder);
    }),
  );
});

test('names that are no block of ours are not taken for one', () => {
  for (const name of ['', '.', '..', '%2e', 'a%2', 'a b', '%2Ebtsoot', '%2Ebtsoot%2Fx', '%41', 'é'])
    assert.equal(unescapeFolder(name), null, name);
});

test('a folder whose name would not fit is refused', () => {
  assert.throws(() => escapeFolder(path('é'.repeat(86))), failsAs('invalid'));
  assert.equal(escapeFolder(path('a'.repeat(255))).length, 255);
});

test('neither the root nor what lies in .btsoot can be a block', () => {
  for (const folder of ['', '.btsoot', '.btsoot/ca', '.BTSOOT', '.Btsoot/ca'])
    assert.throws(() => checkBlockFolder(path(folder)), failsAs('invalid'));
  for (const folder of ['.btsoot2', 'x/.btsoot']) checkBlockFolder(path(folder));
});

test('blocks lie beside each other', () => {
  const others = [path('photos'), path('a/b')];
  for (const folder of ['photos/2024', 'a', 'a/b/c', 'Photos/2024', 'A'])
    assert.throws(() => checkNotNested(path(folder), others), failsAs('refused'));
  for (const folder of ['photos', 'photos2', 'a/c', 'b']) checkNotNested(path(folder), others);
});

test('a block that differs from another only in case is refused, as it may be the same folder', () => {
  assert.throws(() => checkNotNested(path('Photos'), [path('photos')]), failsAs('refused', /"photos" differs .* only in case/));
  // Other bytes than letters stay apart: 0xC3 0x84 is Ä, 0xC3 0xA4 is ä.
  checkNotNested(path('\xc3\x84'), [path('\xc3\xa4')]);
});
