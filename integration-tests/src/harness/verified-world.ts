import type { TestContext } from 'node:test';
import { dir, file, plant } from './tree.js';
import { pairedWorld, syncAndCheck, type World } from './world.js';

/* What the tests of verification begin with. */

export const long = 'y'.repeat(50_000);

export async function syncedWorld(t: TestContext): Promise<World> {
  const world = await pairedWorld(t, {
    plant: (tree) => plant(tree, file('good', `${long} good`), file('bad', `${long} bad`), dir('d', [file('deep', 'deep')])),
  });
  await syncAndCheck(world);
  return world;
}

/** Does something to the remote's disk while nobody uses it. */
export async function offline(world: World, work: () => void): Promise<void> {
  await world.remote.stop();
  work();
  await world.remote.serve();
}

export const verify = (world: World, ...args: readonly string[]) => world.source.json('verify', 'photos', ...args);
