import assert from 'node:assert/strict';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withQuickRetries } from './harness/programs.js';
import { seeded } from './harness/random.js';
import { dir, file, link, plant } from './harness/tree.js';
import { assertMirrored, mustSync, pairedWorld, syncAndCheck } from './harness/world.js';

const ALBUMS = Array.from({ length: 12 }, (_, index) => `album ${index}`);

/** Of five entries in four, only one is a file: by names alone, most of the tree is still there when all of it is encrypted. */
test('what went over all photos is refused; the digest is the same everywhere, and lets exactly that plan through', async (t) => {
  const world = await pairedWorld(t, {
    plant: (tree) =>
      plant(
        tree,
        ...ALBUMS.map((name) =>
          dir(name, [file('photo.jpg', `the light of ${name}`.repeat(50)), link('l', 'photo.jpg'), dir('raw')]),
        ),
      ),
  });
  await mustSync(world);
  const agent = world.source.start('agent');
  t.after(async () => {
    await agent.stop('SIGKILL');
  });
  await agent.line(/\b(listening|ready|running)\b/i);

  for (const name of ALBUMS) renameSync(join(world.tree, name, 'photo.jpg'), join(world.tree, name, 'photo.jpg.old'));
  const renamed = await syncAndCheck(world);
  assert.equal(renamed.outcome.sentBytes, 0, 'a mass rename is a mass rename');

  for (const name of ALBUMS) {
    const photo = join(world.tree, name, 'photo.jpg.old');
    renameSync(photo, join(world.tree, name, 'photo.jpg.locked'));
    writeFileSync(join(world.tree, name, 'photo.jpg.locked'), `${name} pay me`.repeat(60));
  }
  const refused = await world.source.json('sync', 'photos');
  assert.equal(refused.status, 3, refused.output);
  assert.match(refused.outcome?.reasons.join(' ') ?? '', /100 % of the target's 12 kB; the guard allows 50 %/);
  assert.equal(readFileSync(join(world.mirror, 'album 0/photo.jpg.old'), 'utf8').slice(0, 9), 'the light');
  const digest = refused.outcome?.plan?.digest ?? '';
  assert.match(digest, /^[0-9a-f]{16}$/);

  const planned = await world.source.json('sync', 'photos', '--dry-run');
  assert.equal(planned.status, 3, 'a dry run says that it would be refused');
  assert.equal(planned.outcome?.plan?.digest, digest);
  const shown = await world.source.run('sync', 'photos');
  assert.match(shown.stdout, new RegExp(`--accept ${digest}`));

  const mistyped = await world.source.json(
    'sync',
    'photos',
    '--accept',
    digest.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
  );
  assert.equal(mistyped.status, 3);
  assert.match(mistyped.outcome?.reasons.at(-1) ?? '', /is another one/);
  writeFileSync(join(world.tree, 'album 3/photo.jpg.locked'), 'album 3 pay mf'.repeat(60));
  const stale = await world.source.json('sync', 'photos', '--accept', digest);
  assert.equal(stale.status, 3, 'one byte less or more is another plan');
  await agent.stop('SIGTERM');
  const direct = await world.source.json('sync', 'photos');
  assert.equal(direct.outcome?.plan?.digest, stale.outcome?.plan?.digest, 'the agent and the command plan alike');
  const accepted = await world.source.json('sync', 'photos', '--accept', stale.outcome?.plan?.digest ?? '');
  assert.equal(accepted.status, 0, accepted.output);
  assertMirrored(world.tree, world.mirror);

  rmSync(world.tree, { recursive: true });
  const missing = await world.source.json('sync', 'photos');
  assert.equal(missing.status, 3, missing.output);
  plant(join(world.directory, 'nas'), dir('photos'));
  const emptied = await world.source.json('sync', 'photos');
  assert.equal(emptied.status, 3, emptied.output);
  assert.match(emptied.outcome?.reasons.join(' ') ?? '', /is the source mounted/);
});

test('what was accepted stays so when the link is cut in its midst', async (t) => {
  const random = seeded(31);
  const names = Array.from({ length: 40 }, (_, index) => `photo ${index}`);
  const fill = (tree: string) => plant(tree, ...names.map((name) => file(name, random.bytes(300_000))));
  const world = await pairedWorld(t, { environment: withQuickRetries, bytesPerSecond: 20_000_000, plant: fill });
  await mustSync(world);
  fill(world.tree);
  const refused = await world.source.json('sync', 'photos');
  assert.equal(refused.status, 3, refused.output);
  world.proxy.reset();
  const sync = world.source.json('sync', 'photos', '--accept', refused.outcome?.plan?.digest ?? '');
  await world.proxy.reached(4_000_000);
  world.proxy.cut();
  const accepted = await sync;
  assert.equal(accepted.status, 0, accepted.output);
  const planned = accepted.events.filter(({ kind }) => kind === 'planned');
  assert.ok(planned.length >= 2, 'it was cut before its end');
  assert.ok(
    planned.slice(1).every(({ steps }) => Number(steps) < 40),
    'and had got on',
  );
  assert.ok(
    planned.slice(1).some(({ steps }) => Number(steps) > 20),
    'and the rest is more than the guard allows',
  );
  assertMirrored(world.tree, world.mirror);

  fill(world.tree);
  const next = await world.source.json('sync', 'photos', '--accept', refused.outcome?.plan?.digest ?? '');
  assert.equal(next.status, 3, 'another day is another plan');
});
