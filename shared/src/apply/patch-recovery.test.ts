import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { HISTORY_ID } from '../manifest/manifest.js';
import type { TreePath } from '../model/bytes.js';
import { sweepStaging } from './area.js';
import { decodeJournal } from './journal.js';
import { contentOf, openPatchBench, type PatchBench, patch, plant, readAll, temporaryHome } from './patch-fixture.js';

const program = fileURLToPath(new URL('./patch-crash.js', import.meta.url));
const file = 'file' as TreePath;
const undo = '1-1.undo';
/** The patches below make fewer changes of the disk: the bytes that they change, they change in a few ranges. */
const CHANGES_MAX = 40;

const old = Buffer.alloc(200_000, 'the old version ');
const grown = Buffer.concat([old, Buffer.alloc(150_000, 'more ')]);
grown.fill('CHANGED', 30_000, 130_000);
grown.write('X', 150_000);
const shrunk = Buffer.from(old.subarray(0, 90_000));
shrunk.fill('CHANGED', 10, 80_000);

/** A process of its own patches `file`; see the program for its arguments. */
function patchElsewhere(t: TestContext, made: Buffer, ...args: string[]): { home: string; ended: SpawnSyncReturns<Buffer> } {
  const home = temporaryHome(t);
  const before = openPatchBench(home);
  plant(before, 'file', old);
  before.close();
  writeFileSync(join(home, 'made'), made);
  const ended = spawnSync(process.execPath, [program, home, join(home, 'made'), ...args]);
  return { home, ended };
}

function reopen(t: TestContext, home: string): PatchBench {
  const bench = openPatchBench(home);
  t.after(() => bench.close());
  return bench;
}

function recover(bench: PatchBench): void {
  assert.equal(bench.commit.recover(), true);
  assert.equal(bench.manifest.journal(), null);
  sweepStaging(bench.area);
  assert.deepEqual(readdirSync(join(bench.home, 'area', 'staging')), []);
}

const onDisk = ({ home }: PatchBench): Buffer => readFileSync(join(home, 'tree', 'file'));

/** The file is wholly the new version, and the old one can be read. */
function requireBoth(bench: PatchBench, made: Buffer): void {
  assert.ok(onDisk(bench).equals(made));
  checkFile(bench);
  assert.ok(readAll(bench, contentOf(made)).equals(made));
  assert.ok(readAll(bench, contentOf(old)).equals(old));
  assert.deepEqual(
    bench.manifest.rows(HISTORY_ID).map(({ name }) => name as string),
    [undo],
  );
}

/** What the check of the tree does that is due: a file that is not known as it is is read. */
function checkFile(bench: PatchBench): void {
  const row = bench.manifest.lookup(file) ?? assert.fail('the file has no row');
  if (bench.manifest.seen(row.id) !== null) return;
  bench.manifest.update(row.id, { content: contentOf(onDisk(bench)) });
  bench.manifest.setSeen(row.id, bench.tree.lstat(file));
}

/** As after a power cut. */
function loseProgress({ area }: PatchBench): void {
  for (const name of readdirSync(area.staging.path)) {
    if (name.startsWith('progress-')) truncateSync(join(area.staging.path, name), 0);
  }
}

