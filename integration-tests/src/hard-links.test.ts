import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { swapEntries } from './harness/changes.js';
import { treeDifferences } from './harness/compare.js';
import { seeded } from './harness/random.js';
import type { Outcome } from './harness/source-agent.js';
import { copyTree, dir, file, plant } from './harness/tree.js';
import { assertMirrored, mustSucceed, pairedWorld, syncAndCheck, type World } from './harness/world.js';

/*
 * Names of one file are names of one file on the mirror, whatever happens to them, and in what is restored. The comparer
 * checks that after each sync, and so does `rsync -H`.
 */

const big = seeded(1).bytes(300_000);

/** What one sync should have done; what is left out is not looked at. */
type Expected = Partial<Record<'put' | 'copy' | 'move' | 'hardLink' | 'setMetadata' | 'remove' | 'sentBytes', number>>;

function assertDid({ kind, plan, sentBytes }: Outcome, expected: Expected): void {
  assert.equal(kind, 'done');
  for (const [what, count] of Object.entries(expected)) {
    const did = what === 'sentBytes' ? sentBytes : plan?.summary[what];
    assert.equal(did, count, `${what} in ${JSON.stringify(plan)}`);
  }
}

/** `a/one`, `a/two` and `b/three` are one file, `x` and `b/y` another; `single` is alone. */
async function linkedWorld(t: TestContext): Promise<World> {
  return pairedWorld(t, {
    plant: (tree) => {
      plant(tree, dir('a', [file('one', big)]), dir('b'), file('x', 'small'), file('single', 'alone'), file('none', ''));
      linkSync(join(tree, 'a/one'), join(tree, 'a/two'));
      linkSync(join(tree, 'a/one'), join(tree, 'b/three'));
      linkSync(join(tree, 'x'), join(tree, 'b/y'));
      linkSync(join(tree, 'none'), join(tree, 'b/none'));
    },
  });
}

interface Case {
  readonly name: string;
  readonly change: (tree: string) => void;
  readonly expected: Expected;
}

const changes: readonly Case[] = [
  {
    name: 'one name is renamed',
    change: (tree) => renameSync(join(tree, 'a/two'), join(tree, 'b/zwei')),
    expected: { move: 1, hardLink: 0, put: 0, copy: 0, remove: 0, sentBytes: 0 },
  },
  {
    name: 'a new name',
    change: (tree) => linkSync(join(tree, 'a/one'), join(tree, 'four')),
    expected: { hardLink: 1, move: 0, put: 0, copy: 0, sentBytes: 0 },
  },
  {
    name: 'a second name of a file that had one',
    change: (tree) => linkSync(join(tree, 'single'), join(tree, 'b/single')),
    expected: { hardLink: 1, put: 0, copy: 0, sentBytes: 0 },
  },
  {
    name: 'a name is removed',
    change: (tree) => rmSync(join(tree, 'four')),
    expected: { remove: 1, hardLink: 0, put: 0, copy: 0, sentBytes: 0 },
  },
  {
    name: 'all names but one are removed',
    change: (tree) => rmSync(join(tree, 'single')),
    expected: { remove: 1, hardLink: 0, put: 0, copy: 0, sentBytes: 0 },
  },
  {
    name: 'metadata, of all names at once',
    change: (tree) => chmodSync(join(tree, 'b/three'), 0o604),
    expected: { setMetadata: 1, put: 0, copy: 0, hardLink: 0, sentBytes: 0 },
  },
  {
    name: 'an edit in place crosses once',
    change: (tree) => appendFileSync(join(tree, 'a/one'), '12345'),
    expected: { put: 1, hardLink: 2, copy: 0, sentBytes: 5 },
  },
  {
    name: 'an edit that writes a new file breaks the link',
    change: (tree) => {
      writeFileSync(join(tree, 'b/.new'), 'another file now');
      renameSync(join(tree, 'b/.new'), join(tree, 'b/zwei'));
    },
    expected: { put: 1, hardLink: 0, copy: 0, setMetadata: 1, sentBytes: 16 },
  },
  {
    name: 'a copy of itself breaks the link',
    change: (tree) => {
      copyFileSync(join(tree, 'a/one'), join(tree, '.new'));
      renameSync(join(tree, '.new'), join(tree, 'a/one'));
    },
    expected: { put: 0, copy: 1, hardLink: 0, sentBytes: 0 },
  },
  {
    name: 'what was broken is linked again',
    change: (tree) => {
      rmSync(join(tree, 'a/one'));
      linkSync(join(tree, 'b/three'), join(tree, 'a/one'));
    },
    expected: { put: 0, copy: 0, hardLink: 1, sentBytes: 0 },
  },
  {
    name: 'a name moves from one file to another',
    change: (tree) => {
      rmSync(join(tree, 'b/three'));
      linkSync(join(tree, 'x'), join(tree, 'b/three'));
      linkSync(join(tree, 'a/one'), join(tree, 'a/more'));
    },
    expected: { put: 0, copy: 0, sentBytes: 0 },
  },
  {
    name: 'names of two files are swapped',
    change: (tree) => {
      swapEntries(tree, 'a/more', 'b/three');
      swapEntries(tree, 'x', 'a/one');
    },
    expected: { put: 0, copy: 0, sentBytes: 0 },
  },
  {
    name: 'a folder with names in it moves',
    change: (tree) => renameSync(join(tree, 'b'), join(tree, 'a/moved')),
    expected: { move: 1, put: 0, copy: 0, hardLink: 0, remove: 0, sentBytes: 0 },
  },
  {
    name: 'a folder with names in it is copied, links and all',
    change: (tree) => copyTree(join(tree, 'a'), join(tree, 'copied')),
    // The empty one is made anew.
    expected: { put: 1, remove: 0, sentBytes: 0 },
  },
  {
    name: 'a folder with names in it is removed',
    change: (tree) => rmSync(join(tree, 'a'), { recursive: true }),
    expected: { remove: 1, put: 0, copy: 0, sentBytes: 0 },
  },
];

