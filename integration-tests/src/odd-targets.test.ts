import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { swapEntries } from './harness/changes.js';
import { Cleanup } from './harness/cleanup.js';
import { treeDifferences } from './harness/compare.js';
import { compilerMissing, FailingCalls } from './harness/failing-calls.js';
import { type DiskKind, diskKinds, MountedDisk } from './harness/mounted-disk.js';
import { overwrite } from './harness/planting.js';
import { seeded } from './harness/random.js';
import { at, dir, file, link, plant } from './harness/tree.js';
import { assertMirrored, mustSucceed, mustSync, pairedWorld, temporaryDirectory, type World } from './harness/world.js';
import { cases, startingTree } from './sync-cases.js';

/*
 * Mirrors on real disks that hold less than the source does. What they cannot hold comes back: a restore from them to an
 * ordinary file system makes the source's equal, to the last bit.
 */

interface OddWorld extends World {
  readonly disk: MountedDisk;
}

/** Null where such a disk cannot be had here: the test is skipped then. */
async function worldOn(t: TestContext, kind: DiskKind): Promise<OddWorld | null> {
  const cleanup = Cleanup.within(t);
  const disk = MountedDisk.make(cleanup, temporaryDirectory(cleanup), kind);
  if (typeof disk === 'string') {
    t.skip(disk);
    return null;
  }
  const world = await pairedWorld(cleanup, {
    remoteRoot: join(disk.path, 'root'),
    plant: (tree) => plant(tree, ...startingTree),
  });
  return { ...world, disk };
}

/** The whole block, as the remote has it, is what the source has. */
async function assertComesBack({ source, tree, directory }: World): Promise<void> {
  const back = join(directory, 'back');
  mkdirSync(back);
  await source.mustRun('restore', 'photos', '--to', back);
  assert.deepEqual(treeDifferences(tree, back), []);
  rmSync(back, { recursive: true });
}

/** Pulls the disk out and plugs it in: inode numbers may be other ones now. */
async function replug({ remote, disk }: OddWorld): Promise<void> {
  await remote.stop();
  disk.remount();
  await remote.serve();
}

/** What a symlink, or a file that stands for one, cannot say there. */
function leaveOut(tree: string, kind: DiskKind): void {
  if (kind !== diskKinds.ntfs && kind !== diskKinds.btrfs) rmSync(join(tree, 'links/long'), { force: true });
}

for (const [kind, perSync] of [
  [diskKinds.exfat, 5],
  [diskKinds.ntfs, 6],
  [diskKinds.vfat, 6],
] as const) {
  test(`every change arrives on ${kind.name}, and comes back from it`, async (t) => {
    const world = await worldOn(t, kind);
    if (world === null) return;
    await mustSync(world);
    assert.equal((await mustSync(world)).outcome.kind, 'unchanged');
    for (let first = 0; first < cases.length; first += perSync) {
      for (const { change } of cases.slice(first, first + perSync)) change(world.tree);
      leaveOut(world.tree, kind);
      await mustSync(world);
      const { outcome, wireBytes } = await mustSync(world);
      assert.equal(outcome.kind, 'unchanged');
      assert.ok(wireBytes < 5_000, `${wireBytes} bytes for nothing`);
    }
    await assertComesBack(world);
    // It forgets times before 1980 when it is pulled out.
    for (const folder of ['times', 'before 1970']) rmSync(join(world.tree, folder), { recursive: true });
    await mustSync(world);
    await replug(world);
    const { outcome, wireBytes } = await mustSync(world);
    assert.equal(outcome.kind, 'unchanged', 'after the disk was plugged in again');
    assert.ok(wireBytes < 5_000, `${wireBytes} bytes for nothing`);
    await assertComesBack(world);
  });
}

for (const kind of [diskKinds.btrfs, diskKinds.xfs]) {
  test(`every change arrives on ${kind.name}, which holds all there is`, async (t) => {
    const world = await worldOn(t, kind);
    if (world === null) return;
    await mustSync(world);
    for (let first = 0; first < cases.length; first += 8) {
      for (const { change } of cases.slice(first, first + 8)) change(world.tree);
      leaveOut(world.tree, kind);
      await mustSync(world);
      assertMirrored(world.tree, world.mirror);
    }
  });
}

test('names that exFAT takes for one are two files there, and a person can read them', async (t) => {
  const world = await worldOn(t, diskKinds.exfat);
  if (world === null) return;
  const { tree, mirror, source } = world;
  plant(
    tree,
    dir('names', [file('photo', 'small'), file('12:30?.txt', 'time'), file('100%41', 'escaped'), link('link', '../2020/a.jpg')]),
  );
  await mustSync(world);
  plant(join(tree, 'names'), file('Photo', 'capital'), file('PHOTO', 'capitals'), dir('PhoTo.d', [file('x', 'in d')]));
  plant(join(tree, 'names'), dir('photo.d', [file('x', 'in small d')]), file(Buffer.from([0xff]), 'no text'));
  await mustSync(world);
  const onDisk = (...names: string[]): string => readFileSync(join(mirror, 'names', ...names), 'utf8');
  assert.equal(onDisk('photo'), 'small');
  assert.equal(onDisk('%50hoto'), 'capital');
  assert.equal(onDisk('%50%48%4F%54%4F'), 'capitals');
  assert.equal(onDisk('12%3A30%3F.txt'), 'time');
  assert.equal(onDisk('100%2541'), 'escaped');
  assert.equal(onDisk('%FF'), 'no text');
  assert.match(onDisk('link'), /^XSym\n0013\n[0-9a-f]{32}\n\.\.\/2020\/a\.jpg\n +$/);
  assert.equal(lstatSync(join(mirror, 'names/link')).size, 1067);
  assert.equal(readdirSync(join(mirror, 'names')).length, 9);

  await t.test('they are edited, renamed to each other, moved and removed like others', async () => {
    swapEntries(join(tree, 'names'), 'photo', 'Photo');
    writeFileSync(join(tree, 'names/PhoTo.d/x'), 'edited');
    await mustSync(world);
    await assertComesBack(world);
    renameSync(join(tree, 'names'), join(tree, 'Names'));
    renameSync(join(tree, 'Names/PHOTO'), join(tree, 'Names/phOTO'));
    assert.equal(mustSucceed(await source.json('sync', 'photos')).sentBytes, 0);
    rmSync(join(tree, 'Names/photo'));
    rmSync(join(tree, 'Names/photo.d'), { recursive: true });
    await mustSync(world);
    assert.equal((await mustSync(world)).outcome.kind, 'unchanged');
    await assertComesBack(world);
  });

  await t.test('a remote that has lost its records knows them again', async () => {
    await world.remote.stop();
    rmSync(join(world.remote.root, '.btsoot/blocks'), { recursive: true });
    await world.remote.serve();
    await source.mustRun('add', 'photos', tree, 'pi:photos');
    const outcome = mustSucceed(await source.json('sync', 'photos'));
    assert.equal(outcome.sentBytes, 0);
    await assertComesBack(world);
  });
});

