import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fileSystemIdentity } from '@btsoot/shared/disk/file-system.js';
import { fromText } from '@btsoot/shared/model/bytes.js';
import { temporaryDirectory } from './fixtures.js';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));

/** Serves on the socket that it is told, and opens sessions with what cannot be. */
const LYING_REMOTE = `
import { serveRemote } from ${JSON.stringify(import.meta.resolve('@btsoot/shared/wire/server.js'))};
async function* openSession() {
  yield { opened: { session: Buffer.alloc(16), rootId: 2 } };
  await new Promise(() => {});
}
await serveRemote({ openSession }, { kind: 'unix', path: process.argv.at(-1) });
console.log('ready');
process.stdin.resume().on('end', () => process.exit());
`;

test('a command ends once it has said how it went, whatever the remote leaves open', () => {
  const home = temporaryDirectory();
  for (const folder of ['config', 'photos', 'disk', 'disk/.btsoot']) mkdirSync(path.join(home, folder));
  writeFileSync(path.join(home, 'package.json'), '{ "type": "module" }');
  writeFileSync(path.join(home, 'remote.js'), LYING_REMOTE);
  const settings = [
    '[blocks.photos]',
    `source = "${home}/photos"`,
    `target = "${home}/disk/photos"`,
    `source_identity = "${fileSystemIdentity(fromText(home))}"`,
  ];
  writeFileSync(path.join(home, 'config/config.toml'), settings.join('\n'));
  const env = {
    ...process.env,
    BTSOOT_CONFIG: `${home}/config`,
    BTSOOT_STATE: `${home}/state`,
    BTSOOT_REMOTE_BIN: `${home}/remote.js`,
  };
  const { status, signal, stderr } = spawnSync(process.execPath, [MAIN, 'sync', 'photos', '--retries', '0'], {
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.match(stderr, /photos: failed: a message from the other side is not valid: the root is missing/);
  assert.deepEqual([status, signal], [1, null]);
});

test('a command ends although something is left that would keep its process', () => {
  const home = temporaryDirectory();
  const env = { ...process.env, BTSOOT_CONFIG: `${home}/config`, BTSOOT_STATE: `${home}/state` };
  const args = ['--import', 'data:text/javascript,setInterval(() => {}, 1e6)', MAIN, 'list', '--json'];
  const { status, stdout } = spawnSync(process.execPath, args, { env, encoding: 'utf8', timeout: 60_000 });
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(stdout), { blocks: [], remotes: [] });
});
