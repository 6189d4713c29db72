import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { BtsootError } from '../model/errors.js';
import { directory, file, manifestFile, name } from './fixture.js';
import { ManifestInspection } from './inspection.js';
import { Manifest, ROOT_ID } from './manifest.js';
import { NEWEST_VERSION } from './schema.js';

function inspected<T>(at: string, look: (open: ManifestInspection) => T): T {
  const open = ManifestInspection.open(at);
  assert.ok(open !== null);
  try {
    return look(open);
  } finally {
    open.close();
  }
}

const kind = (wanted: string) => (error: unknown) =>
  error instanceof BtsootError && error.kind === wanted && error.hint !== undefined;

test('what a manifest says of itself, also while somebody else writes to it', (t) => {
  const at = manifestFile(t);
  const manifest = Manifest.open(at);
  const folder = manifest.insert(ROOT_ID, name('folder'), directory(), null);
  manifest.insert(folder, name('file'), file('x'), null);
  manifest.setListing(folder, Buffer.from('x'));
  manifest.setSetting('a', 'b');
  const before = inspected(at, (open) => ({ facts: open.facts(), setting: open.setting('a'), none: open.setting('c') }));
  assert.deepEqual([before.setting, before.none], ['b', null]);
  assert.equal(before.facts.folders, 1);
  assert.equal(before.facts.schemaVersion, NEWEST_VERSION);
  assert.equal(before.facts.isJournalOpen, false);
  manifest.setJournal(Buffer.from('x'));
  assert.equal(
    inspected(at, (open) => open.facts().isJournalOpen),
    true,
  );
  assert.deepEqual(
    inspected(at, (open) => open.complaints()),
    [],
  );
  assert.equal(
    inspected(at, (open) => open.hasSlot(Buffer.from('folder'))),
    false,
    'the tree is no history',
  );
  manifest.close();
});

test('an old one is not brought up to date, and a newer one is refused', (t) => {
  const at = manifestFile(t);
  Manifest.open(at).close();
  const db = new Sqlite(at);
  db.exec('DROP TRIGGER damage_mended; DROP TRIGGER damage_gone; DROP TABLE damage; PRAGMA user_version = 3');
  assert.deepEqual(
    inspected(at, (open) => [open.facts().schemaVersion, open.facts().damaged]),
    [3, 0],
  );
  assert.equal(db.pragma('user_version', { simple: true }), 3);
  db.pragma(`user_version = ${NEWEST_VERSION + 1}`);
  db.close();
  assert.throws(() => ManifestInspection.open(at), kind('version'));
});

test('what is missing, what is none, and what is damaged', (t) => {
  const at = manifestFile(t);
  assert.equal(ManifestInspection.open(at), null);
  writeFileSync(at, 'this is no database, whatever its name says, and is long enough to be one. '.repeat(20));
  assert.throws(() => ManifestInspection.open(at), kind('corrupt'));
  writeFileSync(at, '');
  assert.throws(() => ManifestInspection.open(at), kind('corrupt'));
});

test('a damaged page is found by reading all of it', (t) => {
  const at = manifestFile(t);
  const manifest = Manifest.open(at);
  manifest.transaction(() => {
    for (let number = 0; number < 2_000; number++)
      manifest.insert(ROOT_ID, name(`a name of some length, ${number}`), file('x'), null);
  });
  manifest.close();
  const bytes = readFileSync(at);
  bytes.fill(0xaa, bytes.length - 5 * 4096, bytes.length - 4096);
  writeFileSync(at, bytes);
  const complaints = inspected(at, (open) => {
    try {
      return open.complaints();
    } catch (error) {
      assert.ok(kind('corrupt')(error));
      return ['refused'];
    }
  });
  assert.ok(complaints.length > 0);
});
