import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Cleanup } from './harness/cleanup.js';
import { CountingProxy } from './harness/counting-proxy.js';
import { seeded } from './harness/random.js';
import { RemoteAgent } from './harness/remote-agent.js';
import { SourceAgent } from './harness/source-agent.js';
import { dir, file, link, plant, plantCrowd } from './harness/tree.js';
import { assertMirrored, mustSucceed, temporaryDirectory } from './harness/world.js';

const contentBytes = 30 * 10_000 + 5;

/** A source and a mounted disk, with a block from one to the other. No second machine, nothing paired. */
async function localWorld(t: TestContext): Promise<{ directory: string; tree: string; disk: string; source: SourceAgent }> {
  const directory = temporaryDirectory(t);
  const tree = join(directory, 'photos');
  const disk = join(directory, 'usb');
  for (const path of [tree, disk]) mkdirSync(path);
  plantCrowd(tree, { folders: 3, filesPerFolder: 10, fileSizeBytes: 10_000 }, seeded(1));
  plant(tree, file('note', 'hello'), link('link', 'note'), dir('empty'));
  const source = new SourceAgent(join(directory, 'home'));
  await source.mustRun('add', 'photos', tree, join(disk, 'photos'));
  return { directory, tree, disk, source };
}

test('a local target is mirrored, and renames cost nothing there either', async (t) => {
  const { tree, disk, source } = await localWorld(t);
  const first = mustSucceed(await source.json('sync', 'photos'));
  assert.equal(first.sentBytes, contentBytes);
  assertMirrored(tree, join(disk, 'photos'));

  renameSync(join(tree, 'folder-0001'), join(tree, 'renamed'));
  const inode = lstatSync(join(disk, 'photos/folder-0001')).ino;
  const renamed = mustSucceed(await source.json('sync', 'photos'));
  assert.equal(renamed.sentBytes, 0);
  assert.equal(lstatSync(join(disk, 'photos/renamed')).ino, inode);
  assertMirrored(tree, join(disk, 'photos'));

  assert.equal(mustSucceed(await source.json('sync', 'photos')).kind, 'unchanged');
});

test('a target filled at home and carried to the Pi goes on there without sending or hashing anything', async (t) => {
  const { directory, tree, disk, source } = await localWorld(t);
  mustSucceed(await source.json('sync', 'photos'));

  const carried = join(directory, 'carried');
  renameSync(disk, carried);
  const cleanup = Cleanup.within(t);
  const remote = await RemoteAgent.init(carried, join(directory, 'pi-home'));
  await source.pair(await remote.pair('photos'));
  await remote.serve();
  cleanup.after(() => remote.stop('SIGKILL'));
  const proxy = await CountingProxy.listen(remote.port);
  cleanup.after(() => proxy.close());
  source.reachRemoteBy(proxy.port);
  const { stdout: added } = await source.mustRun('add', 'photos', tree, 'pi:photos');
  assert.match(added, /^Re-pointed photos: .* -> pi:photos \(until now \/.*\/photos\)\n/);

  proxy.reset();
  const run = await source.json('sync', 'photos');
  const outcome = mustSucceed(run);
  assert.equal(outcome.kind, 'unchanged', run.output);
  assert.equal(outcome.sentBytes, 0);
  assert.ok(proxy.totalBytes() < 20_000, `${proxy.totalBytes()} bytes crossed the wire`);
  const hashed = run.events.filter((event) => event['kind'] === 'scanned').map((event) => event['hashedFiles']);
  assert.deepEqual(
    hashed.filter((count) => count !== 0),
    [],
  );
  assertMirrored(tree, join(carried, 'photos'));

  renameSync(join(tree, 'note'), join(tree, 'renamed note'));
  assert.equal(mustSucceed(await source.json('sync', 'photos')).sentBytes, 0);
  assertMirrored(tree, join(carried, 'photos'));
});

test('a target inside the mirror of another block, or around one, is refused: a sync of the one would clear the other away', async (t) => {
  const { directory, disk, source } = await localWorld(t);
  mkdirSync(join(directory, 'songs'));
  for (const target of ['photos/songs', 'photos/empty/songs']) {
    mkdirSync(join(disk, dirname(target)), { recursive: true });
    const run = await source.run('add', 'songs', join(directory, 'songs'), join(disk, target));
    assert.notEqual(run.status, 0);
    assert.match(run.stderr, /lie inside each other/);
    assert.equal(existsSync(join(disk, dirname(target), '.btsoot')), false);
  }
  // Deeper than any remote looks.
  mkdirSync(join(directory, 'deep', 'below'), { recursive: true });
  await source.mustRun('add', 'songs', join(directory, 'songs'), join(directory, 'deep', 'below', 'songs'));
  const around = await source.run('add', 'other', join(directory, 'songs'), join(directory, 'deep'));
  assert.notEqual(around.status, 0);
  assert.match(around.stderr, /lie inside each other/);
  await source.mustRun('add', 'songs', join(directory, 'songs'), join(directory, 'deep', 'below', 'songs'));
  await source.mustRun('add', 'other', join(directory, 'songs'), join(directory, 'deep', 'below', 'other'));
});

test('a target inside its own source is refused', async (t) => {
  const directory = temporaryDirectory(t);
  const source = new SourceAgent(join(directory, 'home'));
  mkdirSync(join(directory, 'photos'));
  const run = await source.run('add', 'photos', join(directory, 'photos'), join(directory, 'photos', 'copy'));
  assert.notEqual(run.status, 0);
});

test('a folder that holds the disk of a mirror is no folder to restore to', async (t) => {
  const { directory, tree, disk, source } = await localWorld(t);
  mustSucceed(await source.json('sync', 'photos'));
  const refused = await source.run('restore', 'photos', '--to', directory);
  assert.equal(refused.status, 1, refused.stdout);
  assert.match(refused.stderr, /cannot be restored to: a remote's folder .*usb lies in it/);
  await source.mustRun('restore', 'photos', '--to', join(directory, 'beside'));
  assertMirrored(tree, join(directory, 'beside'));
  assertMirrored(tree, join(disk, 'photos'));
});
