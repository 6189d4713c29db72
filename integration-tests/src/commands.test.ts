import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { remoteProgram, sourceProgram } from './harness/programs.js';
import { SourceAgent } from './harness/source-agent.js';
import { dir, file, plant } from './harness/tree.js';
import { assertMirrored, mustSync, pairedWorld, temporaryDirectory } from './harness/world.js';

test('wrong usage exits with 2 and says what would be right', async (t) => {
  const source = new SourceAgent(join(temporaryDirectory(t), 'home'));
  for (const args of [[], ['no-such-command'], ['sync', '--no-such-option'], ['add', 'photos'], ['sync', 'no-such-block']]) {
    const run = await source.run(...args);
    const what = `btsoot ${args.join(' ')}: exit status ${run.status}\n${run.stdout}\n${run.stderr}`;
    assert.equal(run.status, 2, what);
    assert.match(run.stderr, /btsoot/, what);
  }
  for (const args of [['--help'], ['sync', '--help'], ['--version']]) assert.equal((await source.run(...args)).status, 0);
});

for (const [what, [command = '', ...args]] of Object.entries({ btsoot: sourceProgram, 'btsoot-remote': remoteProgram })) {
  test(`who reads what ${what} says may leave before it has`, async () => {
    const child = spawn(command, [...args, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const [status] = (await once(child, 'close')) as [number];
    assert.deepEqual({ status, said }, { status: 0, said: '' });
  });
}

test('the commands that only look change nothing', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', '1'), dir('d', [file('b', '22')])) });
  const { source, remote } = world;
  await mustSync(world);
  writeFileSync(join(world.tree, 'a'), 'changed');

  const list = JSON.parse((await source.mustRun('list', '--json')).stdout) as { blocks: unknown };
  assert.deepEqual(list.blocks, [{ name: 'photos', source: world.tree, target: 'pi:photos', pause: null }]);
  assert.match((await source.mustRun('show', 'photos')).stdout, /pi:photos/);
  assert.match((await source.mustRun('status')).stdout, /photos/);
  const scanned = await source.json('scan', 'photos');
  assert.equal((scanned.events.at(-1)?.['result'] as { entries?: number } | undefined)?.entries, 3, scanned.output);
  assert.match((await source.mustRun('diff', 'photos')).stdout, /\ba\b/);
  const status = JSON.parse((await remote.mustRun('status', '--root', remote.root, '--json')).stdout) as {
    blocks: Record<'folder' | 'entries' | 'bytes' | 'damaged', unknown>[];
  };
  assert.deepEqual(
    status.blocks.map(({ folder, entries, bytes, damaged }) => ({ folder, entries, bytes, damaged })),
    [{ folder: 'photos', entries: 3, bytes: 3, damaged: 0 }],
  );
  assert.deepEqual(readdirSync(world.mirror), ['a', 'd']);
  await mustSync(world);
  assertMirrored(world.tree, world.mirror);
});

test('a forgotten block leaves source and mirror as they are', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', '1')) });
  await mustSync(world);
  await world.source.mustRun('rm', 'photos');
  assertMirrored(world.tree, world.mirror);
  assert.notEqual((await world.source.run('sync', 'photos')).status, 0);
});

test('a block whose source state was lost goes on from what the remote knows', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', 'one'), dir('d', [file('b', 'two')])) });
  await mustSync(world);
  rmSync(join(world.source.home, 'state'), { recursive: true });
  const { outcome } = await mustSync(world);
  assert.equal(outcome.sentBytes, 0);
  assert.ok(existsSync(join(world.source.home, 'state', 'blocks', 'photos', 'source.db')));
  assertMirrored(world.tree, world.mirror);
});
