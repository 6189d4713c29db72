import assert from 'node:assert/strict';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import type { Content } from '../model/entry.js';
import { applyChange, changes } from './changes.js';
import { contentOf, directory, file, freshManifest, kindIs, letGo, manifestFile, meta, name, seenOf } from './fixture.js';
import { HISTORY_ID, Manifest, ROOT_ID, STASH_ID } from './manifest.js';
import { NaiveManifest, type Snapshot, snapshotOf } from './naive.js';

const steps = fc.oneof(
  { weight: 16, arbitrary: changes },
  { weight: 3, arbitrary: fc.constantFrom('begin' as const, 'end' as const) },
  { weight: 1, arbitrary: fc.constantFrom('reopen' as const, 'roll back' as const, 'expire' as const) },
);

test('every kept session reads as the tree was at its end, whatever happened since', (t) => {
  fc.assert(
    fc.property(fc.array(steps, { minLength: 40, maxLength: 200, size: 'max' }), (run) => {
      const path = manifestFile(t);
      let manifest = Manifest.open(path);
      const naive = new NaiveManifest(manifest.root().meta);
      const ends = new Map<number, { snapshot: Snapshot; stateDigest: string }>();
      let now = 1;
      for (const step of run) {
        now += 1;
        if (step === 'begin') {
          if (manifest.resumeSession() === null) manifest.beginSession({ startedUs: now, sourceName: 'nas' });
        } else if (step === 'end') {
          if (manifest.resumeSession() === null) continue;
          const number = manifest.endSession({ finishedUs: now, steps: 1 });
          if (number !== 0) ends.set(number, { snapshot: naive.snapshot(), stateDigest: naive.stateDigest() });
        } else if (step === 'reopen') {
          manifest.close();
          manifest = Manifest.open(path);
        } else if (step === 'roll back') {
          rollBack(manifest);
        } else if (step === 'expire') {
          const oldest = manifest.sessions().filter(({ finishedUs }) => finishedUs !== 0 && finishedUs < now - 20)[0];
          const gone = letGo(manifest, oldest?.number ?? 0);
          for (const row of naive.childrenOf(HISTORY_ID)) if (gone.includes(row.name)) naive.remove(row.id);
        } else {
          applyChange(manifest, naive, step);
          if (step.kind === 'insert' && step.entry.kind === 'file') giveList(manifest, step.entry.content);
        }
      }
      for (const { number, finishedUs, stateDigest } of manifest.sessions()) {
        if (finishedUs === 0) continue;
        assert.deepEqual({ snapshot: snapshotOf(manifest.asOf(number)), stateDigest }, ends.get(number));
      }
      assert.deepEqual(snapshotOf(manifest), naive.snapshot());
      manifest.close();
      checkFile(path);
    }),
    { numRuns: 80, interruptAfterTimeLimit: 20_000 },
  );
});

function giveList(manifest: Manifest, content: Content | null): void {
  if (content === null) return;
  manifest.setChunks(content, Buffer.from(content.hash, 'hex'));
  manifest.setHooks(content, [BigInt(content.sizeBytes)]);
  // Its entry may have been refused.
  manifest.releaseContent(content);
}

function rollBack(manifest: Manifest): void {
  const undone = new Error('undone');
  const work = () => {
    if (manifest.resumeSession() === null) manifest.beginSession({ startedUs: 1, sourceName: 'nas' });
    manifest.insert(ROOT_ID, name('rolled back'), file(), null);
    manifest.endSession({ finishedUs: 1, steps: 1 });
    throw undone;
  };
  assert.throws(() => manifest.transaction(work), undone);
}

/** The file is sound, and holds no content, list or entry that nothing leads to. */
function checkFile(path: string): void {
  const db = new Sqlite(path, { readonly: true });
  assert.equal(db.pragma('integrity_check', { simple: true }), 'ok');
  const used = 'SELECT content FROM entries WHERE content IS NOT NULL UNION SELECT content FROM past WHERE content IS NOT NULL';
  assert.equal(db.prepare(`SELECT count(*) FROM contents WHERE id NOT IN (${used})`).pluck().get(), 0);
  for (const table of ['chunks', 'hooks']) {
    assert.equal(db.prepare(`SELECT count(*) FROM ${table} WHERE content NOT IN (SELECT id FROM contents)`).pluck().get(), 0);
  }
  const foreign = 'SELECT count(*) FROM chunks JOIN contents ON id = content WHERE list != hash';
  assert.equal(db.prepare(foreign).pluck().get(), 0);
  assert.equal(
    db.prepare('SELECT count(*) FROM entries WHERE id > 4 AND parent NOT IN (SELECT id FROM entries)').pluck().get(),
    0,
  );
  db.close();
}

