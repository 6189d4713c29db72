import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { treeDifferences } from '../harness/compare.js';
import type { Disk } from './disk.js';
import { assertStateClean } from './judge-sync.js';
import { onlyHere } from './scenario.js';
import type { Placed, Survivors } from './survivors.js';

/** What must hold whatever happened to a restore. */
export interface ExpectedOfRestore {
  /** A copy of what the restore leads to. */
  readonly restored: string;
  /** The session that it goes back to. */
  readonly session: number;
}

/**
 * Lets a restore begin again where it was broken off, or, `bySync`, a sync go on from there. Files that the remote does not
 * hold must be there in any case.
 */
export async function judgeRestore(
  survivors: Survivors,
  disk: Disk,
  restarts: boolean,
  expected: ExpectedOfRestore,
  bySync: boolean,
): Promise<void> {
  await survivors.withBlock(disk, restarts, async (placed) => {
    if (bySync) await judgeSyncAfter(survivors, placed);
    else {
      const run = await survivors.restore(placed, '--at', String(expected.session), '--delete');
      assert.equal(run.status, 4, run.output);
      const left = run.outcome?.problems.map(({ path, message }) => `${path}: ${message}`) ?? [];
      assert.deepEqual(
        left.map((line) => line.slice(0, line.indexOf(':'))).sort(),
        Object.keys(onlyHere).sort(),
        left.join('\n'),
      );
      assert.deepEqual(treeDifferences(expected.restored, placed.source), [], 'what was to be restored, and what was');
    }
    assert.equal(existsSync(join(placed.source, '.btsoot-restore')), false, 'the working folder');
    assertStateClean(placed);
  });
}

async function judgeSyncAfter(survivors: Survivors, placed: Placed): Promise<void> {
  const outcome = await survivors.sync(placed);
  assert.deepEqual(outcome.problems, [], 'problems of the sync that followed');
  assert.deepEqual(treeDifferences(placed.source, placed.mirror), [], 'source against mirror');
  const contents = new Set(filesBelow(placed.source).map((path) => readFileSync(path, 'latin1')));
  for (const [name, content] of Object.entries(onlyHere)) assert.ok(contents.has(content), `${name}, which exists nowhere else`);
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
