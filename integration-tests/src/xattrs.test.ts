import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { attributesIn, getfattrMissing, removeAttribute, setAcl, setAttribute, setfaclMissing } from './harness/attributes.js';
import { treeDifferences } from './harness/compare.js';
import { here, type Place } from './harness/place.js';
import { plainUser } from './harness/plain-user.js';
import { seeded } from './harness/random.js';
import { copyTree, dir, file, plant } from './harness/tree.js';
import {
  assertMirrored,
  mustSucceed,
  mustSync,
  type PairOptions,
  pairedWorld,
  syncAndCheck,
  type World,
} from './harness/world.js';

const isRoot = process.geteuid?.() === 0;
const skip = getfattrMissing || setfaclMissing || withoutAttributes(tmpdir());
const rootOnly = skip || (isRoot ? false : 'only root may set such attributes');

const MiB = 1024 * 1024;
/** `cap_net_raw=ep` */
const capability = '0x0100000200200000000000000000000000000000';

function withoutAttributes(directory: string): string | false {
  const probe = mkdtempSync(join(directory, 'btsoot-attributes-'));
  try {
    if (getfattrMissing === false) setAttribute(probe, 'user.probe', 'x');
    return false;
  } catch {
    return `the file system of ${directory} has no extended attributes`;
  } finally {
    rmSync(probe, { recursive: true });
  }
}

function plantMarked(tree: string): void {
  const large = seeded(3).bytes(33 * MiB);
  plant(
    tree,
    file('bare', 'no attributes'),
    file('small', 'small'),
    file('large', large),
    dir('folder', [file('read-only', 'x'), dir('inside', [file(Buffer.from('é\n'), 'y')])]),
  );
  setAttribute(tree, 'user.mark', 'the root');
  setAttribute(join(tree, 'small'), 'user.mark', 'small');
  setAttribute(join(tree, 'small'), 'user.bytes', '0x00ff0a');
  setAttribute(join(tree, 'large'), 'user.mark', 'large');
  setAttribute(join(tree, 'folder'), 'user.mark', 'folder');
  setAttribute(join(tree, 'folder/inside/é\n'), 'user.é', 'é');
  setAcl(join(tree, 'folder/read-only'), '-m', 'u:1234:r');
  chmodSync(join(tree, 'folder/read-only'), 0o440);
  setAcl(join(tree, 'folder/inside'), '-m', 'u:1234:rwx,g:4321:x');
  setAcl(join(tree, 'folder/inside'), '-d', '-m', 'u:1234:rx');
  chmodSync(join(tree, 'folder/inside'), 0o2755);
}

