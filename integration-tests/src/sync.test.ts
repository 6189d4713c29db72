import assert from 'node:assert/strict';
import { chownSync, lchownSync, lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rsyncMissing } from './harness/rsync.js';
import type { Outcome } from './harness/source-agent.js';
import { dir, file, plant } from './harness/tree.js';
import { mustSucceed, pairedWorld, syncAndCheck } from './harness/world.js';
import { cases, type Expected, startingTree } from './sync-cases.js';

test('syncs of a small tree', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, ...startingTree) });

  await t.test('a dry run touches nothing', async () => {
    const outcome = mustSucceed(await world.source.json('sync', 'photos', '--dry-run'));
    assert.equal(outcome.kind, 'planned');
    assert.equal(outcome.plan?.summary['put'], 7);
    assert.ok(outcome.plan?.steps?.some((step) => step.kind === 'put' && step.path === '2019/raw/a.raw'));
    assert.throws(() => lstatSync(join(world.mirror, 'readme.txt')), { code: 'ENOENT' });
  });

  await t.test('the first sync', async () => {
    const { outcome } = await syncAndCheck(world);
    assert.equal(outcome.kind, 'done');
    assert.equal(outcome.sentBytes, 40_000 + 1_000 + 90_000 + 50_000 + 2_000 + 5);
  });

  await t.test('nothing changed', async () => {
    const { outcome } = await syncAndCheck(world);
    assert.equal(outcome.kind, 'unchanged');
    assert.equal(outcome.steps, 0);
  });

  for (const { name, change, expected } of cases) {
    await t.test(name, async () => {
      change(world.tree);
      const { outcome } = await syncAndCheck(world);
      assertExpected(outcome, expected);
    });
  }

  await t.test('owners', { skip: process.geteuid?.() === 0 ? false : 'only root can give files away' }, async () => {
    chownSync(join(world.tree, '2020'), 1234, 5678);
    chownSync(join(world.tree, 'README.txt'), 1234, 0);
    lchownSync(join(world.tree, 'latest'), 4321, 8765);
    const { outcome } = await syncAndCheck(world);
    assertExpected(outcome, { put: 0, sentBytes: 0 });
  });

  await t.test('after all that, nothing is left to do', async () => {
    const { outcome } = await syncAndCheck(world);
    assert.equal(outcome.kind, 'unchanged');
  });
});

test('a block of one empty folder, filled and emptied again', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('only', 'one')) });
  await syncAndCheck(world);
  plant(
    world.tree,
    dir(
      'many',
      Array.from({ length: 1_500 }, (_, index) => file(`f${index}`, `content ${index}`)),
    ),
  );
  await syncAndCheck(world);
  rmSync(join(world.tree, 'only'));
  await syncAndCheck(world);
});

test('rsync agreed after every sync', { skip: rsyncMissing }, () => {});

function assertExpected(outcome: Outcome, { sentBytes, ...counts }: Expected): void {
  assert.equal(outcome.kind, 'done');
  for (const [kind, count] of Object.entries(counts)) {
    assert.equal(outcome.plan?.summary[kind], count, `steps of kind ${kind} in ${JSON.stringify(outcome.plan)}`);
  }
  if (sentBytes !== undefined) assert.equal(outcome.sentBytes, sentBytes);
}
