import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { seeded } from './harness/random.js';
import { RemoteAgent } from './harness/remote-agent.js';
import { readJsonRun, SourceAgent } from './harness/source-agent.js';
import { file, plant } from './harness/tree.js';
import { assertMirrored, mustSync, pairedWorld, temporaryDirectory } from './harness/world.js';

test('a source reaches only what it was granted', async (t) => {
  const directory = temporaryDirectory(t);
  const tree = join(directory, 'tree');
  mkdirSync(tree);
  plant(tree, file('a', '1'));
  const remote = await RemoteAgent.init(join(directory, 'pi'), join(directory, 'pi-home'));
  const source = new SourceAgent(join(directory, 'nas-home'));
  await source.pair(await remote.pair('photos', 'shared/films'));
  await remote.serve();
  t.after(() => remote.stop('SIGKILL').then(() => {}));

  await source.mustRun('add', 'photos', tree, 'pi:photos');
  await source.mustRun('add', 'films', tree, 'pi:shared/films');
  await source.mustRun('sync');
  for (const folder of ['photos', 'shared/films']) assertMirrored(tree, join(remote.root, folder));

  for (const folder of ['music', 'shared', 'photos2', '../pi-home', 'photos/../music', '.btsoot']) {
    const name = 'denied';
    const added = await source.run('add', name, tree, `pi:${folder}`);
    const run = added.status === 0 ? await source.run('sync', name) : added;
    assert.ok(run.status === 1 || run.status === 2, `${folder}: exit status ${run.status}\n${run.stdout}\n${run.stderr}`);
    await source.run('rm', name);
  }
  assert.deepEqual(readdirSync(remote.root).sort(), ['.btsoot', 'photos', 'shared']);
  assert.deepEqual(readdirSync(join(remote.root, 'shared')), ['films']);
});

test('a code works once, and a wrong one not at all', async (t) => {
  const directory = temporaryDirectory(t);
  const remote = await RemoteAgent.init(join(directory, 'pi'), join(directory, 'pi-home'));
  const pairing = await remote.pair();
  const [friend, thief] = ['friend', 'thief'].map((name) => new SourceAgent(join(directory, name)));
  assert.ok(friend !== undefined && thief !== undefined);
  const middle = Math.floor(pairing.code.length / 2);
  const wrong = pairing.code.slice(0, middle) + (pairing.code[middle] === 'A' ? 'B' : 'A') + pairing.code.slice(middle + 1);
  assert.notEqual((await thief.run('pair', wrong, '--name', 'pi')).status, 0);
  await friend.pair(pairing);
  assert.notEqual((await thief.run('pair', pairing.code, '--name', 'pi')).status, 0);
});

test('a revoked source is turned away, the others are not', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', '1')) });
  await mustSync(world);
  const other = new SourceAgent(join(world.directory, 'other-home'));
  await other.pair(await world.remote.pair('other'), 'somebody-else');
  await other.mustRun('add', 'other', world.tree, 'pi:other');

  const listed = (await world.remote.mustRun('sources', '--root', world.remote.root)).stdout;
  for (const name of ['nas', 'somebody-else']) assert.ok(listed.includes(name), listed);
  await world.remote.mustRun('revoke', '--root', world.remote.root, 'nas');

  plant(world.tree, file('b', '2'));
  const run = await world.source.run('sync', 'photos');
  assert.equal(run.status, 1, `${run.stdout}\n${run.stderr}`);
  assert.match(run.stderr + run.stdout, /revoked|not paired|denied/i);
  assert.deepEqual(readdirSync(world.mirror), ['a']);
  await other.mustRun('sync', 'other');
  assertMirrored(world.tree, join(world.remote.root, 'other'));
});

test('a block has one writer at a time', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('large', seeded(1).bytes(20_000_000))) });
  const other = new SourceAgent(join(world.directory, 'other-home'));
  await other.pair(await world.remote.pair(), 'other');
  await other.mustRun('add', 'photos', world.tree, 'pi:photos');

  world.proxy.reset();
  const first = world.source.start('sync', 'photos', '--json');
  await world.proxy.reached(1_000_000);
  world.proxy.hold();
  const second = await other.run('sync', 'photos', '--retries', '0');
  assert.equal(second.status, 1, `${second.stdout}\n${second.stderr}`);
  assert.match(second.stderr + second.stdout, /in use by the source "nas"/);
  world.proxy.release();
  const finished = readJsonRun(await first.finished);
  assert.equal(finished.status, 0, finished.output);
  assertMirrored(world.tree, world.mirror);
  await other.mustRun('sync', 'photos');
});

test('whoever has no certificate of this remote is not even heard', async (t) => {
  const world = await pairedWorld(t);
  const socket = connect({ port: world.remote.port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  const [error] = (await once(socket.resume(), 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
});

test('keys are for their owner alone', async (t) => {
  const world = await pairedWorld(t);
  const places = [join(world.source.home, 'config', 'remotes', 'pi'), join(world.remote.root, '.btsoot')];
  const keys = places.flatMap((place) =>
    readdirSync(place, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.includes('key'))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  assert.ok(keys.length >= 2, `keys: ${keys}`);
  for (const key of keys) assert.equal(statSync(key).mode & 0o777, 0o600, key);
});