test('attributes and ACLs are mirrored, alone or with what they belong to', { skip }, async (t) => {
  const world = await pairedWorld(t, { plant: plantMarked });
  // What is made on the remote must not inherit this.
  setAcl(world.remote.root, '-R', '-d', '-m', 'u:77:rwx');
  const first = await syncAndCheck(world);
  const original = join(world.directory, 'original');
  copyTree(world.tree, original);

  await t.test('nothing changed', async () => {
    assert.equal((await syncAndCheck(world)).outcome.kind, 'unchanged');
  });

  await t.test('attributes alone cost one step each, and no content', async () => {
    setAttribute(join(world.tree, 'small'), 'user.mark', 'another');
    removeAttribute(join(world.tree, 'small'), 'user.bytes');
    removeAttribute(join(world.tree, 'large'), 'user.mark');
    setAttribute(join(world.tree, 'folder/read-only'), 'user.late', 'x');
    setAcl(join(world.tree, 'folder/inside'), '-b');
    setAttribute(world.tree, 'user.mark', 'the root, again');
    const { outcome } = await syncAndCheck(world);
    assert.deepEqual([outcome.plan?.summary['setMetadata'], outcome.steps, outcome.sentBytes], [5, 5, 0]);
  });

  await t.test('an edit of a large file, and of its attributes', async () => {
    chmodSync(join(world.tree, 'large'), 0o6755);
    setAttribute(join(world.tree, 'large'), 'user.mark', 'patched');
    if (isRoot) setAttribute(join(world.tree, 'large'), 'trusted.mark', 'patched');
    await syncAndCheck(world);
    const inode = lstatSync(join(world.mirror, 'large')).ino;
    const fd = openSync(join(world.tree, 'large'), 'r+');
    writeSync(fd, 'edited', 20 * MiB);
    closeSync(fd);
    chmodSync(join(world.tree, 'large'), 0o6755);
    if (isRoot) setAttribute(join(world.tree, 'large'), 'security.capability', capability);
    await syncAndCheck(world);
    t.diagnostic(inode === lstatSync(join(world.mirror, 'large')).ino ? 'patched in place' : 'written anew');
  });

  await t.test('what somebody did to the mirror is undone', async () => {
    const inode = lstatSync(join(world.mirror, 'small')).ino;
    setAttribute(join(world.mirror, 'small'), 'user.mark', 'by hand');
    setAttribute(join(world.mirror, 'bare'), 'user.stranger', 'x');
    removeAttribute(join(world.mirror, 'folder'), 'user.mark');
    setAcl(join(world.mirror, 'folder/inside'), '-m', 'u:99:x');
    setAttribute(world.mirror, 'user.stranger', 'x');
    await syncAndCheck(world);
    assert.equal(lstatSync(join(world.mirror, 'small')).ino, inode);
  });

  await t.test('a restore gives them back, as of now and as of then', async () => {
    const now = join(world.directory, 'now');
    mustSucceed(await world.source.json('restore', 'photos', '--to', now));
    assertMirrored(world.tree, now);
    const then = join(world.directory, 'then');
    mustSucceed(await world.source.json('restore', 'photos', '--to', then, '--at', String(first.outcome.session)));
    assert.deepEqual(treeDifferences(original, then), []);
    removeAttribute(join(world.tree, 'folder'), 'user.mark');
    setAttribute(join(world.tree, 'bare'), 'user.stranger', 'x');
    mustSucceed(await world.source.json('restore', 'photos'));
    assertMirrored(world.tree, world.mirror);
  });
});

test('capabilities, trusted attributes and those of symlinks are mirrored as root', { skip: rootOnly }, async (t) => {
  const world = await pairedWorld(t, {
    plant: (tree) => {
      plant(tree, file('ping', 'x'), file('shared', 'y', { mode: 0o6711 }), dir('sticky'));
      symlinkSync('nowhere', join(tree, 'link'));
      setAttribute(join(tree, 'link'), 'trusted.mark', 'of a link');
      chownSync(join(tree, 'ping'), 1234, 1234);
      chownSync(join(tree, 'sticky'), 1234, 4321);
      chmodSync(join(tree, 'sticky'), 0o7777);
      chmodSync(join(tree, 'ping'), 0o4755);
      setAttribute(join(tree, 'ping'), 'security.capability', capability);
      setAttribute(join(tree, 'sticky'), 'trusted.mark', 'of a folder');
    },
  });
  await syncAndCheck(world);
  chownSync(join(world.tree, 'ping'), 4321, 4321);
  chmodSync(join(world.tree, 'ping'), 0o6755);
  setAttribute(join(world.tree, 'ping'), 'security.capability', capability);
  chownSync(join(world.tree, 'sticky'), 4321, 1234);
  removeAttribute(join(world.tree, 'link'), 'trusted.mark');
  const { outcome } = await syncAndCheck(world);
  assert.equal(outcome.sentBytes, 0);
  assert.equal(lstatSync(join(world.mirror, 'ping')).mode & 0o7777, 0o6755);
  assert.equal(lstatSync(join(world.mirror, 'sticky')).mode & 0o7777, lstatSync(join(world.tree, 'sticky')).mode & 0o7777);
});

