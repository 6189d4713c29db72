import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { treeDifferences } from '../harness/compare.js';
import { assertMirrored, type Pair } from '../harness/world.js';
import { changeAgain, firstTree } from './story.js';

type Judged = Pick<Pair, 'tree' | 'mirror' | 'source' | 'directory'>;

/** That an old state is good to go on from: a sync of a tree that has changed, history, restore, verify. */
export async function judgeOldState({ tree, mirror, source, directory }: Judged): Promise<void> {
  assert.match((await source.mustRun('status')).stdout, /photos +good/);
  changeAgain(tree);
  await source.mustRun('sync', 'photos', '--json');
  assertMirrored(tree, mirror);
  assert.match((await source.mustRun('status')).stdout, /photos +good/);
  assert.equal((await source.json('sync', 'photos')).outcome?.kind, 'unchanged');
  const restored = join(directory, 'restored');
  await source.mustRun('restore', 'photos', '--to', restored, '--at', '1');
  // The folder that it was restored to is not its root.
  assert.deepEqual(treeDifferences(firstTree(directory), restored, { roots: false, attributes: false }), []);
  rmSync(restored, { recursive: true });
}

/** What came after the first builds: history by path, and reading all contents again. */
export async function judgeNewCommands({ source, tree }: Judged): Promise<void> {
  const sessions = (await source.mustRun('history', 'photos')).stdout;
  for (const session of [1, 2, 3]) assert.match(sessions, new RegExp(`^ *${session}\\b`, 'm'), sessions);
  const versions = (await source.mustRun('history', 'photos', 'notes/2023/one')).stdout;
  assert.equal(readFileSync(join(tree, 'notes/2023/one'), 'utf8'), 'the third version');
  assert.ok(versions.split('\n').length >= 3, versions);
  await source.mustRun('verify', 'photos');
}
