import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { bootId } from '../disk/boot.js';
import { HISTORY_ID, Manifest } from '../manifest/manifest.js';
import { sameContent } from '../model/entry.js';
import { inTree } from '../model/step.js';
import {
  type Bench,
  bench,
  contentOf,
  copy,
  folder,
  type Line,
  link,
  META,
  moveFolder,
  path,
  put,
  removeFile,
  run,
} from './fixture.js';
import { decodeJournal, encodeJournal } from './journal.js';

/** Every kind of step, moves through the stash and a place used twice among them. */
const SECOND_SESSION: readonly Line[] = [
  [{ kind: 'move', from: inTree(path('a')), to: { area: 'stash', slot: 1 }, expect: { kind: 'directory', content: null } }, null],
  moveFolder('b', 'a'),
  [{ kind: 'move', from: { area: 'stash', slot: 1 }, to: inTree(path('b')), expect: { kind: 'directory', content: null } }, null],
  folder('new'),
  put('new/f', 'fresh'),
  copy('new/g', 'in b'),
  link('new/l', 'f'),
  put('b/f', 'edited', 'in a'),
  removeFile('gone', 'gone'),
  [
    {
      kind: 'set-metadata',
      path: path('stay'),
      meta: { ...META, mode: 0o600 },
      expect: { kind: 'file', content: contentOf('stay') },
    },
    null,
  ],
];

for (const progress of ['known', 'lost'] as const) {
  test(`a crash after the renames and before the rows: recovery arrives at the same state (progress file ${progress})`, async (t) => {
    const b = bench(t);
    await run(b.applier(), [
      folder('a'),
      folder('b'),
      put('a/f', 'in a'),
      put('b/f', 'in b'),
      put('gone', 'gone'),
      put('stay', 'stay'),
    ]);
    const snapshot = join(b.home, 'crashed.db');
    const applier = b.applier();
    for (const [step, inline] of SECOND_SESSION) await applier.step(step, inline);
    const transaction = b.manifest.transaction.bind(b.manifest);
    let isJournalWritten = false;
    t.mock.method(b.manifest, 'transaction', <T>(work: () => T): T => {
      if (isJournalWritten && !existsSync(snapshot)) copyDatabase(join(b.home, 'manifest.db'), snapshot);
      const result = transaction(work);
      isJournalWritten ||= b.manifest.journal() !== null;
      return result;
    });
    const expected = await applier.finish();
    const crashed = Manifest.open(snapshot);
    t.after(() => crashed.close());
    // The process that died had come this far, and its progress file says so, or a power cut has emptied it.
    const { progressName } = decodeJournal(crashed.journal() ?? assert.fail('there is no journal'));
    writeFileSync(join(b.area.staging.path, progressName), progress === 'known' ? '+'.repeat(SECOND_SESSION.length) : '');
    b.applier(crashed).recover();
    assert.equal(crashed.journal(), null);
    if (progress === 'known') assert.equal(crashed.stateDigest(), expected.stateDigest);
    assert.notEqual(crashed.holdersOf(contentOf('gone'), 1)[0], undefined);
    assert.notEqual(crashed.holdersOf(contentOf('in a'), 1)[0], undefined);
    assert.deepEqual(readdirSync(b.area.staging.path), []);
  });
}

test('a crash does not make a step forget the row that it is meant for', async (t) => {
  const b = bench(t);
  await run(b.applier(), [put('f', 'same'), put('g', 'same')]);
  const meant = b.manifest.lookup(path('g'))?.id ?? assert.fail();
  leaveJournal(b, '', [removeFile('f', 'same')], meant);
  b.applier().recover();
  assert.equal(b.disk('f'), 'same');
  leaveJournal(b, '', [removeFile('g', 'same')], meant);
  b.applier().recover();
  assert.equal(existsSync(join(b.tree, 'g')), false);
});

test('a folder that was removed by hand after a crash does not keep the block from recovering', async (t) => {
  const b = bench(t);
  await run(b.applier(), [folder('a'), put('a/f', 'in a')]);
  const snapshot = join(b.home, 'crashed.db');
  const applier = b.applier();
  await applier.step(...put('a/g', 'new'));
  const setJournal = b.manifest.setJournal.bind(b.manifest);
  t.mock.method(b.manifest, 'setJournal', (blob: Buffer | null) => {
    if (blob === null) copyDatabase(join(b.home, 'manifest.db'), snapshot);
    setJournal(blob);
  });
  await applier.finish();
  rmSync(join(b.tree, 'a'), { recursive: true });

  const crashed = Manifest.open(snapshot);
  t.after(() => crashed.close());
  assert.notEqual(crashed.journal(), null);
  assert.equal(b.applier(crashed).recover(), true);
  assert.equal(crashed.journal(), null);
});

