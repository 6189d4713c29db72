import { rmSync } from 'node:fs';
import { copyTree } from '../harness/tree.js';
import type { Disk } from './disk.js';
import { type ExpectedOfSync, judgePlaced } from './judge-sync.js';
import type { Survivors } from './survivors.js';

/** Has one agent die for real in a sync, at its Nth change of the disk, while the other one lives; then it is started again. */
export async function judgeKilled(
  survivors: Survivors,
  before: Disk,
  victim: 'remote' | 'source',
  kill: string,
  expected: ExpectedOfSync,
): Promise<void> {
  const start = (at?: string): Promise<void> => (victim === 'remote' ? survivors.startRemote(at) : survivors.startSource(at));
  await survivors.withBlock(before, false, async (placed) => {
    await start(kill);
    await survivors.sync(placed).catch(() => undefined);
    await start();
    rmSync(placed.peek, { recursive: true });
    copyTree(placed.state, placed.peek);
    await judgePlaced(survivors, placed, expected);
  });
}