test('a plain user mirrors the attributes that he may read', { skip: skip || plainUser.skip }, async (t) => {
  const world = await pairedWorld(t, { plant: plantMarked, sourceUser: 'plain' });
  chmodSync(join(world.tree, 'folder/read-only'), 0o444);
  if (isRoot) setAttribute(join(world.tree, 'small'), 'trusted.mark', 'nobody but root sees this');
  await mustSync(world);
  if (isRoot) removeAttribute(join(world.tree, 'small'), 'trusted.mark');
  assert.deepEqual(treeDifferences(world.tree, world.mirror, { owners: false }), []);
});

/** The remote agent runs as somebody who is not root. */
const modest: Place = { host: here.host, through: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] };

function modestWorld(t: TestContext, options: PairOptions): Promise<World> {
  return pairedWorld(t, {
    ...options,
    far: modest,
    plant: (tree) => {
      for (const name of ['pi', 'pi-home']) {
        mkdirSync(join(tree, '../..', name));
        chownSync(join(tree, '../..', name), 65_534, 65_534);
      }
      options.plant?.(tree);
    },
  });
}

test('what the target cannot hold is said once, is no change, and comes back', {
  skip: rootOnly || plainUser.skip,
}, async (t) => {
  const world = await modestWorld(t, {
    plant: (tree) => {
      plantMarked(tree);
      setAttribute(join(tree, 'small'), 'trusted.mark', 'only root may');
      setAttribute(join(tree, 'bare'), 'trusted.mark', 'only root may');
      setAcl(join(tree, 'folder/read-only'), '-m', 'u::-,u:1234:rw');
    },
  });
  const { outcome } = await mustSync(world);
  assert.equal(outcome.unheldXattrs, 2);
  assert.equal(
    attributesIn(world.mirror).get('./small'),
    [...(attributesIn(world.tree).get('./small') ?? '').split('\n')].slice(1).join('\n'),
  );
  const again = await mustSync(world);
  assert.deepEqual([again.outcome.kind, again.outcome.unheldXattrs], ['unchanged', 0]);

  chmodSync(join(world.mirror, 'small'), 0o600);
  const mended = await mustSync(world);
  assert.equal(mended.outcome.steps, 1);
  setAttribute(join(world.mirror, 'small'), 'user.mark', 'by hand');
  assert.equal((await mustSync(world)).outcome.steps, 1);
  assert.equal((await mustSync(world)).outcome.kind, 'unchanged');

  const back = join(world.directory, 'back');
  mustSucceed(await world.source.json('restore', 'photos', '--to', back));
  assertMirrored(world.tree, back);
});

const memory = '/dev/shm';
const noLarge = rootOnly || withoutAttributes(memory);

test('an attribute that is too large for the target stays in the manifest', { skip: noLarge }, async (t) => {
  const nas = mkdtempSync(join(memory, 'btsoot-'));
  t.after(() => rmSync(nas, { recursive: true }));
  const world = await pairedWorld(t);
  const tree = join(nas, 'tree');
  mkdirSync(tree);
  plant(tree, file('large', 'x'));
  setAttribute(join(tree, 'large'), 'user.large', 'x'.repeat(30_000));
  setAttribute(join(tree, 'large'), 'user.small', 'fits');
  await world.source.mustRun('add', 'memory', tree, 'pi:memory');
  const outcome = mustSucceed(await world.source.json('sync', 'memory'));
  const mirror = join(world.remote.root, 'memory');
  if (outcome.unheldXattrs === 0) t.diagnostic(`the file system of ${tmpdir()} holds large attributes`);
  else assert.equal(attributesIn(mirror).get('./large'), `user.small=0x${Buffer.from('fits').toString('hex')}`);
  rmSync(join(tree, 'large'));
  mustSucceed(await world.source.json('restore', 'memory', 'large'));
  assert.match(attributesIn(tree).get('./large') ?? '', /^user\.large=0x(78){30000}\nuser\.small=/);
});