test('a journal that an earlier version left, which knew only new things, is finished as it would have been', async (t) => {
  const b = bench(t);
  await run(b.applier(), [folder('a')]);
  writeFileSync(join(b.area.staging.path, 'old-7'), 'text');
  const [step] = put('a/f', 'text');
  const staged = { name: 'old-7', ino: String(statSync(join(b.area.staging.path, 'old-7')).ino) };
  const journal = { progressName: 'progress-0', actions: [{ index: 0, step, staged, slot: '2-1' }] };
  b.manifest.beginSession({ startedUs: 1, sourceName: 'nas' });
  b.manifest.setJournal(Buffer.from(JSON.stringify(journal)));
  assert.equal(b.applier().recover(), true);
  assert.equal(b.disk('a/f'), 'text');
  assert.deepEqual(b.manifest.holdersOf(contentOf('text'), 1)[0]?.name, 'f');
});

const RENEWED: Line = [
  {
    kind: 'set-metadata',
    path: path('stay'),
    meta: { ...META, mode: 0o600 },
    expect: { kind: 'file', content: contentOf('stay') },
  },
  null,
];

test('after a power cut, no progress file is believed: the renames that it tells of may be lost', async (t) => {
  const b = bench(t);
  await run(b.applier(), [put('gone', 'gone'), put('stay', 'stay')]);
  leaveJournal(b, 'another boot', [RENEWED, removeFile('gone', 'gone')]);
  assert.equal(b.applier().recover(), true);
  assert.equal(statSync(join(b.tree, 'stay')).mode & 0o777, 0o600);
  assert.equal(existsSync(join(b.tree, 'gone')), false);
  assert.deepEqual(readdirSync(b.area.history.path), ['2-2']);
});

test('an edit since is not hidden by metadata that is given once more', async (t) => {
  const b = bench(t);
  await run(b.applier(), [put('stay', 'stay')]);
  leaveJournal(b, bootId(), [RENEWED]);
  writeFileSync(join(b.tree, 'stay'), 'STAY');
  assert.equal(b.applier().recover(), true);
  assert.equal(b.manifest.seen(b.manifest.lookup(path('stay'))?.id ?? assert.fail()), null);
});

test('metadata that a progress file tells of is given once more', async (t) => {
  const b = bench(t);
  await run(b.applier(), [put('stay', 'stay')]);
  leaveJournal(b, bootId(), [RENEWED]);
  assert.equal(b.applier().recover(), true);
  assert.equal(statSync(join(b.tree, 'stay')).mode & 0o777, 0o600);
});

for (const hardLinks of [true, false]) {
  for (const isPlaced of [true, false]) {
    const how = `hard links: ${hardLinks}, the new version had its place: ${isPlaced}`;
    test(`what somebody saved after a crash stays, and the old version is in history (${how})`, async (t) => {
      const b = bench(t);
      await run(b.applier(), [put('f', 'old')]);
      const [place, kept, staged] = [join(b.tree, 'f'), join(b.area.history.path, '2-1'), join(b.area.staging.path, 'staged')];
      writeFileSync(staged, 'planned');
      leaveReplacement(b, staged);
      if (hardLinks) linkSync(place, kept);
      else renameSync(place, kept);
      if (isPlaced) renameSync(staged, place);
      // As most programs save a file.
      writeFileSync(join(b.tree, 'saved'), 'saved since');
      renameSync(join(b.tree, 'saved'), place);

      assert.equal(b.applier(b.manifest, 'nas', undefined, { hardLinks }).recover(), true);
      assert.equal(b.disk('f'), 'saved since');
      assert.equal(readFileSync(kept, 'utf8'), 'old');
      const slots = b.manifest.rows(HISTORY_ID).map(({ name }) => name as string);
      assert.deepEqual(slots, ['2-1']);
      assert.deepEqual(readdirSync(b.area.staging.path), []);
    });
  }
}

