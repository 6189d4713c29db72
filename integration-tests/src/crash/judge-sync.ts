import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { treeDifferences } from '../harness/compare.js';
import { rsyncDifferences, rsyncMissing } from '../harness/rsync.js';
import type { Disk } from './disk.js';
import { type Row, type Rows, readRows, rowDifferences, sameRow } from './rows.js';
import { assertReadable, type Placed, type Survivors } from './survivors.js';

/** What must hold whatever happened to a sync. */
export interface ExpectedOfSync {
  /** The manifest's rows of the source, as the session leads to. */
  readonly final: Rows;
  /** What the remote's manifest said before the session. */
  readonly first: Rows;
  /** A session of before whose state must still be there. */
  readonly session: number;
}

/** Lets both agents find a disk as a crash has left it, and holds what they make of it against what is expected. */
export function judgeSync(survivors: Survivors, disk: Disk, restarts: boolean, expected: ExpectedOfSync): Promise<void> {
  return survivors.withBlock(disk, restarts, (placed) => judgePlaced(survivors, placed, expected));
}

/** As `judgeSync`, of a block where something was interrupted. */
export async function judgePlaced(survivors: Survivors, placed: Placed, expected: ExpectedOfSync): Promise<void> {
  const { first } = expected;
  const { isThorough } = survivors;
  const believed = readRows(join(placed.peek, 'replica.db'));
  await survivors.inSession(placed, async (opened, client) => {
    assertKept(believed, readRows(join(placed.area, 'manifest.db')), expected);
    await assertReadable(opened, client, [...first.contents.values(), ...believed.contents.values()]);
  });
  const outcome = await survivors.sync(placed);
  assert.deepEqual(outcome.problems, [], 'problems of the sync that followed');
  assert.ok(outcome.kind === 'done' || outcome.kind === 'unchanged', `the sync that followed ended as ${outcome.kind}`);
  await survivors.inSession(placed, async (opened, client) => {
    assert.equal(opened.drifted, 0, 'entries that had drifted after that sync');
    assert.deepEqual(opened.partials, [], 'partials that were left');
    if (isThorough) await assertReadable(opened, client, [...first.contents.values()]);
  });
  if (rsyncMissing === false && isThorough) assert.deepEqual(rsyncDifferences(placed.source, placed.mirror), []);
  assertEqual(placed, expected);
  if (isThorough) assert.equal((await survivors.sync(placed)).kind, 'unchanged', 'one more sync');
}

function assertEqual(placed: Placed, { final, session, first }: ExpectedOfSync): void {
  const { source, mirror, area, state } = placed;
  assert.deepEqual(treeDifferences(source, mirror), [], 'source against mirror');
  const rows = readRows(join(area, 'manifest.db'), session);
  assert.deepEqual(rowDifferences(rows.tree, final.tree), [], "the remote's manifest");
  assert.deepEqual(rowDifferences(readRows(join(state, 'replica.db')).tree, final.tree), [], 'the replica');
  assert.deepEqual(rowDifferences(rows.past ?? new Map(), first.tree), [], `the state as of session ${session}`);
  for (const folder of ['staging', 'stash', 'partial']) {
    assert.deepEqual(readdirSync(join(area, folder)), [], `what was left in ${folder}`);
  }
  const kept = readdirSync(join(area, 'history'));
  assert.deepEqual(
    kept.filter((name) => !rows.slots.has(name)),
    [],
    'what no manifest knows of in history',
  );
  assert.deepEqual(
    [...rows.slots].filter((name) => !kept.includes(name)),
    [],
    'what history does not have',
  );
  assertStateClean(placed);
  assert.equal(existsSync(join(source, '.btsoot-restore')), false);
}

/** Nothing lies about where the source keeps what it knows of the block. */
export function assertStateClean({ state }: Placed): void {
  const ours = ['last.json', 'lock', 'replica.db', 'source.db', 'syncs.jsonl'];
  // What was to be the next last.json goes when it is an hour old.
  const left = readdirSync(state).filter((name) => !ours.includes(name.replace(/-(wal|shm|journal)$|\.[0-9a-f]{12}\.tmp$/, '')));
  assert.deepEqual(left, [], 'what was left in the state directory');
}

/**
 * Whether a name is no longer one of the file that it is to be of. A group that has one name yet, or whose names are yet to
 * come apart, is a matter of the manifest: until then, the disk shows something else, and a check of the tree believes that.
 */
function isLinkLost(path: string, { linked }: Row, rows: Rows, final: Rows): boolean {
  if (linked === '' || linked === path || final.tree.get(path)?.linked !== linked) return false;
  const now = rows.tree.get(path)?.linked ?? '';
  return now === '' || now !== rows.tree.get(linked)?.linked;
}

/** What the source believes to be where it is to stay must be there, and what it believes to be anywhere must be known. */
function assertKept(believed: Rows, rows: Rows, { final, first }: ExpectedOfSync): void {
  // A folder is nothing but its name here: one that was there before may be on its way to another, as in a swap.
  const isNews = (path: string, row: Row): boolean => row.kind !== 'directory' || !first.tree.has(path);
  const lost = [...believed.tree].filter(
    ([path, row]) =>
      isNews(path, row) &&
      sameRow(final.tree.get(path), row) &&
      (!sameRow(rows.tree.get(path), row) || isLinkLost(path, row, rows, final)),
  );
  assert.deepEqual(
    lost.map(([path]) => path),
    [],
    'what was acknowledged, and lost',
  );
  const undone = [...rows.tree.keys()].filter(
    (path) => !final.tree.has(path) && !believed.tree.has(path) && believed.tree.size > 0,
  );
  assert.deepEqual(undone, [], 'what was acknowledged as gone, and is there');
}
