import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { TreeRoot } from '../disk/tree-root.js';
import { HISTORY_ID, Manifest } from '../manifest/manifest.js';
import { fromText, type TreePath } from '../model/bytes.js';
import type { Content, Metadata } from '../model/entry.js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { inTree, type Outcome, type Step } from '../model/step.js';
import { hashBytes } from '../model/xxh3.js';
import { Applier, type Committed } from './applier.js';
import { type Area, openArea } from './area.js';

const META: Metadata = {
  mode: 0o644,
  uid: process.geteuid?.() ?? 0,
  gid: process.getegid?.() ?? 0,
  mtimeUs: 1_700_000_000_123_456,
};
const DIR_META: Metadata = { ...META, mode: 0o755 };

interface Bench {
  readonly home: string;
  readonly tree: string;
  readonly area: Area;
  readonly manifest: Manifest;
  readonly committed: Committed[];
  readonly outcomes: Map<number, Outcome>;
  applier(manifest?: Manifest): Applier;
  disk(path: string): string;
}

function bench(t: TestContext): Bench {
  const home = mkdtempSync(join(tmpdir(), 'btsoot-apply-'));
  const tree = join(home, 'tree');
  mkdirSync(tree);
  const root = TreeRoot.open(fromText(tree));
  const area = openArea(fromText(join(home, 'area')));
  const manifest = Manifest.open(join(home, 'manifest.db'));
  const committed: Committed[] = [];
  const outcomes = new Map<number, Outcome>();
  t.after(() => {
    manifest.close();
    area.close();
    root.close();
    rmSync(home, { recursive: true, force: true });
  });
  const onCommitted = (one: Committed) => {
    committed.push(one);
    for (const { step, outcome } of one.failures) outcomes.set(step, outcome);
  };
  let clock = 1_800_000_000_000_000;
  return {
    home,
    tree,
    area,
    manifest,
    committed,
    outcomes,
    applier: (other = manifest) =>
      new Applier({
        tree: root,
        manifest: other,
        area,
        chown: false,
        hardLinks: true,
        sourceName: 'nas',
        now: () => ++clock,
        onCommitted,
      }),
    disk: (path) => readFileSync(join(tree, path), 'utf8'),
  };
}

const path = (text: string) => fromText(text) as TreePath;
const contentOf = (text: string): Content => ({ hash: hashBytes(Buffer.from(text)), sizeBytes: Buffer.byteLength(text) });

type Line = readonly [Step, Buffer | null];
const put = (at: string, text: string, old?: string): Line => [
  {
    kind: 'put',
    path: path(at),
    meta: META,
    content: contentOf(text),
    replaces: old === undefined ? null : { kind: 'file', content: contentOf(old) },
  },
  Buffer.from(text),
];
const copy = (at: string, text: string): Line => [
  { kind: 'copy', path: path(at), meta: META, content: contentOf(text), replaces: null },
  null,
];
const folder = (at: string): Line => [{ kind: 'make-directory', path: path(at), meta: DIR_META }, null];
const link = (at: string, target: string): Line => [{ kind: 'link', path: path(at), meta: META, target, replaces: null }, null];
const moveFolder = (from: string, to: string): Line => [
  { kind: 'move', from: inTree(path(from)), to: inTree(path(to)), expect: { kind: 'directory', content: null } },
  null,
];
const removeFile = (at: string, text: string): Line => [
  { kind: 'remove', at: inTree(path(at)), expect: { kind: 'file', content: contentOf(text) } },
  null,
];

async function run(applier: Applier, lines: readonly Line[]): Promise<{ stateDigest: string; sessionNumber: number }> {
  for (const [step, inline] of lines) await applier.step(step, inline);
  return applier.finish();
}