test('hard links stay linked', async (t) => {
  const world = await linkedWorld(t);
  await t.test('the first sync sends each file once', async () => {
    const { outcome } = await syncAndCheck(world);
    assertDid(outcome, { put: 4, hardLink: 4, copy: 0, sentBytes: big.length + 5 + 5 });
  });
  for (const { name, change, expected } of changes) {
    await t.test(name, async () => {
      change(world.tree);
      assertDid((await syncAndCheck(world)).outcome, expected);
    });
  }
  await t.test('after all that, nothing is left to do', async () => {
    assert.equal((await syncAndCheck(world)).outcome.kind, 'unchanged');
  });
});

test('what was done to links by hand on the mirror is mended', async (t) => {
  const world = await linkedWorld(t);
  await syncAndCheck(world);
  const at = (name: string): string => join(world.mirror, name);

  await t.test('copies in place of names, a name more, a name less', async () => {
    rmSync(at('a/two'));
    copyFileSync(at('a/one'), at('a/two'));
    linkSync(at('x'), at('a/more'));
    rmSync(at('b/none'));
    const { outcome } = await syncAndCheck(world);
    assertDid(outcome, { put: 0, copy: 0, sentBytes: 0 });
  });

  await t.test('all links of a file broken, names of other files', async () => {
    for (const name of ['a/one', 'a/two', 'b/three']) {
      copyFileSync(at(name), at('new'));
      renameSync(at('new'), at(name));
    }
    for (const name of ['single', 'b/y']) {
      rmSync(at(name));
      linkSync(at('b/none'), at(name));
    }
    const { outcome } = await syncAndCheck(world);
    assertDid(outcome, { put: 1, hardLink: 3, sentBytes: 5 });
  });

  assert.equal((await syncAndCheck(world)).outcome.kind, 'unchanged');
});

test('links come back, of now and of an earlier session', async (t) => {
  const world = await linkedWorld(t);
  const first = (await syncAndCheck(world)).outcome.session;
  const original = join(world.directory, 'original');
  copyTree(world.tree, original);

  // The old versions share their files with names that stay in the tree, and these change.
  rmSync(join(world.tree, 'a/two'));
  chmodSync(join(world.tree, 'a/one'), 0o600);
  const past = new Date(1_500_000_000_000);
  for (const name of ['x', 'a/one']) utimesSync(join(world.tree, name), past, past);
  await syncAndCheck(world);
  appendFileSync(join(world.tree, 'a/one'), 'edited');
  rmSync(join(world.tree, 'x'));
  writeFileSync(join(world.tree, 'b/y'), 'not what it was');
  await syncAndCheck(world);

  const then = join(world.directory, 'then');
  mustSucceed(await world.source.json('restore', 'photos', '--to', then, '--at', String(first)));
  assert.deepEqual(treeDifferences(original, then), []);
  const now = join(world.directory, 'now');
  mustSucceed(await world.source.json('restore', 'photos', '--to', now));
  assertMirrored(world.tree, now);

  await t.test('into the source, which knows them from then on', async () => {
    mustSucceed(await world.source.json('restore', 'photos', '--at', String(first), '--delete', '--force'));
    assert.deepEqual(treeDifferences(original, world.tree), []);
    await syncAndCheck(world);
    assert.equal((await syncAndCheck(world)).outcome.kind, 'unchanged');
  });

  await t.test('a lost source', async () => {
    rmSync(world.tree, { recursive: true });
    mkdirSync(world.tree);
    mustSucceed(await world.source.json('restore', 'photos'));
    assertMirrored(world.mirror, world.tree);
    assert.equal((await syncAndCheck(world)).outcome.kind, 'unchanged');
  });
});

test('a remote that is killed while it links goes on, and links all', async (t) => {
  const names = 400;
  const world = await pairedWorld(t, {
    plant: (tree) => {
      for (let number = 0; number < names; number++) {
        const folder = join(tree, `d${number % 20}`);
        mkdirSync(folder, { recursive: true });
        if (number < 40) writeFileSync(join(folder, `f${number}`), seeded(number).bytes(50_000));
        else linkSync(join(tree, `d${number % 20}`, `f${number % 40}`), join(folder, `f${number}`));
      }
    },
  });
  for (const atBytes of [300_000, 1_500_000]) {
    world.proxy.reset();
    const sync = world.source.start('sync', 'photos', '--retries', '0');
    await world.proxy.reached(atBytes);
    await world.remote.stop('SIGKILL');
    await sync.finished;
    await world.remote.serve();
  }
  await syncAndCheck(world);
  for (const folder of ['staging', 'stash']) {
    assert.deepEqual(readdirSync(join(world.remote.root, '.btsoot', 'blocks', 'photos', folder)), []);
  }
  assert.equal(lstatSync(join(world.mirror, 'd0/f0')).nlink, names / 40);
});
