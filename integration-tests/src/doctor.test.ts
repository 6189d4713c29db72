import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { find, remoteDoctor, rootDoctor, sourceDoctor, troubles } from './harness/doctor.js';
import { compilerMissing } from './harness/failing-calls.js';
import { ShiftedClock } from './harness/shifted-clock.js';
import { mountingMissing, SmallDisk } from './harness/small-disk.js';
import { SourceAgent } from './harness/source-agent.js';
import { dir, file, plant } from './harness/tree.js';
import { mustSucceed, type Pair, type PairOptions, pairedAgents, temporaryDirectory } from './harness/world.js';

/* What is wrong with a setup is found and named on the side that it is on, with what to do. The other side finds nothing in it. */

const GB = 1_000_000_000;
const YEAR = 365 * 24 * 60 * 60;
/** The tests' remote is on the system's disk, which is no way to keep a mirror. */
const USUAL = 'warning root-disk root';

/** Paired and synced once. */
async function syncedPair(t: TestContext, options: PairOptions = {}): Promise<Pair> {
  const pair = await pairedAgents(t, {
    plant: (tree) => plant(tree, file('a', 'words'), dir('folder', [file('b', 'more')])),
    ...options,
  });
  mustSucceed(await pair.source.json('sync', 'photos'));
  return pair;
}

const blocksOf = ({ remote }: Pair): string => join(remote.root, '.btsoot', 'blocks', 'photos');
const stateOf = ({ source }: Pair): string => join(source.home, 'state', 'blocks', 'photos');

test('a healthy pair is all good, in words and as JSON, and stays as it is', { skip: mountingMissing }, async (t) => {
  const disk = SmallDisk.mount(t, 3 * GB, 'tmpfs');
  const { source, remote } = await syncedPair(t, { remoteRoot: join(disk.path, 'root') });
  for (const said of [await sourceDoctor(source, '--thorough'), await remoteDoctor(remote, '--thorough')])
    assert.deepEqual(troubles(said), []);
  const [near, far] = [await source.run('doctor', 'photos'), await remote.run('doctor', '--root', remote.root)];
  for (const { status, stdout, stderr } of [near, far]) {
    assert.deepEqual([status, stderr], [0, '']);
    const lines = stdout.trimEnd().split('\n');
    assert.equal(lines.at(-1), 'All good.');
    assert.deepEqual(
      lines.slice(0, -1).filter((line) => !/^good {5}\S+: \S/.test(line)),
      [],
    );
  }
  assert.equal(mustSucceed(await source.json('sync', 'photos')).kind, 'unchanged');
});

test('a healthy source hears of reachability, clocks, certificates, room and the speed of the link', async (t) => {
  const { source } = await syncedPair(t);
  const said = await sourceDoctor(source, '--thorough');
  for (const check of [
    'source',
    'file-system',
    'manifest',
    'last-sync',
    'target',
    'reachable',
    'version',
    'clock-skew',
    'link-speed',
    'agent',
  ]) {
    assert.equal(find(said, check).level, 'good', check);
  }
  assert.equal(said.filter(({ check, level }) => check === 'certificate' && level === 'good').length, 3);
  assert.match(find(said, 'link-speed').message, /\/s to it, .*\/s from it/);
  assert.match(find(said, 'free-space', 'pi').message, /its disk/);
});

test('a source that was revoked is told so; the remote has no source any more', async (t) => {
  const { source, remote } = await syncedPair(t);
  await remote.mustRun('revoke', 'nas', '--root', remote.root);
  const said = await sourceDoctor(source);
  assert.deepEqual(troubles(said), ['bad reachable pi']);
  assert.match(find(said, 'reachable').message, /revoked|not paired/);
  assert.deepEqual(troubles(await remoteDoctor(remote)), [USUAL, 'warning sources root']);
});

test('a remote that is down is unreachable, and not served', async (t) => {
  const { source, remote } = await syncedPair(t);
  await remote.stop();
  const said = await sourceDoctor(source);
  assert.deepEqual(troubles(said), ['bad reachable pi']);
  assert.match(find(said, 'reachable').advice ?? '', /btsoot-remote serve/);
  assert.deepEqual(troubles(await remoteDoctor(remote)), [USUAL, 'warning serving root']);
});

