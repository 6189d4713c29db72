import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { getfattrMissing, setAttribute } from './harness/attributes.js';
import { swapEntries } from './harness/changes.js';
import { Cleanup } from './harness/cleanup.js';
import { treeDifferences } from './harness/compare.js';
import { type Brick, Gluster } from './harness/gluster.js';
import { overwrite } from './harness/planting.js';
import { seeded } from './harness/random.js';
import { at, dir, file, link, plant } from './harness/tree.js';
import {
  assertMirrored,
  mustSucceed,
  mustSync,
  pairedWorld,
  syncAndCheck,
  temporaryDirectory,
  type World,
} from './harness/world.js';
import { startingTree } from './sync-cases.js';

/*
 * A remote's root on a real GlusterFS volume of three replicas, mounted by FUSE: bricks die and come back in the middle of
 * a sync, and so do the mount and the agent.
 */

const cleanup = new Cleanup();
after(() => cleanup.run());
const gluster = await Gluster.make(cleanup, temporaryDirectory(cleanup));
const skip = typeof gluster === 'string' ? gluster : false;
const all: readonly Brick[] = [1, 2, 3];

function volume(): Gluster {
  if (typeof gluster === 'string') throw new Error(gluster);
  return gluster;
}

let roots = 0;

/** A root of its own on the volume. */
async function worldOn(t: TestContext): Promise<World> {
  return await pairedWorld(t, {
    remoteRoot: join(volume().path, `root-${++roots}`),
    plant: (tree) => plant(tree, ...startingTree),
  });
}

async function assertUnchanged(world: World): Promise<void> {
  assert.equal((await mustSync(world)).outcome.kind, 'unchanged');
}

/** What a sync that was broken off has left is gone. */
function assertNoResidue(world: World): void {
  for (const folder of ['staging', 'stash', 'partial'])
    assert.deepEqual(readdirSync(at(world.remote.root, '.btsoot/blocks/photos', folder)), [], folder);
}

/** The bricks hold the same, each by itself. */
function assertReplicated(world: World): void {
  const within = (brick: Brick): string => world.mirror.replace(volume().path, volume().brick(brick));
  for (const brick of all)
    assert.deepEqual(treeDifferences(world.tree, within(brick), { attributes: false }), [], `brick ${brick}`);
}

function plantMany(tree: string, name: string, count: number): void {
  const random = seeded(count);
  plant(
    tree,
    dir(
      name,
      Array.from({ length: count }, (_, index) => file(`f${index}`, random.bytes(60_000))),
    ),
  );
}

/** One of each kind: an edit, a swap, a file for a folder and a link for a file, a rename within a removed folder's place. */
function changeAll(tree: string): void {
  appendFileSync(join(tree, '2019/a.jpg'), 'more');
  swapEntries(join(tree, '2020'), 'a.jpg', 'c.jpg');
  rmSync(join(tree, 'nothing'), { recursive: true });
  rmSync(join(tree, 'empty'));
  plant(tree, file('nothing', 'a file now'), link('empty', 'nothing'), dir('new', [dir('deep', [file('x', 'y')])]));
  renameSync(join(tree, '2019/raw'), join(tree, 'new/raw'));
  renameSync(join(tree, 'other name'), join(tree, 'new/other'));
  chmodSync(join(tree, 'readme.txt'), 0o600);
}

test('every kind of change arrives on GlusterFS, and all comes back from it', { skip }, async (t) => {
  const world = await worldOn(t);
  linkSync(join(world.tree, '2019/b.jpg'), join(world.tree, 'other name'));
  plant(world.tree, file(Buffer.from([0x66, 0xff, 0x0a, 0x3a]), 'no text'), file('.glusterfs', 'only a name here'));
  if (getfattrMissing === false) setAttribute(join(world.tree, 'readme.txt'), 'user.btsoot', 'kept');
  await syncAndCheck(world);
  await assertUnchanged(world);
  changeAll(world.tree);
  await syncAndCheck(world);
  await assertUnchanged(world);
  assertReplicated(world);
  await world.source.mustRun('verify', 'photos', '--remote');
  const back = join(world.directory, 'back');
  mkdirSync(back);
  await world.source.mustRun('restore', 'photos', '--to', back);
  assert.deepEqual(treeDifferences(world.tree, back), []);
});

