import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { startEmbeddedRemote } from './embedded-remote.js';
import { temporaryDirectory } from './fixtures.js';
import { NO_LOG } from './log.js';

/** A stand-in for btsoot-remote: what is tested is how a child is started, heard and ended. */
function program(script: string): { directory: string; environment: NodeJS.ProcessEnv } {
  const directory = temporaryDirectory();
  const file = path.join(directory, 'remote.js');
  writeFileSync(file, script);
  return { directory, environment: { ...process.env, BTSOOT_REMOTE_BIN: file } };
}

test('is told root and socket, has a private folder, and ends when its stdin closes', async () => {
  const { directory, environment } = program(`
    const fs = require('node:fs');
    fs.writeFileSync(__dirname + '/args', JSON.stringify([...process.execArgv, ...process.argv.slice(2)]));
    console.log('ready');
    process.stdin.resume().on('end', () => fs.writeFileSync(__dirname + '/ended', ''));`);
  const remote = await startEmbeddedRemote('/mnt/\xc3\xa4', { log: NO_LOG, stateDirectory: directory, environment });
  const args = ['--max-semi-space-size=1', 'serve', '--embedded', '--root', '/mnt/ä', '--socket', remote.socketPath];
  assert.deepEqual(JSON.parse(readFileSync(path.join(directory, 'args'), 'utf8')), args);
  assert.equal(statSync(path.dirname(remote.socketPath)).mode & 0o777, 0o700);
  await remote.close();
  assert.ok(existsSync(path.join(directory, 'ended')));
  assert.ok(!existsSync(path.dirname(remote.socketPath)));
});

test('what it says before it fails is in the error', async () => {
  const { directory, environment } = program("console.error('no such root'); process.exitCode = 1;");
  await assert.rejects(startEmbeddedRemote('/mnt', { log: NO_LOG, stateDirectory: directory, environment }), {
    kind: 'unreachable',
    message: 'the remote agent for /mnt did not start: no such root',
  });
});

test('a program that is not there', async () => {
  const environment = { ...process.env, BTSOOT_REMOTE_BIN: '/nowhere/btsoot-remote' };
  const options = { log: NO_LOG, stateDirectory: temporaryDirectory(), environment };
  await assert.rejects(startEmbeddedRemote('/mnt', options), /did not start: spawn \/nowhere\/btsoot-remote ENOENT/);
});