test('certificates that end soon or have ended are named on both sides; so is a clock that is wrong', {
  skip: compilerMissing,
}, async (t) => {
  const clock = ShiftedClock.compile(temporaryDirectory(t));
  const pair = await syncedPair(t, { environment: clock.environment });
  const { source, remote } = pair;
  clock.set(19.8 * YEAR);
  assert.ok(troubles(await remoteDoctor(remote)).filter((trouble) => trouble === 'warning certificate root').length === 2);
  const soon = (await sourceDoctor(source)).filter(({ check }) => check === 'certificate');
  assert.deepEqual(
    soon.map(({ level }) => level),
    ['warning', 'warning', 'warning'],
  );
  clock.set(21 * YEAR);
  const over = await sourceDoctor(source);
  assert.deepEqual(
    troubles(over).filter((trouble) => trouble.startsWith('bad')),
    ['bad certificate pi', 'bad certificate pi', 'bad certificate pi', 'bad reachable pi'],
  );
  assert.match(find(over, 'certificate').message, /expired on 20/);
  clock.set(-20 * YEAR);
  assert.equal(find(await remoteDoctor(remote), 'clock').level, 'bad');
  assert.match(find(await sourceDoctor(source), 'clock').message, /never set/);
});

test('a source that has moved away is missed', async (t) => {
  const { source, remote, tree } = await syncedPair(t);
  renameSync(tree, `${tree}-moved`);
  const said = await sourceDoctor(source, 'photos');
  assert.deepEqual(troubles(said), ['bad source photos']);
  assert.match(find(said, 'source').message, /does not exist/);
  source.configure('blocks.photos', 'source_identity', 'uuid:another');
  renameSync(`${tree}-moved`, tree);
  assert.match(find(await sourceDoctor(source), 'source').message, /was on uuid:another/);
  assert.deepEqual(troubles(await remoteDoctor(remote)), [USUAL]);
});

test('a disk that is full, and one that is read-only', { skip: mountingMissing }, async (t) => {
  const disk = SmallDisk.mount(t, 200_000_000);
  const { remote } = await syncedPair(t, { remoteRoot: join(disk.path, 'root') });
  disk.fill(1_000_000);
  const full = await remoteDoctor(remote);
  assert.equal(find(full, 'free-space').level, 'bad');
  await remote.stop();
  disk.free();
  disk.remount('ro');
  const readOnly = await remoteDoctor(remote);
  assert.equal(find(readOnly, 'writing').level, 'bad');
  assert.match(find(readOnly, 'writing').advice ?? '', /read-only/);
});

test('a state directory that is read-only', { skip: mountingMissing }, async (t) => {
  const disk = SmallDisk.mount(t, 20_000_000);
  const source = new SourceAgent(join(disk.path, 'home'));
  mkdirSync(join(source.home, 'state'));
  disk.remount('ro');
  assert.equal(find(await sourceDoctor(source), 'state-directory').level, 'bad');
});

test('manifests that are damaged', async (t) => {
  const pair = await syncedPair(t);
  await pair.remote.stop();
  for (const manifest of [join(stateOf(pair), 'source.db'), join(blocksOf(pair), 'manifest.db')]) {
    for (const suffix of ['-wal', '-shm']) rmSync(`${manifest}${suffix}`, { force: true });
    writeFileSync(manifest, 'This was a database once, and now it is something that nobody reads. '.repeat(20));
  }
  const near = find(await sourceDoctor(pair.source), 'manifest', 'photos');
  assert.deepEqual([near.level, /source\.db aside/.test(near.advice ?? '')], ['bad', true]);
  const far = find(await remoteDoctor(pair.remote), 'manifest', 'photos');
  assert.deepEqual([far.level, /manifest\.db aside/.test(far.advice ?? '')], ['bad', true]);
});