for (const [how, made] of [
  ['grows', grown],
  ['shrinks', shrunk],
] as const) {
  for (const progress of ['known', 'lost'] as const) {
    test(`a file that ${how} has its new version whenever the process dies in patching it (progress ${progress})`, (t) => {
      let deaths = 0;
      for (; deaths < CHANGES_MAX; deaths++) {
        const { home, ended } = patchElsewhere(t, made, String(deaths + 1));
        assert.ok(ended.signal === 'SIGKILL' || ended.status === 0, String(ended.stderr));
        const bench = reopen(t, home);
        if (progress === 'lost') loseProgress(bench);
        // One that died at the very last has nothing left to recover.
        if (bench.manifest.journal() !== null) recover(bench);
        requireBoth(bench, made);
        if (ended.signal === null) break;
      }
      assert.ok(deaths > 8 && deaths < CHANGES_MAX, `it died at ${deaths} points`);
    });
  }

  test(`a file that ${how} keeps its old version whatever change the disk refuses`, async (t) => {
    let refusals = 0;
    for (; refusals < CHANGES_MAX; refusals++) {
      const { home, ended } = patchElsewhere(t, made, String(refusals + 1), 'ENOSPC');
      const outcome = JSON.parse(String(ended.stdout));
      const bench = reopen(t, home);
      if (outcome.kind === 'done') break;
      assert.deepEqual([outcome.kind, outcome.noSpace], ['failed', true]);
      assert.ok(onDisk(bench).equals(old));
      assert.ok(readAll(bench, contentOf(old)).equals(old));
      for (const folder of ['history', 'staging']) assert.deepEqual(readdirSync(join(home, 'area', folder)), []);
      assert.deepEqual(await patch(bench, 'file', old, made), { kind: 'done' });
    }
    assert.ok(refusals > 2 && refusals < CHANGES_MAX, `${refusals} changes were refused`);
  });
}

/** Died in the middle of the ranges: the undo file is in history, and the file neither version. */
function diedHalfway(t: TestContext): PatchBench {
  const { home, ended } = patchElsewhere(t, grown, '7');
  assert.equal(ended.signal, 'SIGKILL');
  const bench = reopen(t, home);
  assert.deepEqual(readdirSync(join(home, 'area', 'history')), [undo]);
  assert.ok(!onDisk(bench).equals(old) && !onDisk(bench).equals(grown));
  return bench;
}

function stagedUndo({ manifest, staging }: PatchBench): Buffer {
  const [action] = decodeJournal(manifest.journal() ?? assert.fail('there is no journal')).actions;
  return staging.path(action?.staged?.kind === 'patch' ? action.staged.undo : assert.fail('it is no patch'));
}

test('a disk that fails in patching and in putting back leaves the group to the next session', (t) => {
  const { home, ended } = patchElsewhere(t, grown, '6', 'EIO', 'always');
  assert.match(String(ended.stderr), /old bytes could not be put back/);
  const bench = reopen(t, home);
  assert.ok(!onDisk(bench).equals(old) && !onDisk(bench).equals(grown));
  recover(bench);
  requireBoth(bench, grown);
});

test('a power cut may take the undo file back to staging while the file keeps what was written to it', (t) => {
  const bench = diedHalfway(t);
  loseProgress(bench);
  renameSync(join(bench.home, 'area', 'history', undo), stagedUndo(bench));
  recover(bench);
  requireBoth(bench, grown);
});

test('a file that a crash may have left as a mixture is read again before it is believed', (t) => {
  const bench = diedHalfway(t);
  // Somebody edits it where it is, after the crash, outside of what is patched.
  const edited = onDisk(bench);
  edited.write('by hand', 0);
  writeFileSync(join(bench.home, 'tree', 'file'), edited);
  recover(bench);
  const row = bench.manifest.lookup(file) ?? assert.fail('the file has no row');
  assert.equal(bench.manifest.seen(row.id), null);
  assert.ok(onDisk(bench).toString('latin1').startsWith('by hand'));
});

test('where the file has gone after a crash, recovery ends, and keeps what leads back to the old version', (t) => {
  const bench = diedHalfway(t);
  rmSync(join(bench.home, 'tree', 'file'));
  recover(bench);
  const [kept] = bench.manifest.rows(HISTORY_ID);
  assert.deepEqual(kept?.kind === 'file' && kept.content, contentOf(old));
  assert.throws(() => readAll(bench, contentOf(old)), /no file of the block|is missing|ENOENT/);
  // When the new version turns up somewhere, the old one can be read.
  plant(bench, 'again', grown);
  assert.ok(readAll(bench, contentOf(old)).equals(old));
});

test('a damaged undo file is found before anything is overwritten', (t) => {
  const { home } = patchElsewhere(t, grown, '1');
  const bench = reopen(t, home);
  truncateSync(stagedUndo(bench), 100);
  recover(bench);
  assert.ok(onDisk(bench).equals(old));
  assert.ok(readAll(bench, contentOf(old)).equals(old));
  assert.deepEqual(readdirSync(join(home, 'area', 'history')), []);
});
