import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Manifest } from '@btsoot/shared/manifest/manifest.js';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { readScrubState } from '@btsoot/shared/scrub/progress.js';
import { RemoteClient } from '@btsoot/shared/wire/client.js';
import { verifyNewsFromWire, verifyWishToWire } from '@btsoot/shared/wire/convert.js';
import { diskWork } from './harness/process-use.js';
import { seeded } from './harness/random.js';
import { mirrorOf, rot } from './harness/rot.js';
import { file, plant } from './harness/tree.js';
import { found, verified } from './harness/verification.js';
import { assertMirrored, mustSync, pairedWorld, syncAndCheck, type World } from './harness/world.js';

/* The remote reads what it holds again: gently, in pieces, and after everybody else. */

const MB = 1_000_000;
const files = 24;

/** 24 files of 1 MB. */
async function syncedWorld(t: TestContext): Promise<World> {
  const random = seeded(3);
  const world = await pairedWorld(t, {
    plant: (tree) => plant(tree, ...Array.from({ length: files }, (_, index) => file(`f${index + 10}`, random.bytes(MB)))),
  });
  await mustSync(world);
  return world;
}

const ownerOf = (world: World): RemoteClient =>
  RemoteClient.connect({ kind: 'unix', path: join(world.remote.root, '.btsoot', 'serve.sock') });

const wish = verifyWishToWire({ folder: 'photos' as TreePath, bytesPerSecond: null, knownOnly: false });
const gentleWish = verifyWishToWire({ folder: 'photos' as TreePath, bytesPerSecond: MB, knownOnly: false });

/** Reads until so much has been read, and breaks off. */
async function verifyUntil(client: RemoteClient, request: typeof wish, bytes: number): Promise<void> {
  for await (const event of client.verify(request)) {
    const news = verifyNewsFromWire(event);
    if (news.kind === 'finished') throw new Error('it came to its end');
    if (news.kind === 'progress' && news.bytes >= bytes) return;
  }
}

test('a scrub that was killed goes on where it was', async (t) => {
  const world = await syncedWorld(t);
  const client = ownerOf(world);
  await verifyUntil(
    client,
    verifyWishToWire({ folder: 'photos' as TreePath, bytesPerSecond: 4 * MB, knownOnly: false }),
    14 * MB,
  );
  client.close();
  await world.remote.stop('SIGKILL');

  const leftBytes = files * MB - scrubbedBytes(world);
  await world.remote.serve();
  const before = diskWork(world.remote.pid).readBytes;
  const result = verified(await world.source.json('verify', 'photos', '--remote'), 0);
  const readBytes = diskWork(world.remote.pid).readBytes - before;
  assert.equal(result.remote?.bytes, files * MB);
  assert.ok(leftBytes <= 16 * MB, `${leftBytes} bytes were left, after 14 MB had been read`);
  assert.ok(readBytes >= leftBytes && readBytes < leftBytes + 3 * MB, `${readBytes} bytes were read, and ${leftBytes} left`);
  const anew = diskWork(world.remote.pid).readBytes;
  verified(await world.source.json('verify', 'photos', '--remote'), 0);
  assert.ok(diskWork(world.remote.pid).readBytes - anew >= files * MB, 'one that has come to its end begins anew');
});

/** How far the scrub has come that was killed, by its own record. */
function scrubbedBytes({ remote }: World): number {
  const manifest = Manifest.open(join(remote.root, '.btsoot/blocks/photos/manifest.db'));
  try {
    return readScrubState(manifest).pass?.bytes ?? 0;
  } finally {
    manifest.close();
  }
}

test('a session is let pass, and the scrub goes on after it', async (t) => {
  const world = await syncedWorld(t);
  const scrub = world.source.start('verify', 'photos', '--remote', '--rate', '4 MB/s', '--json');
  await scrub.line(/"side":"remote","files":[1-9]/);
  // The block is locked here while it is verified: another source of the same remote it is.
  const client = ownerOf(world);
  t.after(() => client.close());
  const stop = new AbortController();
  const session = client.openSession({ protocolMajor: 2, folder: Buffer.from('photos'), drift: 'TRUST' }, stop.signal);
  const opened = await session.next();
  assert.equal(opened.done !== true && opened.value.event, 'opened');
  await scrub.line(/"side":"remote".*"paused":true/);
  const at = diskWork(world.remote.pid).readBytes;
  await client.hello();
  await client.hello();
  assert.ok(diskWork(world.remote.pid).readBytes - at < MB, 'nothing is read while a session is open');
  stop.abort();
  await session.next().catch(() => undefined);
  const finished = await scrub.finished;
  assert.equal(finished.status, 0, finished.stderr);
  const last = finished.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; result?: { kind: string } });
  assert.equal(last.at(-1)?.result?.kind, 'good');
  await syncAndCheck(world);
});

