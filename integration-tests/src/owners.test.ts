import assert from 'node:assert/strict';
import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { treeDifferences } from './harness/compare.js';
import { here } from './harness/place.js';
import { dir, file, plant } from './harness/tree.js';
import { mustSucceed, mustSync, pairedWorld } from './harness/world.js';

/** On the remote, `daemon` and the group `bin` have other numbers than here. */
const OTHER_GETENT = `#!/bin/sh
case "$1" in
  passwd) echo daemon:x:4001:4001::/:/bin/sh ;;
  group) echo bin:x:4002: ;;
esac
exit 2
`;

const daemon = 1;
const bin = 2;

test('owners go by name where that is wanted, and come back by number', {
  skip: process.geteuid?.() === 0 ? false : 'only root can give files away',
}, async (t) => {
  const tools = mkdtempSync(join(tmpdir(), 'btsoot-getent-'));
  t.after(() => rmSync(tools, { recursive: true }));
  writeFileSync(join(tools, 'getent'), OTHER_GETENT);
  chmodSync(join(tools, 'getent'), 0o755);
  const world = await pairedWorld(t, {
    far: { host: here.host, through: ['env', `PATH=${tools}:${process.env['PATH']}`] },
    plant: (tree) => {
      plant(tree, file('named', 'x'), file('unnamed', 'y'), dir('folder', [file('inside', 'z')]));
      chownSync(join(tree, 'named'), daemon, bin);
      chmodSync(join(tree, 'named'), 0o6755);
      chownSync(join(tree, 'unnamed'), 54_321, 54_322);
      chownSync(join(tree, 'folder'), daemon, 54_322);
    },
  });
  const ownerOf = (root: string, name: string): number[] => {
    const { uid, gid } = lstatSync(join(root, name));
    return [uid, gid];
  };
  world.source.configure('blocks.photos', 'owners', 'name');
  await mustSync(world);
  assert.deepEqual(ownerOf(world.mirror, 'named'), [4001, 4002]);
  assert.equal(lstatSync(join(world.mirror, 'named')).mode & 0o7777, 0o6755);
  assert.deepEqual(ownerOf(world.mirror, 'unnamed'), [54_321, 54_322]);
  assert.deepEqual(ownerOf(world.mirror, 'folder'), [4001, 54_322]);
  assert.equal((await mustSync(world)).outcome.kind, 'unchanged');

  // A folder whose children change gets its metadata back, though no step names its owner.
  writeFileSync(join(world.tree, 'folder/inside'), 'edited');
  chownSync(join(world.tree, 'folder/inside'), 0, 0);
  await mustSync(world);
  assert.deepEqual(ownerOf(world.mirror, 'folder'), [4001, 54_322]);

  chownSync(join(world.mirror, 'named'), 99, 99);
  assert.equal((await mustSync(world)).outcome.steps, 1);
  assert.deepEqual(ownerOf(world.mirror, 'named'), [4001, 4002]);

  const back = join(world.directory, 'back');
  mkdirSync(back);
  mustSucceed(await world.source.json('restore', 'photos', '--to', back));
  assert.deepEqual(treeDifferences(world.tree, back), []);

  world.source.configure('blocks.photos', 'owners', 'number');
  chownSync(join(world.tree, 'unnamed'), daemon, bin);
  await mustSync(world);
  assert.deepEqual(ownerOf(world.mirror, 'unnamed'), [daemon, bin]);
});
