import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { freePort } from './harness/ports.js';
import { repository } from './harness/programs.js';
import { Metrics } from './harness/prometheus.js';
import type { Running } from './harness/running.js';
import { dir, file, plant } from './harness/tree.js';
import { mustSync, pairedWorld, type World } from './harness/world.js';

interface MeasuredWorld extends World {
  readonly agent: Running;
  readonly sourcePort: number;
  readonly remotePort: number;
}

/** A paired world whose agents both run as services that tell their metrics. */
async function measuredWorld(t: TestContext): Promise<MeasuredWorld> {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, dir('a'), file('a/1', 'one')) });
  const [sourcePort, remotePort] = [await freePort(), await freePort()];
  appendFileSync(world.source.configFile, `\n[agent]\nmetrics = "127.0.0.1:${sourcePort}"\n`);
  await world.remote.stop();
  setOnRemote(world, 'metrics', `127.0.0.1:${remotePort}`);
  await world.remote.serve();
  const agent = world.source.start('agent');
  t.after(async () => void (await agent.stop('SIGKILL')));
  await agent.line(/^ready /);
  return { ...world, agent, sourcePort, remotePort };
}

function setOnRemote({ remote }: World, key: string, value: unknown): void {
  const path = join(remote.root, '.btsoot', 'remote.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), [key]: value }));
}

test('both agents tell what they did', async (t) => {
  const world = await measuredWorld(t);
  const before = await Metrics.scrape(world.sourcePort);
  assert.equal(before.value('btsoot_last_good_sync_timestamp_seconds{block="photos"}'), 0);
  assert.equal(before.value('btsoot_runs_total{block="photos",result="done"}'), 0);
  const began = Date.now() / 1000;
  const { outcome } = await mustSync(world);
  const source = await Metrics.scrape(world.sourcePort);
  const good = source.value('btsoot_last_good_sync_timestamp_seconds{block="photos"}');
  assert.ok(good >= began && good <= Date.now() / 1000, `${good}`);
  assert.equal(source.value('btsoot_runs_total{block="photos",result="done"}'), 1);
  assert.equal(source.value('btsoot_last_run_result{block="photos",result="done"}'), 1);
  assert.equal(source.value('btsoot_sent_bytes_total{block="photos"}'), outcome.sentBytes);
  assert.equal(source.value('btsoot_block_entries{block="photos"}'), 2);
  assert.equal(source.value('btsoot_source_damaged_files{block="photos"}'), 0);
  assert.ok(source.value('process_resident_memory_bytes') > 1e6);
  assert.ok(source.value('process_open_fds') > 3);
  assert.ok(source.has('nodejs_eventloop_lag_seconds'));
  const remote = await Metrics.scrape(world.remotePort);
  assert.equal(remote.value('btsoot_remote_blocks'), 1);
  assert.equal(remote.value('btsoot_remote_open_sessions'), 0);
  assert.equal(remote.value('btsoot_remote_block_entries{block="photos"}'), 2);
  assert.equal(remote.value('btsoot_remote_history_sessions{block="photos"}'), 1);
  assert.ok(remote.value('btsoot_remote_last_session_timestamp_seconds{block="photos"}') >= Math.floor(began));
  assert.ok(remote.value('btsoot_remote_free_bytes') <= remote.value('btsoot_remote_disk_bytes'));
  writeFileSync(join(world.tree, 'a/1'), 'another');
  await mustSync(world);
  const later = await Metrics.scrape(world.remotePort);
  assert.equal(later.value('btsoot_remote_history_sessions{block="photos"}'), 2);
  assert.equal(later.value('btsoot_remote_history_versions{block="photos"}'), 1);
  assert.ok(later.value('btsoot_remote_history_bytes{block="photos"}') >= 'one'.length);
});

test('what goes on is told while it goes on, and what was denied is counted', async (t) => {
  const world = await measuredWorld(t);
  await mustSync(world);
  writeFileSync(join(world.tree, 'large'), randomBytes(4_000_000));
  world.proxy.reset();
  const run = world.source.start('sync', 'photos', '--json');
  await world.proxy.reached(200_000);
  world.proxy.hold();
  assert.equal((await Metrics.scrape(world.sourcePort)).value('btsoot_run_active{block="photos"}'), 1);
  assert.equal((await Metrics.scrape(world.remotePort)).value('btsoot_remote_open_sessions'), 1);
  world.proxy.release();
  assert.equal((await run.finished).status, 0);
  assert.equal((await Metrics.scrape(world.sourcePort)).value('btsoot_run_active{block="photos"}'), 0);
  assert.equal((await Metrics.scrape(world.remotePort)).value('btsoot_remote_denied_calls_total'), 0);
  await world.remote.mustRun('revoke', 'nas', '--root', world.remote.root);
  await world.source.run('sync', 'photos', '--json');
  const after = await Metrics.scrape(world.remotePort);
  assert.equal(after.value('btsoot_remote_paired_sources'), 0);
  assert.ok(after.value('btsoot_remote_denied_calls_total') > 0);
  assert.equal((await Metrics.scrape(world.sourcePort)).value('btsoot_runs_total{block="photos",result="failed"}'), 1);
});

test('the address may be changed while the agent runs; one that is taken keeps nothing from being synced', async (t) => {
  const world = await measuredWorld(t);
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(async () => void taken.close());
  assert.equal((await Metrics.scrape(world.sourcePort)).value('btsoot_blocks'), 1);
  const [next, port] = [await freePort(), world.sourcePort];
  world.source.configure('agent', 'metrics', `127.0.0.1:${next}`);
  await world.agent.line(/"metrics are served"/, 2);
  assert.equal((await Metrics.scrape(next)).value('btsoot_blocks'), 1);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/metrics`));
  const address = taken.address();
  assert.ok(typeof address === 'object' && address !== null);
  world.source.configure('agent', 'metrics', `127.0.0.1:${address.port}`);
  await world.agent.line(/"metrics are not served"/);
  await assert.rejects(fetch(`http://127.0.0.1:${next}/metrics`));
  await mustSync(world);
});

test('the rules for alerts ask for what there is', async (t) => {
  const world = await measuredWorld(t);
  const pages = [await Metrics.scrape(world.sourcePort), await Metrics.scrape(world.remotePort)];
  const known = new Set(pages.flatMap(({ names }) => names));
  const rules = readFileSync(join(repository, 'deploy/prometheus/alerts.yml'), 'utf8');
  const asked = new Set(rules.match(/\bbtsoot_\w+/g));
  assert.notEqual(asked.size, 0);
  assert.deepEqual(
    [...asked].filter((name) => !known.has(name)),
    [],
  );
});
