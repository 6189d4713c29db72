import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Cleanup } from '../harness/cleanup.js';
import { here, type Place } from '../harness/place.js';
import { RemoteAgent } from '../harness/remote-agent.js';
import { SourceAgent } from '../harness/source-agent.js';
import { assertMirrored, type Pair, pairedAgents } from '../harness/world.js';
import { judgeNewCommands, judgeOldState } from './judge.js';
import { buildOld } from './old-build.js';
import { liveThrough, plantBefore } from './story.js';

/*
 * `npm run test:upgrade -- --commit X`: builds an older commit in a scratch folder, and has it and this build work together: the
 * old source with the new remote, the new source with the old remote, and both upgraded over what they have.
 * `--in DIR` is for the build, `--fixture FILE` writes the old build's state to a file and tries nothing.
 */

const { values } = parseArgs({
  options: { commit: { type: 'string' }, in: { type: 'string' }, fixture: { type: 'string' } },
});
const { commit } = values;
if (commit === undefined) throw new Error('say which: --commit X');
const old = buildOld(commit, values.in ?? join(tmpdir(), `btsoot-at-${commit}`));

type Trial = (cleanup: Cleanup) => Promise<void>;

const trials: readonly (readonly [string, Trial])[] = [
  ['the old source with the new remote', (cleanup) => workTogether(cleanup, old, here)],
  ['the new source with the old remote', (cleanup) => workTogether(cleanup, here, old)],
  ['what the old remote may not know: a file with two names', meetTheUnknown],
  ['both upgraded, with what they have', upgradeBoth],
];

if (values.fixture !== undefined) await attempt(`written to ${values.fixture}`, writeFixture);
else for (const [name, trial] of trials) await attempt(name, trial);

async function attempt(name: string, trial: Trial): Promise<void> {
  const cleanup = new Cleanup();
  try {
    await trial(cleanup);
    console.log(`good: ${name}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`BAD: ${name}`, error);
  } finally {
    await cleanup.run();
  }
}

async function workTogether(cleanup: Cleanup, near: Place, far: Place): Promise<void> {
  const pair = await pairedAgents(cleanup, { near, far, plant: plantBefore });
  await liveThrough(pair);
  assertMirrored(pair.tree, pair.mirror);
  await judgeOldState(pair);
}

/** It is mirrored, or the version is to blame. */
async function meetTheUnknown(cleanup: Cleanup): Promise<void> {
  const plant = (tree: string): void => {
    plantBefore(tree);
    linkSync(join(tree, 'large.log'), join(tree, 'the same'));
  };
  const { source, tree, mirror } = await pairedAgents(cleanup, { far: old, plant });
  const { status, output } = await source.json('sync', 'photos');
  if (status === 0) assertMirrored(tree, mirror);
  else assert.match(output, /"kind":"version".*"hint":"Upgrade BTSOOT on the remote's machine/);
}

async function oldState(cleanup: Cleanup): Promise<Pair> {
  const pair = await pairedAgents(cleanup, { near: old, far: old, plant: plantBefore });
  await liveThrough(pair);
  await pair.remote.stop('SIGTERM');
  return pair;
}

async function upgradeBoth(cleanup: Cleanup): Promise<void> {
  const pair = await oldState(cleanup);
  const source = new SourceAgent(join(pair.directory, 'nas-home'));
  const remote = await RemoteAgent.at(pair.remote.root, join(pair.directory, 'pi-home'));
  source.reachRemoteBy(remote.port);
  await remote.serve();
  cleanup.after(() => remote.stop('SIGKILL'));
  await judgeOldState({ ...pair, source });
  await judgeNewCommands({ ...pair, source });
}

async function writeFixture(cleanup: Cleanup): Promise<void> {
  const file = values.fixture ?? '';
  const { directory } = await oldState(cleanup);
  mkdirSync(join(file, '..'), { recursive: true });
  const args = [
    '--format=posix',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--sort=name',
    '--exclude=*.sock',
    '-cf',
    '-',
    '-C',
    directory,
    '.',
  ];
  const tar = spawnSync('bash', ['-c', 'set -o pipefail; tar "$@" | gzip -9n', 'tar', ...args], { maxBuffer: 1e9 });
  if (tar.status !== 0) throw new Error(tar.stderr.toString());
  writeFileSync(file, tar.stdout);
}
