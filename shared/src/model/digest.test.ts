import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromText, type Name } from './bytes.js';
import { directoryDigest } from './digest.js';
import type { Entry } from './entry.js';
import { NO_XATTRS } from './xattrs.js';
import { Xxh3 } from './xxh3.js';

const link = (name: string): Entry => ({
  kind: 'symlink',
  name: fromText(name) as Name,
  meta: { mode: 0o777, uid: 0, gid: 0, mtimeUs: 0, xattrs: NO_XATTRS },
  target: fromText('there'),
});

test('a hash that was used before makes no other digest', () => {
  const hash = new Xxh3();
  hash.update(Buffer.from('of something else'));
  for (const children of [[link('a'), link('b')], [], [link('c')]]) {
    assert.equal(directoryDigest(children, hash), directoryDigest(children));
  }
});
