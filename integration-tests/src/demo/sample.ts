import { Cleanup } from '../harness/cleanup.js';
import { treeDifferences } from '../harness/compare.js';
import { mustSync, pairedWorld, type World } from '../harness/world.js';
import { printRows, type Row, say } from './report.js';
import { changes, plantSampleTree } from './sample-tree.js';

/** The demo on a tree of its own. Leaves nothing behind. */
export async function mirrorSampleTree(): Promise<void> {
  const cleanup = new Cleanup();
  try {
    say('Making a sample tree, and starting a remote agent as its own process ...');
    const world = await pairedWorld(cleanup, { plant: plantSampleTree });
    say(`source:  ${world.tree}`);
    say(`mirror:  ${world.mirror}, written by \`btsoot-remote serve\` (process ${world.remote.pid})`);
    say(`link:    mutual TLS 1.3 on 127.0.0.1, paired with a one-time code, bytes counted by a proxy in between`);
    const rows = [await syncOnce(world, 'everything: the first sync')];
    for (const { what, make } of changes) {
      make(world.tree);
      rows.push(await syncOnce(world, what));
    }
    printRows(rows);
    say('After each sync both trees were compared by their names, types, modes, times, link targets and bytes: equal.');
  } finally {
    await cleanup.run();
  }
}

async function syncOnce(world: World, what: string): Promise<Row> {
  const startedMs = performance.now();
  const { outcome, wireBytes } = await mustSync(world);
  const durationMs = performance.now() - startedMs;
  const differences = treeDifferences(world.tree, world.mirror);
  if (differences.length > 0) throw new Error(`after "${what}" the trees differ:\n${differences.join('\n')}`);
  return { what, steps: outcome.steps, contentBytes: outcome.sentBytes, wireBytes, durationMs };
}
