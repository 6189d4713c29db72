import assert from 'node:assert/strict';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { RemoteClient } from '@btsoot/shared/wire/client.js';
import { failsAs, RemoteProcess, runRemote, temporaryFolder } from '../fixture.js';

async function startEmbedded(t: TestContext, root: string) {
  const socket = join(temporaryFolder(t), 'run', 'agent.sock');
  const process = new RemoteProcess(t, ['serve', '--embedded', '--root', root, '--socket', socket]);
  await process.stdoutLine(/^ready$/);
  const client = RemoteClient.connect({ kind: 'unix', path: socket });
  t.after(() => client.close());
  return { socket, process, client };
}

test('an embedded agent needs no init, serves its parent alone, and ends with its stdin', async (t) => {
  const root = temporaryFolder(t);
  const { socket, process, client } = await startEmbedded(t, root);
  assert.equal(statSync(socket).mode & 0o777, 0o600);
  assert.equal(statSync(join(root, '.btsoot')).mode & 0o777, 0o700);
  assert.deepEqual((await client.hello()).blocks, []);
  assert.equal((await client.createBlock('photos' as TreePath)).existed, false);
  process.child.stdin.end();
  assert.equal((await process.ended).status, 0);
  assert.equal((await process.ended).stdout, 'ready\n');
});

test('only one agent works on a root, and the other says which one does', async (t) => {
  const root = temporaryFolder(t);
  const first = await startEmbedded(t, root);
  const second = await runRemote(t, 'serve', '--embedded', '--root', root, '--socket', join(temporaryFolder(t), 's'));
  assert.equal(second.status, 1);
  assert.match(second.stderr, new RegExp(`in use: process ${first.process.child.pid} serves it`));
  first.process.child.kill('SIGKILL');
  await first.process.ended;
  const third = await startEmbedded(t, root);
  assert.deepEqual((await third.client.hello()).blocks, []);
});

test('init adopts what an embedded agent has filled', async (t) => {
  const root = temporaryFolder(t);
  const { process, client } = await startEmbedded(t, root);
  const { manifestId } = await client.createBlock('photos/all' as TreePath);
  process.child.stdin.end();
  await process.ended;
  const made = await runRemote(t, 'init', '--root', root, '--name', 'pi');
  assert.equal(made.status, 0, made.stderr);
  assert.match(made.stderr, /Adopted the block "photos\/all": 0 entries/);
  const again = await startEmbedded(t, root);
  assert.deepEqual(await again.client.createBlock('photos/all' as TreePath), { manifestId, existed: true });
});

test('a root inside a mirror is refused', async (t) => {
  const root = temporaryFolder(t);
  const { process, client } = await startEmbedded(t, root);
  await client.createBlock('photos/all' as TreePath);
  process.child.stdin.end();
  await process.ended;
  const inside = await runRemote(t, 'init', '--root', join(root, 'photos', 'all'));
  assert.equal(inside.status, 1);
  assert.match(inside.stderr, /lies inside the mirror "photos\/all"/);
  assert.equal((await runRemote(t, 'init', '--root', join(root, 'photos'))).status, 0, 'beside a mirror is no mirror');
});

test('folders that can be no block are refused', async (t) => {
  const root = temporaryFolder(t);
  writeFileSync(join(root, 'file'), '');
  mkdirSync(join(root, 'a', 'b'), { recursive: true });
  const { client } = await startEmbedded(t, root);
  await client.createBlock('a/b' as TreePath);
  await assert.rejects(client.createBlock('' as TreePath), failsAs('invalid', /root itself/));
  await assert.rejects(client.createBlock('.btsoot/blocks' as TreePath), failsAs('invalid', /own folder/));
  await assert.rejects(client.createBlock('a' as TreePath), failsAs('refused', /lie in each other/));
  await assert.rejects(client.createBlock('file' as TreePath), failsAs('exists', /is no folder/));
  await assert.rejects(client.createBlock('../x' as TreePath), failsAs('invalid'));
});

test('a source makes only so many blocks, and its own tree is told from .BTSOOT and Photos', async (t) => {
  const root = temporaryFolder(t);
  const { client } = await startEmbedded(t, root);
  await client.createBlock('photos' as TreePath);
  await assert.rejects(client.createBlock('Photos' as TreePath), failsAs('refused', /only in case/));
  await assert.rejects(client.createBlock('.BTSOOT/ca' as TreePath), failsAs('invalid', /own folder/));
  // What makes a folder in there a block is its manifest, whatever is in it.
  for (let i = 1; i < limits.blocksPerSourceMax; i++) {
    mkdirSync(join(root, '.btsoot', 'blocks', `b${i}`));
    writeFileSync(join(root, '.btsoot', 'blocks', `b${i}`, 'manifest.db'), '');
  }
  await assert.rejects(client.createBlock('one-more' as TreePath), failsAs('refused', /256 blocks in reach/));
  assert.equal((await client.createBlock('photos' as TreePath)).existed, true);
});

test('a root that is missing, or no remote, is said to be so', async (t) => {
  const missing = join(temporaryFolder(t), 'gone');
  const init = await runRemote(t, 'init', '--root', missing);
  assert.equal(init.status, 1);
  assert.match(init.stderr, /does not exist\n.*mkdir -p/);
  const serve = await runRemote(t, 'serve', '--root', temporaryFolder(t));
  assert.equal(serve.status, 1);
  assert.match(serve.stderr, /is not a BTSOOT remote/);
});

test('wrong usage ends with 2, help with 0', async (t) => {
  for (const args of [
    [],
    ['init'],
    ['nonsense'],
    ['init', '--root', '/tmp', '--listen', 'x'],
    ['serve', '--root', '/tmp', '--embedded'],
  ]) {
    assert.equal((await runRemote(t, ...args)).status, 2, args.join(' '));
  }
  const help = await runRemote(t, '--help');
  assert.equal(help.status, 0);
  assert.match(help.stdout, /btsoot-remote pair --root/);
});

test('status says what there is', async (t) => {
  const root = temporaryFolder(t);
  assert.equal((await runRemote(t, 'init', '--root', root, '--name', 'pi')).status, 0);
  const { client, process } = await startEmbedded(t, root);
  await client.createBlock('photos' as TreePath);
  const text = await runRemote(t, 'status', '--root', root);
  assert.match(text.stdout, new RegExp(`serving  process ${process.child.pid}`));
  assert.match(text.stdout, /photos: 0 entries/);
  const json = JSON.parse((await runRemote(t, 'status', '--root', root, '--json')).stdout) as { name: string; blocks: unknown[] };
  assert.equal(json.name, 'pi');
  const history = { sessions: 0, oldestUs: 0, versions: 0, bytes: 0 };
  const scrub = { lastScrub: null, isScrubUnderWay: false, damaged: 0 };
  assert.deepEqual(json.blocks, [{ folder: 'photos', entries: 0, bytes: 0, lastSession: null, ...scrub, history }]);
  assert.match(text.stdout, /history {2}is kept for 30 days\n/);
});
