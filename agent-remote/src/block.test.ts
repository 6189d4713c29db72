import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Applier } from '@btsoot/shared/apply/applier.js';
import { ROOT_ID } from '@btsoot/shared/manifest/manifest.js';
import { type Name, ROOT_PATH, type TreePath } from '@btsoot/shared/model/bytes.js';
import { hashBytes } from '@btsoot/shared/model/digest.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { inTree, type Step } from '@btsoot/shared/model/step.js';
import { BlockStore, type OpenBlock } from './blocks.js';
import { checkTree } from './check-tree.js';
import { failsAs, temporaryFolder } from './fixture.js';
import { layoutOf } from './layout.js';
import { listChildren } from './listing.js';
import { enforceRetention, type Judgement } from './retention.js';
import { defaultRules } from './retention-rules.js';

const folder = 'photos' as TreePath;
const dayUs = 86_400_000_000;
const startUs = 1_700_000_000_000_000;
const meta = { mode: 0o644, uid: 0, gid: 0, mtimeUs: startUs, xattrs: '' };
const never = new AbortController().signal;

/** False where a file can be made undeletable, else the reason: what `skip` takes. */
const immutableMissing: string | false = (() => {
  const file = join(mkdtempSync(join(tmpdir(), 'btsoot-immutable-')), 'file');
  writeFileSync(file, '');
  const made = ['+i', '-i'].every((flag) => spawnSync('chattr', [flag, file], { stdio: 'ignore' }).status === 0);
  rmSync(dirname(file), { recursive: true });
  return made ? false : 'chattr +i takes root, and a file system that knows it';
})();

async function openBlock(t: TestContext): Promise<{ root: string; block: OpenBlock; store: BlockStore }> {
  const root = temporaryFolder(t);
  const store = new BlockStore(layoutOf(root));
  t.after(() => store.close());
  store.create(folder);
  const { block } = store.hold(folder);
  await checkTree(block, { readAll: false, onProgress: () => undefined, signal: never });
  return { root, block, store };
}

async function applyAt(block: OpenBlock, nowUs: number, ...steps: { step: Step; inline: Buffer | null }[]): Promise<void> {
  const options = {
    ...block,
    chown: false,
    hardLinks: true,
    reflinks: false,
    sourceName: 'nas',
    now: () => nowUs,
    onCommitted: () => undefined,
  };
  const applier = new Applier(options);
  for (const { step, inline } of steps) await applier.step(step, inline);
  await applier.finish();
}

function put(name: string, bytes: Buffer): { step: Step; inline: Buffer } {
  const content = { hash: hashBytes(bytes), sizeBytes: bytes.length };
  return { step: { kind: 'put', path: name as TreePath, meta, content, replaces: null }, inline: bytes };
}

function remove(name: string): { step: Step; inline: null } {
  const expect = { kind: 'file', content: { hash: hashBytes(Buffer.from(name)), sizeBytes: name.length } } as const;
  return { step: { kind: 'remove', at: inTree(name as TreePath), expect }, inline: null };
}

const at = (nowUs: number, signal = never): Judgement => ({
  rules: defaultRules,
  nowUs,
  space: () => ({ freeBytes: 1e9, totalBytes: 2e9 }),
  signal,
});

test('history is kept for its time, and is gone from disk and manifest after it', async (t) => {
  const { root, block } = await openBlock(t);
  const history = join(root, '.btsoot', 'blocks', 'photos', 'history');
  await applyAt(block, startUs, put('a', Buffer.from('a')), put('b', Buffer.from('b')));
  await applyAt(block, startUs + dayUs, remove('a'));
  await applyAt(block, startUs + 2 * dayUs, remove('b'));
  assert.equal(readdirSync(history).length, 2);
  const days = limits.historyRetentionDefaultDays;
  const removedAt = async (nowUs: number): Promise<number> => (await enforceRetention(block, at(nowUs))).removed;
  assert.equal(await removedAt(startUs + (1 + days) * dayUs), 0);
  assert.equal(await removedAt(startUs + (1 + days) * dayUs + 1), 1);
  assert.equal(readdirSync(history).length, 1);
  assert.equal(block.manifest.holdersOf({ hash: hashBytes(Buffer.from('a')), sizeBytes: 1 }, 1)[0], undefined);
  assert.notEqual(block.manifest.holdersOf({ hash: hashBytes(Buffer.from('b')), sizeBytes: 1 }, 1)[0], undefined);
  assert.equal(await removedAt(startUs + (3 + days) * dayUs), 1);
  assert.deepEqual(readdirSync(history), []);
});

test('an old version that cannot be deleted stays, in the manifest too, and holds up no other', {
  skip: immutableMissing,
}, async (t) => {
  const { root, block } = await openBlock(t);
  const history = join(root, '.btsoot', 'blocks', 'photos', 'history');
  await applyAt(block, startUs, put('a', Buffer.from('a')), put('b', Buffer.from('b')));
  await applyAt(block, startUs + 1, remove('a'));
  const [stuck = ''] = readdirSync(history);
  await applyAt(block, startUs + 2, remove('b'));
  const later = startUs + 40 * dayUs;
  execFileSync('chattr', ['+i', join(history, stuck)]);
  try {
    const { removed, failed } = await enforceRetention(block, at(later));
    assert.deepEqual([removed, [...failed.keys()]], [1, [stuck]]);
    assert.deepEqual(readdirSync(history), [stuck]);
    assert.notEqual(block.manifest.holdersOf({ hash: hashBytes(Buffer.from('a')), sizeBytes: 1 }, 1)[0], undefined);
  } finally {
    execFileSync('chattr', ['-i', join(history, stuck)]);
  }
  assert.equal((await enforceRetention(block, at(later))).removed, 1);
  assert.deepEqual(readdirSync(history), []);
});