function session(manifest: Manifest, finishedUs: number, work: () => void): number {
  manifest.beginSession({ startedUs: finishedUs - 1, sourceName: 'nas' });
  work();
  return manifest.endSession({ finishedUs, steps: 3 });
}

test('an overwritten file, a moved folder and a removed one, as an applier records them', (t) => {
  const manifest = freshManifest(t);
  const ids = { folder: 0, below: 0, file: 0 };
  const first = session(manifest, 10, () => {
    ids.folder = manifest.insert(ROOT_ID, name('folder'), directory(), null);
    ids.below = manifest.insert(ids.folder, name('below'), file('b'), null);
    ids.file = manifest.insert(ROOT_ID, name('file'), file('old'), null);
  });
  const atFirst = snapshotOf(manifest);
  const second = session(manifest, 20, () => {
    manifest.insert(HISTORY_ID, name('2-1'), file('old'), null);
    manifest.update(ids.file, { content: contentOf('new'), meta: meta(5) });
    manifest.rename(ids.folder, STASH_ID, name('1'));
    manifest.rename(ids.folder, ROOT_ID, name('moved'));
  });
  const atSecond = snapshotOf(manifest);
  session(manifest, 30, () => {
    manifest.rename(ids.folder, HISTORY_ID, name('3-1'));
    manifest.update(ROOT_ID, { meta: meta(99, 0o700) });
  });
  assert.deepEqual(snapshotOf(manifest.asOf(first)), atFirst);
  assert.deepEqual(snapshotOf(manifest.asOf(second)), atSecond);
  assert.equal(manifest.asOf(3).get(ids.below), undefined);
  assert.deepEqual(manifest.asOf(3).children(HISTORY_ID), []);
  assert.equal(manifest.holdersOf(contentOf('old'), 1)[0]?.parent, HISTORY_ID);
  assert.equal(manifest.holdersOf(contentOf('b'), 1)[0]?.id, ids.below);
});

test('expiry lets go of what old sessions replaced, and keeps the state that retention reaches back to', (t) => {
  const manifest = freshManifest(t);
  const id = manifest.insert(ROOT_ID, name('file'), file('0'), null);
  for (const number of [1, 2, 3]) {
    session(manifest, number * 10, () => {
      manifest.insert(HISTORY_ID, name(`${number}-1`), file(`${number - 1}`), null);
      manifest.update(id, { content: contentOf(`${number}`) });
    });
  }
  assert.deepEqual(manifest.expiry.slots(manifest.expiry.expiredThrough(), null, 10), []);
  assert.deepEqual(letGo(manifest, 2), ['1-1', '2-1']);
  assert.deepEqual(letGo(manifest, 1), [], 'what has gone once does not come back');
  assert.equal(manifest.expiry.expiredThrough(), 2);
  assert.deepEqual(
    manifest.sessions().map((record) => record.number),
    [3, 2],
  );
  assert.equal(manifest.holdersOf(contentOf('1'), 1)[0], undefined);
  const then = manifest.asOf(2).get(id);
  assert.deepEqual(then?.kind === 'file' && then.content, contentOf('2'));
  assert.equal(manifest.holdersOf(contentOf('2'), 1)[0]?.parent, HISTORY_ID);
  assert.throws(() => manifest.asOf(1), kindIs('not-found'));
});

