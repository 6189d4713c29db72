import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { assertNoResidue, keepingAll } from './harness/keeping.js';
import { seeded } from './harness/random.js';
import { mountingMissing, SmallDisk } from './harness/small-disk.js';
import { dir, file, plant, plantCrowd } from './harness/tree.js';
import { mustSync, pairedWorld, syncAndCheck, type World } from './harness/world.js';

/* Disks that become full: the remote's in the middle of a session, for the data and for its databases, and the source's. */

const MB = 1_000_000;

/** Synced once, with something new to be synced; the remote has a disk of its own. */
async function worldOnDisk(t: TestContext, disk: SmallDisk, bytesPerSecond?: number): Promise<World> {
  const world = await pairedWorld(t, {
    remoteRoot: join(disk.path, 'root'),
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
    plant: (tree) => plant(tree, file('old', seeded(1).bytes(MB)), dir('folder', [file('older', 'old words')])),
  });
  await mustSync(world);
  return world;
}

test('a disk that is full in mid-session stops the sync, which says how much is missing, and goes on later', {
  skip: mountingMissing,
}, async (t) => {
  const disk = SmallDisk.mount(t, 80 * MB);
  // So slow that a step is made durable, and fails, while most is still to be sent.
  const world = await worldOnDisk(t, disk, 5 * MB);
  plantCrowd(world.tree, { folders: 4, filesPerFolder: 20, fileSizeBytes: 10_000 }, seeded(2));
  plant(world.tree, file('large', seeded(3).bytes(20 * MB)), file('zz', seeded(4).bytes(8 * MB)));
  writeFileSync(join(world.tree, 'old'), 'new words');

  await keepingAll(t, world, "the remote's disk becomes full in mid-session", async () => {
    world.proxy.reset();
    const sync = world.source.json('sync', 'photos');
    await world.proxy.reached(6 * MB);
    disk.fill();
    const run = await sync;
    const sentBytes = world.proxy.traffic().upBytes;
    assert.equal(run.status, 1, run.output);
    assert.match(run.output, /"kind":"no-space"/);
    assert.match(run.output, /full: \d+ bytes of 28800009 are still to be stored/);
    assert.ok(sentBytes < 26 * MB, `${sentBytes} bytes were sent to a disk that was full`);

    const refused = await world.source.json('sync', 'photos');
    assert.equal(refused.status, 3, refused.output);
    assert.match(
      refused.outcome?.reasons.join() ?? '',
      /needs [\d.]+ MB on the target, which has [\d.]+ [kM]B free: [\d.]+ [kM]B are missing/,
    );
    return 2;
  });
  disk.free();
  await syncAndCheck(world);
  assertNoResidue(world);
});

test('a disk without room for the manifest itself changes nothing, and says so', { skip: mountingMissing }, async (t) => {
  const disk = SmallDisk.mount(t, 40 * MB);
  const world = await worldOnDisk(t, disk);
  plantCrowd(world.tree, { folders: 20, filesPerFolder: 100, fileSizeBytes: 8 }, seeded(5));
  await keepingAll(t, world, "no room for the remote's manifest", async () => {
    let tries = 0;
    for (const leftBytes of [0, 100_000, 1_000_000]) {
      disk.free();
      disk.fill(leftBytes);
      tries += 1;
      const run = await world.source.json('sync', 'photos', '--retries', '0');
      assert.ok(run.status === 1 || run.status === 3, run.output);
      assert.match(run.output, /full|no space|ENOSPC|are missing/i);
    }
    return tries;
  });
  disk.free();
  await syncAndCheck(world);
  assertNoResidue(world);
});

test("a source whose state has no room says so, and the remote's tree stays true", { skip: mountingMissing }, async (t) => {
  // So small that mkfs makes blocks of 1 KiB, on which a full disk ends a process that has SQLite's shared memory there.
  const disk = SmallDisk.mount(t, 20 * MB);
  const world = await pairedWorld(t, {
    plant: (tree) => plantCrowd(tree, { folders: 10, filesPerFolder: 100, fileSizeBytes: 8 }, seeded(6)),
  });
  world.source.environment = { BTSOOT_STATE: join(disk.path, 'state') };
  await mustSync(world);
  plantCrowd(
    join(world.tree, readdirSync(world.tree)[0] ?? ''),
    { folders: 20, filesPerFolder: 100, fileSizeBytes: 8 },
    seeded(7),
  );
  await keepingAll(t, world, "the source's state disk is full", async () => {
    let tries = 0;
    for (const leftBytes of [0, 50_000, 400_000]) {
      disk.free();
      disk.fill(leftBytes);
      tries += 1;
      const run = await world.source.json('sync', 'photos', '--retries', '0');
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /full|no space|ENOSPC/i);
    }
    return tries;
  });
  disk.free();
  await syncAndCheck(world);
});