test('whoever asks a hundred times is read to once, and soon told no', async (t) => {
  const world = await syncedWorld(t);
  const client = ownerOf(world);
  t.after(() => client.close());
  const before = diskWork(world.remote.pid).readBytes;
  const endings = await Promise.all(
    Array.from({ length: 100 }, async () => {
      try {
        for await (const event of client.verify(wish)) if (verifyNewsFromWire(event).kind === 'finished') return 'finished';
        return 'ended';
      } catch (error) {
        return (error as { kind?: string }).kind ?? String(error);
      }
    }),
  );
  const count = (ending: string): number => endings.filter((one) => one === ending).length;
  assert.equal(count('finished') + count('busy'), 100, endings.join());
  assert.ok(count('finished') >= limits.verifiesPerSourceMax);
  const readBytes = diskWork(world.remote.pid).readBytes - before;
  const rounds = Math.ceil(count('finished') / limits.verifiesPerSourceMax);
  assert.ok(readBytes < (rounds + 1) * files * MB, `${readBytes} bytes in ${rounds} rounds`);
  await syncAndCheck(world);
  await assert.rejects(verifyUntil(client, { ...wish, folder: Buffer.from('../etc') }, 0), { kind: 'invalid' });
  await assert.rejects(verifyUntil(client, { ...wish, folder: Buffer.from('nothing') }, 0), { kind: 'not-found' });
});

test('the scrub command asks who serves, does it itself where nobody does, and status tells', async (t) => {
  const world = await syncedWorld(t);
  const { root } = world.remote;
  const served = await world.remote.run('scrub', '--root', root);
  assert.equal(served.status, 0, served.stderr);
  assert.match(served.stdout, /^photos: good \(24 files read, 24\.0 MB\)$/m);
  await world.remote.stop();
  assert.equal(existsSync(join(root, '.btsoot', 'serve.sock')), false);
  rot(mirrorOf(world), 'f12', 77);
  const alone = await world.remote.run('scrub', '--root', root, '--block', 'photos', '--rate', '1 GB/s');
  assert.equal(alone.status, 4, alone.stderr);
  assert.match(alone.stdout, /rotten: f12\n/);
  const status = await world.remote.run('status', '--root', root);
  assert.match(status.stdout, /photos: 24 entries.* scrubbed 20.*, 1 DAMAGED/);
  assert.equal((await world.remote.run('scrub', '--root', root, '--block', 'no-such')).status, 1);
  assert.equal((await world.remote.run('scrub', '--root', root, '--rate', 'fast')).status, 2);
  await world.remote.serve();
  await syncAndCheck(world);
});

test('a timetable has each block scrubbed when it is due', async (t) => {
  const world = await syncedWorld(t);
  const config = join(world.remote.root, '.btsoot', 'remote.json');
  const settings = { ...JSON.parse(readFileSync(config, 'utf8')), scrub_every_days: 1e-9, scrub_rate: '1 GB/s' };
  await world.remote.stop();
  writeFileSync(config, JSON.stringify(settings));
  rot(mirrorOf(world), 'f20', 5);
  await world.remote.serve();
  const client = ownerOf(world);
  t.after(() => client.close());
  await verifyUntil(client, gentleWish, files * MB).catch(() => undefined);
  const { outcome } = await mustSync(world);
  assert.deepEqual(
    outcome.drift.paths.map(({ path, how }) => `${how} ${path}`),
    ['damaged f20'],
  );
  assertMirrored(world.tree, world.mirror);
  assert.deepEqual(found(verified(await world.source.json('verify', 'photos'), 0)), []);
  await world.remote.stop();
  writeFileSync(config, JSON.stringify({ ...settings, scrub_rate: 'slow' }));
  const refused = await world.remote.run('serve', '--root', world.remote.root);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /remote\.json: "scrub_rate" cannot be "slow"/);
});