test('a stop between two old versions leaves the rest for the next time', async (t) => {
  const { block } = await openBlock(t);
  await applyAt(block, startUs, put('a', Buffer.from('a')));
  await applyAt(block, startUs + 1, remove('a'));
  const later = startUs + 40 * dayUs;
  await assert.rejects(enforceRetention(block, at(later, AbortSignal.abort(new Error('stopping')))), /stopping/);
  assert.equal((await enforceRetention(block, at(later))).removed, 1);
});

test('children come in pages, in order, the last one marked', async (t) => {
  const { block } = await openBlock(t);
  const count = 2 * limits.childrenPerPageMax + 1;
  const names = Array.from({ length: count }, (_, i) => `f${String(i).padStart(5, '0')}`);
  block.manifest.transaction(() => {
    for (const name of names) block.manifest.insert(ROOT_ID, name as Name, { kind: 'file', meta, content: null }, null);
  });
  const pages = [...listChildren(block.manifest, { session: '', directoryIds: [ROOT_ID], asOfSession: 0 })];
  assert.deepEqual(
    pages.flatMap(({ children }) => children.map(({ name }) => name as string)),
    names,
  );
  assert.deepEqual(
    pages.map(({ last }) => last),
    [false, false, true],
  );
  const unknown = { session: '', directoryIds: [ROOT_ID, 99_999], asOfSession: 0 };
  assert.throws(() => [...listChildren(block.manifest, unknown)], failsAs('not-found'));
});

test('long names and targets make smaller pages', async (t) => {
  const { block } = await openBlock(t);
  const target = 't'.repeat(limits.linkTargetMaxBytes);
  block.manifest.transaction(() => {
    for (let i = 0; i < 200; i++) block.manifest.insert(ROOT_ID, `l${i}` as Name, { kind: 'symlink', meta, target }, null);
  });
  const pages = [...listChildren(block.manifest, { session: '', directoryIds: [ROOT_ID], asOfSession: 0 })];
  assert.ok(pages.length >= 4);
  for (const { children } of pages) assert.ok(children.length * limits.linkTargetMaxBytes <= limits.frameSizeMaxBytes);
});

test('a block is found again, open or closed, and its tree lies where it says', async (t) => {
  const { root, block, store } = await openBlock(t);
  assert.equal(store.hold(folder).block, block);
  assert.deepEqual(store.list(), [folder]);
  assert.deepEqual(store.create(folder), { manifestId: block.manifest.manifestId, existed: true });
  assert.notEqual(block.tree.lstat(ROOT_PATH), null);
  assert.ok(existsSync(join(root, 'photos')));
  assert.throws(() => store.hold('music' as TreePath), failsAs('not-found', /no block in "music"/));
});

test('a root whose records have gone, or cannot be looked at, is not taken for one without the block', (t) => {
  const root = temporaryFolder(t);
  const layout = layoutOf(root);
  const maker = new BlockStore(layout);
  maker.create(folder);
  maker.close();
  const store = new BlockStore(layout);
  t.after(() => store.close());
  renameSync(layout.home, join(root, 'elsewhere'));
  assert.throws(() => store.hold(folder), failsAs('refused', /\.btsoot has gone: the disk of the remote is not where it was/));
  symlinkSync('.btsoot', layout.home);
  assert.throws(() => store.hold(folder), failsAs('drift', /cannot look at .*manifest\.db: ELOOP/));
  assert.throws(() => store.list(), failsAs('drift', /cannot look at .*blocks: ELOOP/));
  rmSync(layout.home);
  renameSync(join(root, 'elsewhere'), layout.home);
  store.hold(folder).release();
});

test('only so many blocks stay open unused, and measuring opens none', (t) => {
  const root = temporaryFolder(t);
  const store = new BlockStore(layoutOf(root));
  const descriptors = (): number => readdirSync('/proc/self/fd').length;
  const names = Array.from({ length: 3 * limits.idleBlocksMax }, (_, i) => `block${i}` as TreePath);
  store.create(folder);
  const held = store.hold(folder);
  const before = descriptors();
  store.create('one' as TreePath);
  const most = before + (descriptors() - before) * limits.idleBlocksMax;
  for (const name of names) store.create(name);
  assert.ok(descriptors() <= most, `${descriptors()} descriptors, not at most ${most}`);
  assert.equal(held.block.manifest.root().entryCount, 0);
  held.release();
  store.close();

  const fresh = new BlockStore(layoutOf(root));
  t.after(() => fresh.close());
  const unopened = descriptors();
  for (const name of names) assert.deepEqual(fresh.size(name), { entries: 0, bytes: 0 });
  assert.equal(descriptors(), unopened);
});