test('keys that others can read', async (t) => {
  const { source, remote } = await syncedPair(t);
  chmodSync(join(source.home, 'config/remotes/pi/key.pem'), 0o644);
  chmodSync(join(remote.root, '.btsoot/ca/ca.key'), 0o640);
  assert.deepEqual(troubles(await sourceDoctor(source)), ['bad permissions pi']);
  assert.deepEqual(troubles(await remoteDoctor(remote)), [USUAL, 'bad permissions root']);
});

test('a mirror whose folder has gone, and a block that the remote does not know', async (t) => {
  const pair = await syncedPair(t);
  renameSync(pair.mirror, `${pair.mirror}-gone`);
  assert.deepEqual(troubles(await remoteDoctor(pair.remote)), [USUAL, 'bad folder photos']);
  await pair.remote.stop();
  rmSync(blocksOf(pair), { recursive: true });
  await pair.remote.serve();
  assert.deepEqual(troubles(await sourceDoctor(pair.source)), ['bad target photos']);
});

test('old versions that no session knows of', { skip: compilerMissing }, async (t) => {
  const clock = ShiftedClock.compile(temporaryDirectory(t));
  const pair = await syncedPair(t, { environment: clock.environment });
  plant(join(blocksOf(pair), 'history'), file('stray', 'words'));
  assert.deepEqual(troubles(await remoteDoctor(pair.remote)), [USUAL], 'it may get its row in a moment');
  clock.set(2 * 60 * 60);
  const said = await remoteDoctor(pair.remote);
  assert.deepEqual(troubles(said), [USUAL, 'warning history photos']);
  assert.match(find(said, 'history').message, /1 old version .*stray/);
});

test('what nobody does, blocks with one target, a port that another has, and a config that cannot be', async (t) => {
  const { source, remote, directory } = await syncedPair(t);
  const other = join(directory, 'other');
  mkdirSync(other);
  await source.mustRun('add', 'others', other, 'pi:others');
  source.configure('blocks.others', 'target', 'pi:photos');
  source.configureRaw('blocks.others', 'watch', 'true');
  assert.deepEqual(troubles(await sourceDoctor(source)).sort(), [
    'bad agent here',
    'bad targets photos, others',
    'warning last-sync others',
  ]);
  const agent = source.start('agent');
  await agent.line(/agent started/);
  assert.equal(find(await sourceDoctor(source), 'agent').level, 'good');
  await agent.stop();
  source.configure('blocks.others', 'drift', 'sometimes');
  const config = find(await sourceDoctor(source), 'config');
  assert.equal(config.level, 'bad');
  assert.match(config.message, /config\.toml:\d+: blocks\.others\.drift must be one of/);

  await remote.stop();
  const squatter = createServer().listen(remote.port, '127.0.0.1');
  t.after(() => squatter.close());
  await once(squatter, 'listening');
  assert.deepEqual(troubles(await remoteDoctor(remote)), [USUAL, 'bad serving root']);
  writeFileSync(join(remote.root, '.btsoot/remote.json'), '{ "version": 1');
  assert.deepEqual(troubles(await remoteDoctor(remote)), ['bad root root']);
});

test('a target on this machine is looked at without an agent, and so is a root that was never initialised', async (t) => {
  const directory = temporaryDirectory(t);
  const [tree, disk] = [join(directory, 'photos'), join(directory, 'usb')];
  for (const folder of [tree, disk]) mkdirSync(folder);
  const source = new SourceAgent(join(directory, 'home'));
  await source.mustRun('add', 'photos', tree, join(disk, 'photos'));
  mustSucceed(await source.json('sync', 'photos'));
  assert.deepEqual(troubles(await sourceDoctor(source)), ['warning target photos'], 'both are on one disk');
  assert.deepEqual(troubles(await rootDoctor(disk)), [USUAL]);
  renameSync(disk, `${disk}-unplugged`);
  assert.deepEqual(troubles(await sourceDoctor(source)), ['bad target photos']);
  mkdirSync(disk);
  assert.match(find(await sourceDoctor(source), 'target').message, /holds no \.btsoot folder/);
  assert.deepEqual(troubles(await rootDoctor(disk)), ['bad root root']);
});