test('a moved folder is one rename there, and what is removed goes to history', { skip }, async (t) => {
  const world = await worldOn(t);
  plantMany(world.tree, 'album', 20);
  await mustSync(world);
  const inode = (name: string): bigint => lstatSync(join(world.mirror, name), { bigint: true }).ino;
  const before = inode('album/f7');
  renameSync(join(world.tree, 'album'), join(world.tree, 'holidays'));
  const moved = await syncAndCheck(world);
  assert.equal(moved.outcome.sentBytes, 0);
  assert.equal(moved.outcome.plan?.summary['move'], 1);
  assert.ok(moved.wireBytes < 10_000, `${moved.wireBytes} bytes for a rename`);
  assert.equal(inode('holidays/f7'), before);
  rmSync(join(world.tree, 'holidays/f7'));
  await syncAndCheck(world);
  const back = join(world.directory, 'old');
  mkdirSync(back);
  await world.source.mustRun('restore', 'photos', 'holidays/f7', '--to', back, '--at', String(moved.outcome.session));
  assert.equal(lstatSync(join(back, 'holidays/f7')).size, 60_000);
});

test('of a large file what changed is patched in place there, and its old version comes back', { skip }, async (t) => {
  const world = await worldOn(t);
  const big = join(world.tree, 'image');
  writeFileSync(big, seeded(1).bytes(36 * 1024 ** 2));
  const before = readFileSync(big);
  const { outcome: first } = await syncAndCheck(world);
  const { ino } = lstatSync(join(world.mirror, 'image'), { bigint: true });
  overwrite(big, 20_000_000, Buffer.from('changed'));
  const { wireBytes } = await syncAndCheck(world);
  assert.ok(wireBytes < 20_000, `${wireBytes} bytes for seven`);
  assert.equal(lstatSync(join(world.mirror, 'image'), { bigint: true }).ino, ino);
  const back = join(world.directory, 'old');
  mkdirSync(back);
  await world.source.mustRun('restore', 'photos', 'image', '--to', back, '--at', String(first.session));
  assert.ok(readFileSync(join(back, 'image')).equals(before));
});

test('each brick is asked to make each file durable, before it is acknowledged', { skip }, async (t) => {
  const world = await worldOn(t);
  await mustSync(world);
  const before = all.map((brick) => volume().fsyncs(brick));
  plantMany(world.tree, 'more', 20);
  await mustSync(world);
  for (const [index, brick] of all.entries()) {
    const fsyncs = volume().fsyncs(brick) - (before[index] ?? 0);
    assert.ok(fsyncs >= 20, `${fsyncs} of brick ${brick}`);
  }
});

test('a sync goes on while one brick is dead; when it is back it is healed, and all three are equal', { skip }, async (t) => {
  const world = await worldOn(t);
  await mustSync(world);
  plantMany(world.tree, 'more', 40);
  writeFileSync(join(world.tree, 'readme.txt'), 'edited');
  world.proxy.reset();
  const sync = world.source.json('sync', 'photos');
  await world.proxy.reached(800_000);
  volume().killBrick(2);
  mustSucceed(await sync);
  assertMirrored(world.tree, world.mirror);
  assert.notDeepEqual(readdirSync(world.mirror), []);
  await volume().startBricks();
  await volume().healed();
  assertReplicated(world);
  await assertUnchanged(world);
});

test('without a quorum of bricks a sync fails and says so, loses nothing, and goes on when they are back', {
  skip,
}, async (t) => {
  const world = await worldOn(t);
  await mustSync(world);
  plantMany(world.tree, 'more', 40);
  rmSync(join(world.tree, '2020'), { recursive: true });
  world.proxy.reset();
  const sync = world.source.json('sync', 'photos', '--retries', '0');
  await world.proxy.reached(800_000);
  volume().killBrick(1);
  volume().killBrick(3);
  const { status, output } = await sync;
  assert.ok(status === 1 || status === 5, output);
  assert.match(output, /ENOTCONN|EROFS|EIO|SQLITE_IOERR|SQLITE_READONLY|disk I\/O error/);
  await volume().startBricks();
  await volume().healed();
  await world.remote.stop();
  await world.remote.serve();
  await syncAndCheck(world);
  await assertUnchanged(world);
  assertNoResidue(world);
  assertReplicated(world);
});