test('makes what a plan says, metadata included, and leaves nothing in staging', async (t) => {
  const b = bench(t);
  const { sessionNumber } = await run(b.applier(), [
    folder('a'),
    folder('a/empty'),
    put('a/f', 'hello'),
    link('a/l', '../x'),
    copy('g', 'hello'),
  ]);

  assert.equal(b.disk('a/f'), 'hello');
  assert.equal(b.disk('g'), 'hello');
  assert.equal(readlinkSync(join(b.tree, 'a/l')), '../x');
  assert.equal(lstatSync(join(b.tree, 'a'), { bigint: true }).mtimeNs / 1000n, BigInt(META.mtimeUs));
  assert.equal(lstatSync(join(b.tree, 'a/f'), { bigint: true }).mtimeNs / 1000n, BigInt(META.mtimeUs));
  assert.equal(lstatSync(join(b.tree, 'a/l'), { bigint: true }).mtimeNs / 1000n, BigInt(META.mtimeUs));
  assert.equal(lstatSync(join(b.tree, 'a/f')).mode & 0o7777, 0o644);
  assert.equal(sessionNumber, 1);
  assert.equal(b.outcomes.size, 0);
  assert.equal(b.committed.at(-1)?.steps, 5);
  b.applier().recover();
  assert.deepEqual(readdirSync(b.area.staging.path), []);
});

test('a replaced and a removed file are kept in history, byte for byte, and the manifest knows them', async (t) => {
  const b = bench(t);
  await run(b.applier(), [put('f', 'one'), put('g', 'two')]);
  await run(b.applier(), [put('f', 'one more', 'one'), removeFile('g', 'two')]);

  assert.equal(b.disk('f'), 'one more');
  assert.equal(existsSync(join(b.tree, 'g')), false);
  const kept = readdirSync(b.area.history.path).map((name) => readFileSync(join(b.area.history.path, name), 'utf8'));
  assert.deepEqual(kept.sort(), ['one', 'two']);
  assert.equal(b.manifest.rows(HISTORY_ID).length, 2);
  assert.notEqual(b.manifest.holderOf(contentOf('two')), undefined);
  assert.deepEqual(
    b.manifest
      .asOf(1)
      .children(1)
      .map(({ name }) => name),
    ['f', 'g'],
  );
});

test('a content that was removed comes back as a local copy', async (t) => {
  const b = bench(t);
  await run(b.applier(), [put('f', 'precious')]);
  await run(b.applier(), [removeFile('f', 'precious')]);
  await run(b.applier(), [copy('again', 'precious')]);
  assert.equal(b.disk('again'), 'precious');
  assert.equal(b.outcomes.size, 0);
});

test('two folders swap through the stash, their files untouched', async (t) => {
  const b = bench(t);
  await run(b.applier(), [folder('a'), folder('b'), put('a/f', 'in a'), put('b/f', 'in b')]);
  const inode = lstatSync(join(b.tree, 'a/f')).ino;
  const stash = { area: 'stash', slot: 1 } as const;
  const expect = { kind: 'directory', content: null } as const;
  await run(b.applier(), [
    [{ kind: 'move', from: inTree(path('a')), to: stash, expect }, null],
    moveFolder('b', 'a'),
    [{ kind: 'move', from: stash, to: inTree(path('b')), expect }, null],
  ]);
  assert.equal(b.disk('b/f'), 'in a');
  assert.equal(b.disk('a/f'), 'in b');
  assert.equal(lstatSync(join(b.tree, 'b/f')).ino, inode);
  assert.deepEqual(readdirSync(b.area.stash.path), []);
});

test('a file edited by hand is neither overwritten nor removed: the step drifts, the others go on', async (t) => {
  const b = bench(t);
  await run(b.applier(), [put('f', 'one'), put('g', 'two'), put('h', 'three')]);
  writeFileSync(join(b.tree, 'f'), 'by hand');
  writeFileSync(join(b.tree, 'g'), 'by hand too');
  await run(b.applier(), [put('f', 'new', 'one'), removeFile('g', 'two'), put('h', 'new', 'three')]);

  assert.equal(b.disk('f'), 'by hand');
  assert.equal(b.disk('g'), 'by hand too');
  assert.equal(b.disk('h'), 'new');
  assert.equal(b.outcomes.get(0)?.kind, 'drift');
  assert.equal(b.outcomes.get(1)?.kind, 'drift');
  assert.equal(b.outcomes.has(2), false);
});

