import assert from 'node:assert/strict';
import { copyFileSync, existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { TreeRoot } from '../disk/tree-root.js';
import { HISTORY_ID, Manifest } from '../manifest/manifest.js';
import { fromText } from '../model/bytes.js';
import type { Metadata } from '../model/entry.js';
import { openContent } from './content-reader.js';
import { type Bench, bench, contentOf, type Line, META, path, put, removeFile, run } from './fixture.js';
import { decodeJournal } from './journal.js';

const GROUP = 'aaaaaaaaaaaaaaaa';
const LATER: Metadata = { ...META, mode: 0o600, mtimeUs: META.mtimeUs + 5_000_000 };

const inGroup = ([step, inline]: Line): Line => [step.kind === 'put' ? { ...step, group: GROUP } : step, inline];
const nameOf = (at: string, existing: string, text: string, old: string | null = null): Line => [
  {
    kind: 'hard-link',
    path: path(at),
    existing: path(existing),
    meta: META,
    content: contentOf(text),
    group: GROUP,
    replaces: old === null ? null : { kind: 'file', content: contentOf(old) },
  },
  null,
];
const metadata = (at: string, text: string, meta: Metadata, group: string | null): Line => [
  { kind: 'set-metadata', path: path(at), meta, group, expect: { kind: 'file', content: contentOf(text) } },
  null,
];

const inode = (b: Bench, name: string): number => lstatSync(join(b.tree, name)).ino;
const groups = (b: Bench, manifest = b.manifest): (string | null)[] =>
  manifest.rows(1).map((row) => (row.kind === 'file' ? row.group : null));

/** What the manifest says of each entry is what the disk says, history included. */
function assertSeen(b: Bench, manifest = b.manifest): void {
  for (const [parent, directory] of [
    [1, b.tree],
    [HISTORY_ID, b.area.history.path],
  ] as const) {
    for (const row of manifest.rows(parent)) {
      const { ctimeNs, nlink, ino } = lstatSync(join(directory, row.name), { bigint: true });
      const seen = manifest.seen(row.id);
      assert.deepEqual([seen?.ino, seen?.ctimeNs, seen?.nlink], [ino, ctimeNs, Number(nlink)], row.name);
    }
  }
}

function held(b: Bench, text: string): string {
  const opened = openContent({ manifest: b.manifest, tree: TreeRoot.open(fromText(b.tree)), area: b.area }, contentOf(text));
  const into = Buffer.alloc(text.length);
  opened.read(into, 0);
  opened.close();
  return into.toString();
}

test('names of a file come in the same group of steps as the file, and as what replaces others', async (t) => {
  const b = bench(t);
  await run(b.applier(), [put('old', 'was here'), inGroup(put('a', 'text')), nameOf('b', 'a', 'text')]);
  await run(b.applier(), [
    nameOf('old', 'b', 'text', 'was here'),
    inGroup(put('a', 'more', 'text')),
    nameOf('b', 'a', 'more', 'text'),
  ]);
  assert.deepEqual([...b.outcomes], []);
  assert.equal(inode(b, 'a'), inode(b, 'b'));
  assert.notEqual(inode(b, 'a'), inode(b, 'old'));
  assert.equal(b.disk('b'), 'more');
  assert.equal(b.disk('old'), 'text');
  assert.deepEqual([held(b, 'was here'), held(b, 'text')], ['was here', 'text']);
  assert.deepEqual(readdirSync(b.area.staging.path), []);
  assertSeen(b);
});

test('an old version that shares its file with a name in the tree is found whatever becomes of that', async (t) => {
  const b = bench(t);
  await run(b.applier(), [inGroup(put('a', 'text')), nameOf('b', 'a', 'text'), nameOf('c', 'a', 'text')]);
  await run(b.applier(), [removeFile('b', 'text'), metadata('a', 'text', LATER, GROUP)]);
  assert.equal(lstatSync(join(b.tree, 'c')).mode & 0o777, 0o600);
  assertSeen(b);
  await run(b.applier(), [removeFile('c', 'text'), metadata('a', 'text', META, null)]);
  await run(b.applier(), [put('a', 'other', 'text')]);
  assert.deepEqual([...b.outcomes], []);
  assert.equal(b.manifest.lookup(path('a'))?.kind === 'file' && b.manifest.withContent(contentOf('text'), 1).length, 0);
  assert.equal(held(b, 'text'), 'text');
  const before = b.manifest.asOf(1);
  assert.deepEqual(
    before.children(1).map((row) => row.kind === 'file' && [row.group, row.meta.mode]),
    ['a', 'b', 'c'].map(() => [GROUP, 0o644]),
  );
});

test('a name that is of the right file already stays, and leaves no old version', async (t) => {
  const b = bench(t);
  await run(b.applier(), [inGroup(put('a', 'text')), nameOf('b', 'a', 'text')]);
  await run(b.applier(), [nameOf('b', 'a', 'text', 'text')]);
  assert.deepEqual([...b.outcomes], []);
  assert.equal(inode(b, 'a'), inode(b, 'b'));
  assert.deepEqual(readdirSync(b.area.history.path), []);
  assert.deepEqual(b.manifest.rows(HISTORY_ID), []);
});

test('nothing is linked to what is not the file that it should be', async (t) => {
  const b = bench(t);
  await run(b.applier(), [inGroup(put('a', 'text')), put('alone', 'text'), put('c', 'kept')]);
  rmSync(join(b.tree, 'a'));
  writeFileSync(join(b.tree, 'a'), 'else');
  await run(b.applier(), [nameOf('b', 'a', 'text'), nameOf('c', 'a', 'text', 'kept'), nameOf('d', 'alone', 'text')]);
  assert.deepEqual(
    [...b.outcomes].map(([step, { kind }]) => [step, kind]),
    [
      [0, 'drift'],
      [1, 'drift'],
      [2, 'withdrawn'],
    ],
  );
  assert.equal(b.disk('c'), 'kept');
  assert.deepEqual(
    ['b', 'd'].map((name) => existsSync(join(b.tree, name))),
    [false, false],
  );
});

test('where there are no hard links, each name is a file, and the group is in the manifest', async (t) => {
  const b = bench(t);
  const applier = () => b.applier(b.manifest, 'nas', undefined, { hardLinks: false });
  await run(applier(), [inGroup(put('a', 'text')), nameOf('b', 'a', 'text')]);
  await run(applier(), [metadata('b', 'text', LATER, GROUP)]);
  assert.deepEqual([...b.outcomes], []);
  assert.notEqual(inode(b, 'a'), inode(b, 'b'));
  for (const name of ['a', 'b']) {
    assert.equal(b.disk(name), 'text');
    assert.equal(lstatSync(join(b.tree, name)).mode & 0o777, 0o600);
  }
  assert.deepEqual(groups(b), [GROUP, GROUP]);
  assertSeen(b);
});

const SECOND_SESSION: readonly Line[] = [
  metadata('a', 'text', LATER, GROUP),
  removeFile('c', 'text'),
  inGroup(put('x', 'new')),
  nameOf('y', 'x', 'new'),
  nameOf('z', 'x', 'new', 'z'),
];

for (const progress of ['known', 'half', 'lost'] as const) {
  test(`a crash after the links and before the rows: recovery arrives at the same state (progress file ${progress})`, async (t) => {
    const b = bench(t);
    await run(b.applier(), [inGroup(put('a', 'text')), nameOf('b', 'a', 'text'), nameOf('c', 'a', 'text'), put('z', 'z')]);
    const { crashed, expected } = await crash(t, b);
    const { progressName } = decodeJournal(crashed.journal() ?? assert.fail('there is no journal'));
    const marks = { known: SECOND_SESSION.length, half: 3, lost: 0 }[progress];
    writeFileSync(join(b.area.staging.path, progressName), '+'.repeat(marks));
    b.applier(crashed).recover();
    assert.equal(crashed.journal(), null);
    assert.equal(crashed.stateDigest(), expected);
    assert.deepEqual(readdirSync(b.area.staging.path), []);
    assert.equal(readFileSync(join(b.tree, 'z'), 'utf8'), 'new');
    assert.equal(new Set(['x', 'y', 'z'].map((name) => inode(b, name))).size, 1);
    assertSeen(b, crashed);
  });
}

/** Runs the second session, and gives what the manifest was when the disk was done and its rows were not written. */
async function crash(t: TestContext, b: Bench): Promise<{ crashed: Manifest; expected: string }> {
  const snapshot = join(b.home, 'crashed.db');
  const applier = b.applier();
  for (const [step, inline] of SECOND_SESSION) await applier.step(step, inline);
  const setJournal = b.manifest.setJournal.bind(b.manifest);
  t.mock.method(b.manifest, 'setJournal', (blob: Buffer | null) => {
    for (const suffix of blob === null ? ['', '-wal'] : []) copyFileSync(join(b.home, `manifest.db${suffix}`), snapshot + suffix);
    setJournal(blob);
  });
  const { stateDigest } = await applier.finish();
  assert.deepEqual([...b.outcomes], []);
  const crashed = Manifest.open(snapshot);
  t.after(() => crashed.close());
  return { crashed, expected: stateDigest };
}