test('an agent that is killed in the middle of a sync goes on there, and leaves nothing', { skip }, async (t) => {
  const world = await worldOn(t);
  await mustSync(world);
  plantMany(world.tree, 'more', 40);
  world.proxy.reset();
  const sync = world.source.json('sync', 'photos', '--retries', '0');
  await world.proxy.reached(800_000);
  await world.remote.stop('SIGKILL');
  assert.equal((await sync).status, 5);
  await world.remote.serve();
  await syncAndCheck(world);
  await assertUnchanged(world);
  assertNoResidue(world);
});

test('a second agent on the same root is refused, through another mount as well', { skip }, async (t) => {
  const world = await worldOn(t);
  const other = `${volume().path}-other`;
  volume().mount(other);
  try {
    const root = world.remote.root.replace(volume().path, other);
    const second = await world.remote.run('serve', '--root', root);
    assert.equal(second.status, 1);
    assert.match(second.stderr, /is in use: process \d+ serves it/);
    // What only reads finds all of it there.
    assert.match((await world.remote.mustRun('status', '--root', root)).stdout, /photos/);
  } finally {
    volume().unmount(other);
  }
  await mustSync(world);
});

test('where the mount dies in the middle of a sync, both agents say so, and all goes on once it is back', { skip }, async (t) => {
  const world = await worldOn(t);
  await mustSync(world);
  plantMany(world.tree, 'more', 40);
  world.proxy.reset();
  const sync = world.source.json('sync', 'photos', '--retries', '0');
  await world.proxy.reached(800_000);
  volume().killClient();
  const { status, output } = await sync;
  assert.ok(status === 1 || status === 5, output);
  assert.doesNotMatch(output, /no block|does not exist/);
  await world.remote.line(/has gone from under its mount point/);
  await world.remote.line(/Mount it again/);
  volume().unmount();
  assert.deepEqual(readdirSync(volume().path), []);
  const onNothing = await world.remote.run('serve', '--root', world.remote.root);
  assert.equal(onNothing.status, 1);
  assert.deepEqual(readdirSync(volume().path), []);
  volume().mount();
  await world.remote.stop();
  await world.remote.serve();
  await syncAndCheck(world);
  await assertUnchanged(world);
  assertNoResidue(world);
});

test('a local target whose mount has died, or is not there, is not taken for an empty one', { skip }, async (t) => {
  const world = await worldOn(t);
  const { source, tree } = world;
  const mirror = join(volume().path, 'local');
  await source.mustRun('add', 'local', tree, mirror);
  mustSucceed(await source.json('sync', 'local'));
  assertMirrored(tree, mirror);
  writeFileSync(join(tree, 'new'), 'n');

  volume().killClient();
  const dead = await source.run('sync', 'local', '--retries', '0');
  assert.equal(dead.status, 5, dead.stderr);
  assert.match(dead.stderr, /ENOTCONN.*\n.*mount it again/);
  const doctor = await source.run('doctor', 'local');
  assert.match(doctor.stdout, /bad .*ENOTCONN.*mount it again/);

  volume().unmount();
  const empty = await source.run('sync', 'local', '--retries', '0');
  assert.equal(empty.status, 5, empty.stderr);
  assert.match(empty.stderr, /holds no \.btsoot folder: this is not the disk that the block was added with/);
  assert.deepEqual(readdirSync(volume().path), []);

  volume().mount();
  const outcome = mustSucceed(await source.json('sync', 'local'));
  assert.deepEqual([outcome.plan?.summary['put'], outcome.plan?.summary['remove'], outcome.sentBytes], [1, 0, 1]);
  assertMirrored(tree, mirror);
});

test('the doctor knows what it is on', { skip }, async (t) => {
  const world = await worldOn(t);
  const { stdout } = await world.remote.run('doctor', '--root', world.remote.root);
  assert.match(stdout, /good .*fuse\.glusterfs, which other machines can write to as well/);
  assert.match(stdout, /good .*fuse\.glusterfs holds all that is mirrored/);
});