test('a stranger at the destination is left alone', async (t) => {
  const b = bench(t);
  writeFileSync(join(b.tree, 'f'), 'a stranger');
  await run(b.applier(), [put('f', 'ours')]);
  assert.equal(b.disk('f'), 'a stranger');
  assert.equal(b.outcomes.get(0)?.kind, 'drift');
});

test('bytes that are not what their hash says never get a name', async (t) => {
  const b = bench(t);
  const [step] = put('f', 'announced');
  await run(b.applier(), [[step, Buffer.from('different')], put('g', 'fine')]);
  assert.equal(existsSync(join(b.tree, 'f')), false);
  assert.equal(b.disk('g'), 'fine');
  assert.equal(b.outcomes.get(0)?.kind, 'mismatch');
});

test('a file in pieces is written whole; a withdrawn one leaves nothing', async (t) => {
  const b = bench(t);
  const applier = b.applier();
  const [first] = put('f', 'abcdef');
  await applier.step(first, null);
  await applier.data(Buffer.from('abc'));
  await applier.data(Buffer.from('def'));
  const [second] = put('g', 'abcdefg');
  await applier.step(second, null);
  await applier.data(Buffer.from('abc'));
  await applier.withdraw('it changed');
  await applier.step(...put('h', 'last'));
  await applier.finish();

  assert.equal(b.disk('f'), 'abcdef');
  assert.equal(existsSync(join(b.tree, 'g')), false);
  assert.equal(b.disk('h'), 'last');
  assert.deepEqual(b.outcomes.get(1), { kind: 'withdrawn', message: 'it changed' });
});

test('data and steps in the wrong order are refused', async (t) => {
  const b = bench(t);
  const applier = b.applier();
  await assert.rejects(applier.data(Buffer.from('x')), BtsootError);
  const [step] = put('f', 'ab');
  await applier.step(step, null);
  await assert.rejects(applier.step(...put('g', 'x')), BtsootError);
  await assert.rejects(applier.data(Buffer.from('abc')), BtsootError);
  await assert.rejects(applier.finish(), BtsootError);
  await applier.abort();
  assert.deepEqual(readdirSync(b.tree), []);
});

test('a step whose folder failed fails too, and says so', async (t) => {
  const b = bench(t);
  writeFileSync(join(b.tree, 'd'), 'in the way');
  await run(b.applier(), [folder('d'), put('d/f', 'x'), put('e', 'y')]);
  assert.equal(b.outcomes.get(0)?.kind, 'drift');
  assert.equal(b.outcomes.get(1)?.kind, 'drift');
  assert.equal(b.disk('e'), 'y');
});

test('a group is committed before its names outgrow the journal', async (t) => {
  const b = bench(t);
  const applier = b.applier();
  const name = (index: number) => `${'\u0001'.repeat(240)}${index}`;
  const count = Math.ceil(limits.groupNamesMaxBytes / 240);
  for (let index = 0; index < count; index++) await applier.step(...put(name(index), ''));
  assert.ok(b.committed.length > 0);
  await applier.finish();
  assert.equal(readdirSync(b.tree).length, count);
});

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
    // The process that died had come this far, and its progress file says so, or a power cut has emptied it.
    writeFileSync(join(b.area.staging.path, 'progress-0'), progress === 'known' ? '+'.repeat(SECOND_SESSION.length) : '');

    const crashed = Manifest.open(snapshot);
    t.after(() => crashed.close());
    assert.notEqual(crashed.journal(), null);
    b.applier(crashed).recover();
    assert.equal(crashed.journal(), null);
    if (progress === 'known') assert.equal(crashed.stateDigest(), expected.stateDigest);
    assert.notEqual(crashed.holderOf(contentOf('gone')), undefined);
    assert.notEqual(crashed.holderOf(contentOf('in a')), undefined);
    assert.deepEqual(readdirSync(b.area.staging.path), []);
  });
}

/** A copy as a process that died here would leave it: the database with its write-ahead log. */
function copyDatabase(from: string, to: string): void {
  for (const suffix of ['', '-wal']) if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix);
}
