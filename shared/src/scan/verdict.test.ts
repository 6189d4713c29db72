import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Seen } from '../model/seen.js';
import { isRacy, smudged } from './granularity.js';
import { isOccupant, mirroredMetadata, verdictOn } from './verdict.js';

const MS = 1_000_000n;
const AT = 1_700_000_000_000n;

const seen = (changes: Partial<Seen> = {}): Seen => ({
  dev: 0n,
  ino: 77n,
  sizeBytes: 5n,
  mtimeNs: AT * MS + 123n,
  ctimeNs: AT * MS + 456n,
  btimeNs: 9n,
  mode: 0o100644,
  uid: 1,
  gid: 1,
  nlink: 1,
  ...changes,
});

test('what a stat proves', () => {
  const before = seen();
  const later = AT * MS + 10n ** 12n;
  assert.equal(verdictOn(null, before, false), 'changed');
  assert.equal(verdictOn(before, seen(), false), 'same');
  assert.equal(verdictOn(before, seen({ ino: 78n }), false), 'touched', 'an unstable inode number');
  assert.equal(verdictOn(before, seen({ ino: 78n, btimeNs: 10n }), false), 'changed');
  assert.equal(verdictOn(before, seen({ sizeBytes: 6n }), false), 'changed');
  assert.equal(verdictOn(before, seen({ mtimeNs: later, ctimeNs: later }), false), 'changed');
  assert.equal(verdictOn(before, seen({ ctimeNs: later }), false), 'changed', 'nothing explains the ctime');
  assert.equal(verdictOn(before, seen({ ctimeNs: later, mode: 0o100600 }), false), 'touched');
  assert.equal(verdictOn(before, seen({ ctimeNs: later, nlink: 2 }), false), 'touched');
  assert.equal(verdictOn(before, seen({ ctimeNs: later }), true), 'touched', 'a rename explains it');
  assert.equal(verdictOn(before, seen(), true), 'changed', 'a rename that left no trace');
  assert.equal(verdictOn(smudged(before), seen({ mode: 0o100600 }), false), 'changed');
});

test('who holds a name', () => {
  const before = seen();
  assert.equal(isOccupant(null, before, 'file'), 'yes');
  assert.equal(isOccupant(before, seen({ sizeBytes: 9n, mtimeNs: 1n }), 'file'), 'yes');
  assert.equal(isOccupant(before, seen({ btimeNs: 10n }), 'file'), 'no', 'an inode number used again');
  assert.equal(isOccupant(before, seen({ ino: 78n }), 'file'), 'likely');
  assert.equal(isOccupant(before, seen({ ino: 78n, mtimeNs: 1n }), 'file'), 'no');
  assert.equal(isOccupant(before, seen({ ino: 78n, mtimeNs: 1n }), 'directory'), 'likely', 'born in the same instant');
  assert.equal(isOccupant(seen({ dev: 5n }), seen({ dev: 6n }), 'directory'), 'yes', 'mounted again');
  assert.equal(isOccupant(seen({ dev: 5n }), seen({ dev: 0n }), 'directory'), 'no', 'not mounted');
});

test('racily clean', () => {
  const at = Number(AT);
  const aged = (ms: bigint, fraction = 1n): Seen => seen({ mtimeNs: 0n, ctimeNs: (AT - ms) * MS + fraction });
  assert.equal(isRacy(aged(20n), at), true);
  assert.equal(isRacy(aged(60n), at), false);
  assert.equal(isRacy(aged(1000n, 0n), at), true, 'whole seconds: a coarse clock');
  assert.equal(isRacy(aged(3000n, 0n), at), false);
  assert.equal(isRacy(aged(-5000n), at), true, 'a file server whose clock is ahead');
  assert.equal(isRacy(seen({ mtimeNs: (AT + 99_999n) * MS, ctimeNs: 1n }), at), false, 'somebody set a time to come');
  assert.equal(isRacy(seen({ mtimeNs: (AT - 10n) * MS, ctimeNs: 1n }), at), true);
});

test('a mirror takes over the fields that changed on its disk, and no others', () => {
  const kept = { mode: 0o600, uid: 1000, gid: 1000, mtimeUs: 42, xattrs: '' };
  const now = seen({ gid: 7 });
  assert.deepEqual(mirroredMetadata('mirror', kept, seen(), now), { ...kept, gid: 7 });
  assert.deepEqual(mirroredMetadata('origin', kept, seen(), now), mirroredMetadata('mirror', kept, null, now));
});
