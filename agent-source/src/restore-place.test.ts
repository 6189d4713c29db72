import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fromText } from '@btsoot/shared/model/bytes.js';
import { temporaryDirectory } from './fixtures.js';
import { refuseMirror } from './restore-place.js';

/** A remote's root with the mirrors `photos` and `family/käse`. */
function rootWithMirrors(): string {
  const root = path.join(realpathSync(temporaryDirectory()), 'usb');
  for (const folder of ['photos/2024', 'family/käse', '.btsoot/blocks/photos', '.btsoot/blocks/family%2Fk%C3%A4se'])
    mkdirSync(path.join(root, folder), { recursive: true });
  return root;
}

test('what is, holds or lies in a mirror or its records is refused, whether it is there or not', () => {
  const root = rootWithMirrors();
  const refused = [
    '',
    'photos',
    'photos/2024',
    'photos/new/deep',
    'Photos',
    'family',
    'family/käse/x',
    '.btsoot',
    '.BTSOOT/blocks',
  ];
  for (const place of [...refused, 'photos/', 'nowhere/../photos'])
    assert.throws(
      () => refuseMirror(fromText(`${root}/${place}`), []),
      { kind: 'invalid', message: /belongs to a remote/ },
      place,
    );
});

test('a symlink is no way around', () => {
  const root = rootWithMirrors();
  const link = path.join(path.dirname(root), 'link');
  symlinkSync(path.join(root, 'photos'), link);
  for (const place of [link, `${link}/new`]) assert.throws(() => refuseMirror(fromText(place), []), { kind: 'invalid' }, place);
});

test('what lies beside may be restored to', () => {
  const root = rootWithMirrors();
  const beside = ['restored', 'photos-old', 'family/other', 'photos.'].map((place) => `${root}/${place}`);
  for (const place of [...beside, path.dirname(root), '/nowhere/at/all', '/']) refuseMirror(fromText(place), []);
});

test('a folder that holds the root of a remote is refused, by whatever names', () => {
  const root = rootWithMirrors();
  const [above, missing] = [path.dirname(root), path.join(path.dirname(root), 'missing')];
  const link = path.join(temporaryDirectory(), 'link');
  symlinkSync(above, link);
  for (const known of [root, path.join(link, 'usb')])
    for (const place of [above, link, path.dirname(above), '/'])
      assert.throws(
        () => refuseMirror(fromText(place), [fromText(known)]),
        { kind: 'invalid', message: /a remote's folder .*usb lies in it/ },
        place,
      );
  for (const place of [`${root}/restored`, `${above}/us`, temporaryDirectory()]) refuseMirror(fromText(place), [fromText(root)]);
  refuseMirror(fromText(above), [fromText(missing)]);
});
