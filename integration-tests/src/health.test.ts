import assert from 'node:assert/strict';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HealthClient } from '@btsoot/shared/wire/testing/health-client.js';
import { pairedWorld } from './harness/world.js';

const [SERVING, NOT_SERVING] = [1, 2];

test('both agents say that they serve, wherever they are asked, and whoever watches hears when they stop', async (t) => {
  const world = await pairedWorld(t);
  const agent = world.source.start('agent');
  t.after(async () => void (await agent.stop('SIGKILL')));
  await agent.line(/^ready /);
  const pem = (name: string): string => readFileSync(join(world.source.home, 'config/remotes/pi', name), 'utf8');
  const overTls = { port: world.proxy.port, ca: pem('ca.pem'), certificate: pem('cert.pem'), key: pem('key.pem') };
  const asked = [
    { address: { socket: join(world.source.home, 'state/agent.sock') }, service: 'btsoot.v1.Control' },
    { address: { socket: join(world.remote.root, '.btsoot/serve.sock') }, service: 'btsoot.v1.Remote' },
    { address: overTls, service: 'btsoot.v1.Remote' },
  ];
  const watches: AsyncGenerator<number, void, undefined>[] = [];
  for (const { address, service } of asked) {
    const client = new HealthClient(address);
    t.after(async () => client.close());
    assert.equal(await client.check(), SERVING);
    assert.equal(await client.check(service), SERVING);
    const watch = client.watch();
    watches.push(watch);
    assert.equal((await watch.next()).value, SERVING);
  }
  const stopped = [agent.stop('SIGTERM'), world.remote.stop('SIGTERM')];
  for (const watch of watches) {
    assert.equal((await watch.next()).value, NOT_SERVING);
    assert.equal((await watch.next()).done, true);
  }
  for (const finished of await Promise.all(stopped)) assert.equal(finished?.status, 0, finished?.stderr);
});

test('a remote whose root has gone does not serve', async (t) => {
  const world = await pairedWorld(t);
  const pem = (name: string): string => readFileSync(join(world.source.home, 'config/remotes/pi', name), 'utf8');
  const client = new HealthClient({
    port: world.remote.port,
    ...{ ca: pem('ca.pem'), certificate: pem('cert.pem'), key: pem('key.pem') },
  });
  t.after(async () => client.close());
  renameSync(world.remote.root, `${world.remote.root}-pulled`);
  assert.equal(await client.check(), NOT_SERVING);
  renameSync(`${world.remote.root}-pulled`, world.remote.root);
  assert.equal(await client.check(), SERVING);
});