test('what somebody wrote after a crash into the file that was to be replaced stays', async (t) => {
  const b = bench(t);
  await run(b.applier(), [put('f', 'old')]);
  const [place, kept, staged] = [join(b.tree, 'f'), join(b.area.history.path, '2-1'), join(b.area.staging.path, 'staged')];
  writeFileSync(staged, 'planned');
  leaveReplacement(b, staged);
  linkSync(place, kept);
  writeFileSync(place, 'written since');

  assert.equal(b.applier().recover(), true);
  assert.equal(b.disk('f'), 'written since');
  assert.equal(existsSync(kept), false);
  assert.deepEqual(b.manifest.rows(HISTORY_ID), []);
});

for (const boot of [bootId(), '']) {
  test(`what is done is known without being read, but for what somebody changed since (progress ${boot === '' ? 'lost' : 'known'})`, async (t) => {
    const b = bench(t);
    await run(b.applier(), [put('written', 'old'), put('saved', 'old'), put('moved', 'old'), folder('folder')]);
    const crashed = join(b.home, 'crashed.db');
    const applier = b.applier();
    await applier.step(...put('same', 'new'));
    for (const name of ['written', 'saved']) await applier.step(...put(name, 'new', 'old'));
    await applier.step(
      {
        kind: 'move',
        from: inTree(path('moved')),
        to: inTree(path('folder/here')),
        expect: { kind: 'file', content: contentOf('old') },
      },
      null,
    );
    const setJournal = b.manifest.setJournal.bind(b.manifest);
    t.mock.method(b.manifest, 'setJournal', (blob: Buffer | null) => {
      if (blob === null) copyDatabase(join(b.home, 'manifest.db'), crashed);
      setJournal(blob);
    });
    await applier.finish();
    const manifest = Manifest.open(crashed);
    t.after(() => manifest.close());
    const { progressName } = decodeJournal(manifest.journal() ?? assert.fail('there is no journal'));
    writeFileSync(join(b.area.staging.path, progressName), boot === '' ? '' : '++++');
    writeFileSync(join(b.tree, 'written'), 'NEW');
    writeFileSync(join(b.tree, 'saved.part'), 'new');
    renameSync(join(b.tree, 'saved.part'), join(b.tree, 'saved'));
    writeFileSync(join(b.tree, 'folder/here'), 'OLD');

    assert.equal(b.applier(manifest).recover(), true);
    const isKnown = (at: string): boolean => manifest.seen(manifest.lookup(path(at))?.id ?? assert.fail(at)) !== null;
    assert.equal(isKnown('same'), true);
    for (const name of ['written', 'folder/here']) assert.equal(isKnown(name), false, name);
    // Where nobody knows that it was done, it was not: then the row says what was before.
    const saved = manifest.lookup(path('saved'));
    assert.ok(saved?.kind === 'file' && (!isKnown('saved') || sameContent(saved.content, contentOf('old'))));
  });
}

/** As a group leaves it that was cut off when `f` was to be replaced. */
function leaveReplacement({ manifest }: Bench, stagedPath: string): void {
  const [step] = put('f', 'planned', 'old');
  const staged = { kind: 'new', name: basename(stagedPath), ino: String(statSync(stagedPath).ino) } as const;
  const action = { index: 0, step, rowId: null, staged, slot: '2-1' };
  manifest.beginSession({ startedUs: 1, sourceName: 'nas' });
  manifest.setJournal(encodeJournal({ progressName: 'progress-0', boot: '', actions: [action] }));
}

/** As a group that was cut off leaves it, whose progress file has every step marked as done. */
function leaveJournal({ manifest, area }: Bench, boot: string, lines: readonly Line[], rowId: number | null = null): void {
  const actions = lines.map(([step], index) => ({ index, step, rowId, staged: null, slot: `2-${index + 1}` }));
  manifest.beginSession({ startedUs: 1, sourceName: 'nas' });
  manifest.setJournal(encodeJournal({ progressName: 'progress-0', boot, actions }));
  writeFileSync(join(area.staging.path, 'progress-0'), boot === '' ? '' : '+'.repeat(lines.length));
}

/** A copy as a process that died here would leave it: the database with its write-ahead log. */
function copyDatabase(from: string, to: string): void {
  for (const suffix of ['', '-wal']) if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix);
}