test('a file of which little changed is patched in place on exFAT, and its old version comes back', async (t) => {
  const world = await worldOn(t, diskKinds.exfat);
  if (world === null) return;
  const big = join(world.tree, 'Im:age');
  writeFileSync(big, seeded(1).bytes(36 * 1024 ** 2));
  const before = readFileSync(big);
  const { outcome: first } = await mustSync(world);
  overwrite(big, 20_000_000, Buffer.from('changed'));
  const { wireBytes } = await mustSync(world);
  assert.ok(wireBytes < 20_000, `${wireBytes} bytes for seven`);
  assert.ok(readFileSync(join(world.mirror, 'Im%3Aage')).equals(readFileSync(big)));
  const back = join(world.directory, 'old');
  mkdirSync(back);
  await world.source.mustRun('restore', 'photos', 'Im:age', '--to', back, '--at', String(first.session));
  assert.ok(readFileSync(join(back, 'Im:age')).equals(before));
});

test('a remote that is killed on exFAT goes on, and leaves nothing', async (t) => {
  const world = await worldOn(t, diskKinds.exfat);
  if (world === null) return;
  await mustSync(world);
  plant(
    world.tree,
    dir(
      'More:',
      Array.from({ length: 200 }, (_, index) => file(`f?${index}`, seeded(index).bytes(40_000))),
    ),
  );
  world.proxy.reset();
  const sync = world.source.start('sync', 'photos', '--retries', '0');
  await world.proxy.reached(4_000_000);
  await world.remote.stop('SIGKILL');
  assert.equal((await sync.finished).status, 5);
  world.disk.remount();
  await world.remote.serve();
  await mustSync(world);
  assert.equal((await mustSync(world)).outcome.kind, 'unchanged');
  await assertComesBack(world);
  for (const folder of ['staging', 'stash', 'partial'])
    assert.deepEqual(readdirSync(at(world.remote.root, '.btsoot/blocks/photos', folder)), []);
});

for (const kind of [diskKinds.exfat, diskKinds.ntfs]) {
  test(`on ${kind.name}, whose program hears of no syncfs, each file is made durable by itself, and manifests have no log`, {
    skip: compilerMissing,
  }, async (t) => {
    const world = await worldOn(t, kind);
    if (world === null) return;
    await mustSync(world);
    // It is open still; another machine that has the same file system could not see what a log's shared memory says.
    assert.ok(!readdirSync(at(world.remote.root, '.btsoot/blocks/photos'), 'latin1').includes('manifest.db-wal'));
    const calls = FailingCalls.compile(world.directory);
    await world.remote.stop();
    await world.remote.serve({ environment: calls.environment });
    plant(world.tree, file('first', 'f'), file('second', 's'));
    // Not on the folder itself, on which syncfs would be called.
    calls.fail('sync', '/photos/staging/');
    const { status, outcome, output } = await world.source.json('sync', 'photos', '--retries', '0');
    assert.notEqual(status, 0);
    assert.equal(outcome, undefined);
    assert.match(output, /cannot make .*staging.* durable: EIO/);
    calls.mend();
    await mustSync(world);
    await assertComesBack(world);
  });
}

test('who makes a remote on a disk without permissions is told that its keys are open', async (t) => {
  const world = await worldOn(t, diskKinds.exfat);
  if (world === null) return;
  await world.remote.stop();
  const { stderr } = await world.remote.mustRun('init', '--root', world.remote.root);
  assert.match(stderr, /Everybody on this machine can read the keys.*umask=077/);
});

test('what a disk cannot hold at all is said, and the rest arrives', async (t) => {
  const world = await worldOn(t, diskKinds.exfat);
  if (world === null) return;
  plant(
    world.tree,
    link('far', 'x'.repeat(1_025)),
    link('near', 'x'.repeat(1_024)),
    file('ü?'.repeat(80), 'too long'),
    file('new', 'n'),
  );
  const { status, outcome } = await world.source.json('sync', 'photos');
  assert.equal(status, 4);
  const problems = outcome?.problems.map(({ path, message }) => [path, message]) ?? [];
  assert.deepEqual(problems.map(([path]) => path).sort(), ['far', 'ü?'.repeat(80)]);
  assert.ok(
    problems.every(([, message]) => /cannot hold|ENAMETOOLONG/.test(message ?? '')),
    JSON.stringify(problems),
  );
  assert.equal(readFileSync(join(world.mirror, 'new'), 'utf8'), 'n');
});
