import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Cleanup } from '../harness/cleanup.js';
import { repository } from '../harness/programs.js';
import { RemoteAgent } from '../harness/remote-agent.js';
import { SourceAgent } from '../harness/source-agent.js';
import { temporaryDirectory } from '../harness/world.js';
import { judgeNewCommands, judgeOldState } from './judge.js';

const fixtures = join(repository, 'integration-tests', 'fixtures');
const states = readdirSync(fixtures).filter((name) => name.endsWith('.tar.gz'));

test('there are old states', () => assert.notEqual(states.length, 0));

for (const state of states) {
  test(`what an older version has left is good to go on from: ${state}`, async (t) => {
    const cleanup = Cleanup.within(t);
    const directory = temporaryDirectory(cleanup);
    execFileSync('tar', ['-xzpf', join(fixtures, state), '-C', directory]);
    const [tree, mirror] = [join(directory, 'nas/photos'), join(directory, 'pi/photos')];
    const source = new SourceAgent(join(directory, 'nas-home'));
    const remote = await RemoteAgent.at(join(directory, 'pi'), join(directory, 'pi-home'));
    await remote.serve();
    cleanup.after(() => remote.stop('SIGKILL'));
    source.reachRemoteBy(remote.port);
    source.configure('blocks.photos', 'source', tree);
    assert.match((await source.mustRun('status')).stdout, /photos +good/);
    // Another file system than the one that it was made on.
    await source.mustRun('add', 'photos', tree, 'pi:photos');
    await judgeOldState({ directory, tree, mirror, source });
    await judgeNewCommands({ directory, tree, mirror, source });
    assert.equal((await remote.stop('SIGTERM'))?.status, 0);
  });
}
