import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Contents, contentsBelow, lost } from './holdings.js';
import type { Pair } from './world.js';

/** What the remote holds of the block: its mirror, its history, and what is set aside within a session. */
export function heldBy({ mirror, remote }: Pick<Pair, 'mirror' | 'remote'>): Contents {
  const area = areaOf(remote.root);
  const folders = ['history', 'stash'].map((name) => join(area, name));
  return contentsBelow(...[mirror, ...folders].filter((folder) => existsSync(folder)));
}

/** Does something bad to a world, so many times; whatever the remote held before must be there after it. Says so in the test's output. */
export async function keepingAll(t: TestContext, world: Pair, fault: string, work: () => Promise<number>): Promise<void> {
  const before = heldBy(world);
  const tries = await work();
  const missing = lost(before, heldBy(world));
  t.diagnostic(`fault: ${fault} | tries: ${tries} | lost: ${missing.length}`);
  assert.deepEqual(missing, []);
}

/** Nothing half written lies about beside the tree. */
export function assertNoResidue({ remote }: Pick<Pair, 'remote'>): void {
  for (const folder of ['staging', 'stash']) assert.deepEqual(readdirSync(join(areaOf(remote.root), folder)), [], folder);
}

function areaOf(root: string): string {
  return join(root, '.btsoot', 'blocks', 'photos');
}
