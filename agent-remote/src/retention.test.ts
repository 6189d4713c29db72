import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { HISTORY_ID, ROOT_ID } from '@btsoot/shared/manifest/manifest.js';
import type { Name, TreePath } from '@btsoot/shared/model/bytes.js';
import { hashBytes } from '@btsoot/shared/model/digest.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { BlockStore, type OpenBlock } from './blocks.js';
import { judgedNowUs, noteClock } from './clock.js';
import { temporaryFolder } from './fixture.js';
import { layoutOf } from './layout.js';
import { enforceRetention, letGo, makeRoom } from './retention.js';
import { defaultRules } from './retention-rules.js';

const day = 24 * 60 * 60 * 1_000_000;
const start = Date.UTC(2026, 0, 1) * 1_000;
const never = new AbortController().signal;
const meta = { mode: 0o644, uid: 0, gid: 0, mtimeUs: 0, xattrs: '' };
const contentOf = (text: string) => ({ hash: hashBytes(Buffer.from(text)), sizeBytes: text.length });

interface Bench {
  readonly root: string;
  readonly store: BlockStore;
  readonly block: OpenBlock;
}

function openBench(root: string): Bench {
  const store = new BlockStore(layoutOf(root));
  store.create('photos' as TreePath);
  return { root, store, block: store.hold('photos' as TreePath).block };
}

function freshBench(t: TestContext): Bench {
  const bench = openBench(temporaryFolder(t));
  t.after(() => bench.store.close());
  return bench;
}

const historyOf = (root: string): string => join(root, '.btsoot', 'blocks', 'photos', 'history');

/** A session that puts a folder of some files and one file into history, and removes a row, as an applier does. */
function session({ root, block: { manifest } }: Bench, finishedUs: number, files = 2): number {
  const number = manifest.beginSession({ startedUs: finishedUs - 1, sourceName: 'nas' });
  manifest.transaction(() => {
    mkdirSync(join(historyOf(root), `${number}-1`));
    const folder = manifest.insert(HISTORY_ID, `${number}-1` as Name, { kind: 'directory', meta, complete: true }, null);
    for (const name of [...Array(files).keys()].map(String)) {
      const text = `${number} ${name}`;
      writeFileSync(join(historyOf(root), `${number}-1`, name), text);
      manifest.insert(folder, name as Name, { kind: 'file', meta, content: contentOf(text) }, null);
    }
    writeFileSync(join(historyOf(root), `${number}-2`), 'x'.repeat(10_000));
    manifest.insert(HISTORY_ID, `${number}-2` as Name, { kind: 'file', meta, content: contentOf('x'.repeat(10_000)) }, null);
    const row = manifest.child(ROOT_ID, 'file' as Name);
    const entry = { kind: 'file', meta: { ...meta, mtimeUs: number }, content: contentOf(`${number}`) } as const;
    if (row === undefined) manifest.insert(ROOT_ID, 'file' as Name, entry, null);
    else manifest.update(row.id, { meta: entry.meta, content: entry.content });
  });
  return manifest.endSession({ finishedUs, steps: 3 });
}

/** What history holds on disk and in the manifest, which must be the same. */
function slots({ root, block: { manifest } }: Bench): string[] {
  const onDisk = readdirSync(historyOf(root)).sort();
  assert.deepEqual(
    manifest
      .rows(HISTORY_ID)
      .map(({ name }) => name as string)
      .sort(),
    onDisk,
  );
  return onDisk;
}

const child = fileURLToPath(new URL('./expiring-child.js', import.meta.url));

function killAt(root: string, through: number, number: number): Promise<NodeJS.Signals | null> {
  return new Promise((resolve, reject) => {
    const args = [child, root, String(through), String(number)];
    const running = execFile(process.execPath, args, (error, _, stderr) => {
      if (error !== null && error.signal === undefined) reject(new Error(stderr));
    });
    running.on('close', (_, signal) => resolve(signal));
  });
}

test('killed at any change, what is left of history is whole after the next call', async (t) => {
  for (let number = 1, signal: NodeJS.Signals | null = 'SIGKILL'; signal !== null; number++) {
    const root = temporaryFolder(t);
    const before = openBench(root);
    for (const days of [1, 2, 3, 4]) session(before, start + days * day);
    before.store.close();
    signal = await killAt(root, 3, number);

    const bench = openBench(root);
    const numbers = bench.block.manifest.sessions().map((record) => record.number);
    assert.ok(numbers.length === 4 || numbers.length === 2, `at change ${number}: sessions ${numbers}`);
    if (numbers.length === 2) {
      // The rules say otherwise by now, and the clock too: what was begun is finished.
      const judgement = { rules: defaultRules, nowUs: 0, space: () => ({ freeBytes: 1, totalBytes: 1 }), signal: never };
      await enforceRetention(bench.block, judgement);
      assert.deepEqual(slots(bench), ['4-1', '4-2'], `at change ${number}`);
    } else assert.equal(slots(bench).length, 8);
    const file = bench.block.manifest.asOf(numbers.at(-1) ?? 0).child(ROOT_ID, 'file' as Name);
    assert.deepEqual(file?.kind === 'file' && file.content, contentOf(String(numbers.at(-1))));
    bench.store.close();
    assert.ok(number < 40, 'it ends some time');
  }
});

