import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, linkSync, lstatSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { treeDifferences } from './harness/compare.js';
import { dir, file, plant } from './harness/tree.js';
import { assertMirrored, mustSucceed, mustSync, pairedWorld, syncAndCheck } from './harness/world.js';

const isRoot = process.geteuid?.() === 0;
const mayMakeDevices = isRoot && canMakeDevices();

function canMakeDevices(): boolean {
  try {
    execFileSync('mknod', ['/tmp/btsoot-device', 'c', '1', '3'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync('/tmp/btsoot-device', { force: true });
  }
}

function fifo(path: string): void {
  execFileSync('mkfifo', [path]);
}

function device(path: string, ...what: readonly string[]): void {
  execFileSync('mknod', [path, ...what]);
}

test('FIFOs are mirrored where the block says so, never opened, and restored', async (t) => {
  const world = await pairedWorld(t, {
    plant: (tree) => {
      plant(tree, file('one', 'content'), dir('folder', [file('two', 'more')]));
      fifo(join(tree, 'pipe'));
      fifo(join(tree, 'folder/pipe é'));
      chmodSync(join(tree, 'pipe'), 0o4640);
    },
  });
  const skipped = await mustSync(world);
  assert.deepEqual([skipped.outcome.specials, existsSync(join(world.mirror, 'pipe'))], [2, false]);

  world.source.configure('blocks.photos', 'specials', 'mirror');
  const { outcome } = await syncAndCheck(world);
  assert.deepEqual([outcome.plan?.summary['makeSpecial'], outcome.steps, outcome.specials], [2, 2, 0]);
  assert.equal((await syncAndCheck(world)).outcome.kind, 'unchanged');

  // Replaced by a file and the other way round, moved, its mode changed.
  rmSync(join(world.tree, 'one'));
  fifo(join(world.tree, 'one'));
  rmSync(join(world.tree, 'pipe'));
  writeFileSync(join(world.tree, 'pipe'), 'a file now');
  renameSync(join(world.tree, 'folder/pipe é'), join(world.tree, 'moved'));
  chmodSync(join(world.tree, 'moved'), 0o600);
  await syncAndCheck(world);

  // A stranger's on the mirror goes, and ours comes back.
  rmSync(join(world.mirror, 'moved'));
  fifo(join(world.mirror, 'folder/stranger'));
  await syncAndCheck(world);
  linkSync(join(world.tree, 'moved'), join(world.tree, 'other name'));

  const server = createServer().listen(join(world.tree, 'socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  const withSocket = await mustSync(world);
  assert.equal(withSocket.outcome.specials, 1, 'a socket means nothing without its program');
  server.close();
  await new Promise((resolve) => server.once('close', resolve));

  const back = join(world.directory, 'back');
  mustSucceed(await world.source.json('restore', 'photos', '--to', back));
  rmSync(join(world.tree, 'socket'), { force: true });
  assert.deepEqual(treeDifferences(world.mirror, back), []);
  const then = join(world.directory, 'then');
  mustSucceed(await world.source.json('restore', 'photos', '--to', then, '--at', String(outcome.session)));
  assert.ok(lstatSync(join(then, 'folder/pipe é')).isFIFO());
  assert.equal(lstatSync(join(then, 'pipe')).mode & 0o7777, 0o4640);

  world.source.configure('blocks.photos', 'specials', 'skip');
  await mustSync(world);
  assert.equal(existsSync(join(world.mirror, 'moved')), false);
  assert.ok(lstatSync(join(world.tree, 'moved')).isFIFO());
});

test('devices are mirrored by a remote that may make them', {
  skip: mayMakeDevices ? false : 'devices cannot be made here',
}, async (t) => {
  const world = await pairedWorld(t, {
    plant: (tree) => {
      device(join(tree, 'null'), 'c', '1', '3');
      device(join(tree, 'large numbers'), 'b', '4000', '1000000');
      chownSync(join(tree, 'null'), 1234, 4321);
    },
  });
  world.source.configure('blocks.photos', 'specials', 'mirror');
  await syncAndCheck(world);
  rmSync(join(world.tree, 'null'));
  device(join(world.tree, 'null'), 'c', '1', '5');
  await syncAndCheck(world);
  assertMirrored(world.tree, world.mirror);
});

test('a remote that may not make a device says so of that entry, and does the rest', {
  skip: mayMakeDevices ? false : 'devices cannot be made here',
}, async (t) => {
  const world = await pairedWorld(t, {
    far: { host: '127.0.0.1', through: ['setpriv', '--bounding-set=-mknod', '--inh-caps=-mknod'] },
    plant: (tree) => {
      plant(tree, file('a', '1'), file('z', '2'));
      device(join(tree, 'device'), 'c', '1', '3');
      fifo(join(tree, 'pipe'));
    },
  });
  world.source.configure('blocks.photos', 'specials', 'mirror');
  const run = await world.source.json('sync', 'photos');
  assert.equal(run.status, 4, run.output);
  assert.deepEqual(
    run.outcome?.problems.map(({ path, kind }) => [path, kind]),
    [['device', 'failed']],
  );
  assert.match(run.outcome?.problems[0]?.message ?? '', /character 1 3.*not permitted/i);
  rmSync(join(world.tree, 'device'));
  await syncAndCheck(world);
});