test('expiry that is cut off anywhere is taken up, in small transactions', (t) => {
  const path = manifestFile(t);
  let manifest = Manifest.open(path);
  session(manifest, 1, () => {
    const folder = manifest.insert(HISTORY_ID, name('1-1'), directory(), null);
    for (let count = 0; count < 2_500; count++) manifest.insert(folder, name(`${count}`), file(`${count}`), null);
    manifest.insert(HISTORY_ID, name('1-2'), file(), null);
  });
  session(manifest, 2, () => manifest.insert(HISTORY_ID, name('2-1'), file('kept'), null));
  manifest.expiry.begin(1);
  assert.deepEqual(
    manifest.sessions().map(({ number, keptVersions, keptBytes }) => ({ number, keptVersions, keptBytes })),
    [
      { number: 2, keptVersions: 1, keptBytes: 4 },
      { number: 1, keptVersions: 0, keptBytes: 0 },
    ],
  );
  let transactions = 0;
  for (;;) {
    const [slot] = manifest.expiry.slots(1, null, 1);
    if (slot === undefined) break;
    const before = manifest.rowsWritten();
    manifest.expiry.discard(slot, 100);
    assert.ok(manifest.rowsWritten() - before < 5_000);
    transactions += 1;
    manifest.close();
    manifest = Manifest.open(path);
  }
  t.after(() => manifest.close());
  assert.ok(transactions > 3, `${transactions} transactions`);
  assert.deepEqual(
    manifest.rows(HISTORY_ID).map((row) => row.name),
    ['2-1'],
  );
});

test('a session says what it did and what it put into history, also where it was cut off', (t) => {
  const manifest = freshManifest(t);
  const tally = { added: 2, replaced: 1, moved: 0, described: 0, removed: 3, newBytes: 17 };
  manifest.beginSession({ startedUs: 0, sourceName: 'nas' });
  manifest.insert(HISTORY_ID, name('1-1'), file('12345'), null);
  manifest.insert(HISTORY_ID, name('1-2.undo'), file('x'.repeat(1_000)), seenOf(9n, { sizeBytes: 40n }));
  for (let count = 0; count < 2; count++) manifest.tallySession(tally);
  assert.equal(manifest.endSession({ finishedUs: 0, steps: null, cutOff: true }), 1);
  const [record] = manifest.sessions();
  assert.deepEqual(record?.tally, { added: 4, replaced: 2, moved: 0, described: 0, removed: 6, newBytes: 34 });
  const { steps, cutOff, keptVersions, keptBytes, finishedUs } = record ?? assert.fail();
  assert.deepEqual({ steps, cutOff, keptVersions, keptBytes }, { steps: 12, cutOff: true, keptVersions: 2, keptBytes: 45 });
  assert.ok(finishedUs > 0, 'a clock that begins at 0 does not make it one that runs');
});

test('a session without a change leaves no record, one cut off is resumed', (t) => {
  const path = manifestFile(t);
  let manifest = Manifest.open(path);
  const id = manifest.insert(ROOT_ID, name('file'), file('x'), null);
  assert.equal(
    session(manifest, 1, () => manifest.update(id, { content: contentOf('x') })),
    0,
  );
  assert.deepEqual(manifest.sessions(), []);
  assert.throws(() => manifest.endSession({ finishedUs: 1, steps: 0 }), kindIs('internal'));

  assert.equal(manifest.beginSession({ startedUs: 2, sourceName: 'nas' }), 1);
  assert.throws(() => manifest.beginSession({ startedUs: 2, sourceName: 'nas' }), kindIs('internal'));
  manifest.rename(id, ROOT_ID, name('renamed'));
  manifest.close();

  manifest = Manifest.open(path);
  t.after(() => manifest.close());
  assert.equal(manifest.resumeSession(), 1);
  assert.equal(manifest.sessions()[0]?.finishedUs, 0);
  assert.equal(manifest.endSession({ finishedUs: 3, steps: 1 }), 1);
  assert.equal(manifest.resumeSession(), null);
  const stateDigest = manifest.stateDigest();
  const [record, ...others] = manifest.sessions();
  assert.deepEqual(others, []);
  const { number, startedUs, finishedUs, sourceName, steps } = record ?? assert.fail();
  assert.deepEqual(
    { number, startedUs, finishedUs, sourceName, steps },
    { number: 1, startedUs: 2, finishedUs: 3, sourceName: 'nas', steps: 1 },
  );
  assert.equal(record?.stateDigest, stateDigest);
});