test('history of 30,000 versions goes in small transactions, with turns for others in between', async (t) => {
  const bench = freshBench(t);
  const { manifest } = bench.block;
  const versions = 30_000;
  manifest.beginSession({ startedUs: 1, sourceName: 'nas' });
  const content = contentOf('same');
  manifest.transaction(() => {
    for (let slot = 0; slot < versions / 2; slot++)
      manifest.insert(HISTORY_ID, `1-${slot}` as Name, { kind: 'file', meta, content }, null);
    const folder = manifest.insert(HISTORY_ID, 'large' as Name, { kind: 'directory', meta, complete: true }, null);
    for (let row = 0; row < versions / 2; row++) manifest.insert(folder, `${row}` as Name, { kind: 'file', meta, content }, null);
  });
  manifest.endSession({ finishedUs: 2, steps: 1 });
  let [turns, written, most] = [0, manifest.rowsWritten(), 0];
  let isDone = false;
  const watch = (): void => {
    if (isDone) return;
    turns += 1;
    most = Math.max(most, manifest.rowsWritten() - written);
    written = manifest.rowsWritten();
    setImmediate(watch);
  };
  setImmediate(watch);
  const { removed } = await letGo(bench.block, 1, never);
  isDone = true;
  assert.equal(removed, versions / 2 + 1);
  assert.deepEqual(manifest.rows(HISTORY_ID), []);
  assert.ok(most < 6 * limits.expiryBatchRows, `${most} rows between two turns`);
  assert.ok(turns > versions / (6 * limits.expiryBatchRows), `${turns} turns`);
});

test('for space, as many sessions go as it takes', async (t) => {
  const bench = freshBench(t);
  for (const days of [1, 2, 3, 4, 99]) session(bench, start + days * day);
  const rules = { ...defaultRules, keepDays: 1_000, freeSpaceMin: { kind: 'bytes', bytes: 1_000 } as const };
  const disk = (): number => 1_500 + 400 * (10 - slots(bench).length);
  const judgement = { rules, nowUs: start + 100 * day, space: () => ({ freeBytes: disk(), totalBytes: 1e6 }), signal: never };
  assert.equal((await enforceRetention(bench.block, judgement)).removed, 0, 'there is enough');
  const some = await makeRoom(bench.block, 1_000, judgement);
  assert.deepEqual({ removed: some.removed, isShort: some.isShort }, { removed: 2, isShort: false });
  assert.deepEqual(slots(bench).slice(0, 2), ['2-1', '2-2']);
  const all = await makeRoom(bench.block, 1e6, judgement);
  assert.equal(all.isShort, true);
  assert.deepEqual(slots(bench), ['5-1', '5-2'], 'what is younger than a week stays, however full the disk is');
  assert.ok(some.freedBytes >= 10_000, `${some.freedBytes} bytes`);
});

/** A small disk of its own, where that can be had; else why not. */
function mountDisk(at: string): string | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'btsoot-test', at], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function fillUp(file: string): void {
  const fd = openSync(file, 'w');
  try {
    for (const piece = Buffer.alloc(4_096); ; ) writeSync(fd, piece);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  } finally {
    closeSync(fd);
  }
}

test('history goes from a disk that has no room left to write that down', async (t) => {
  const root = temporaryFolder(t);
  const reason = mountDisk(root);
  if (reason !== null) return t.skip(`no disk can be mounted here: ${reason}`);
  try {
    const bench = openBench(root);
    for (const days of [1, 2, 3]) session(bench, start + days * day);
    writeFileSync(join(historyOf(root), '1-2'), Buffer.alloc(6_000_000));
    fillUp(join(root, 'filler'));
    assert.throws(() => bench.block.manifest.expiry.begin(2), { kind: 'no-space' });
    await letGo(bench.block, 2, never);
    assert.deepEqual(slots(bench), ['3-1', '3-2']);
    bench.store.close();
  } finally {
    execFileSync('umount', ['-l', root]);
  }
});

test('nothing is judged by a clock that was not there in an earlier session', (t) => {
  const { block } = freshBench(t);
  const now = start + 10 * day;
  assert.equal(judgedNowUs(block, now), 0);
  noteClock(block, now);
  assert.equal(judgedNowUs(block, now + day), now);
  assert.equal(judgedNowUs(block, now + 5_000 * day), now, 'a clock that has jumped ahead');
  noteClock(block, now + 5_000 * day);
  assert.equal(judgedNowUs(block, now + day), now + day, 'and is right again');
  noteClock(block, 7);
  assert.equal(judgedNowUs(block, now + day), 7, 'a clock that was not set');
});
