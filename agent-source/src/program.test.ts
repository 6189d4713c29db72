import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from './fixtures.js';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
const CONFIG = `[blocks.photos]
source = "/home/kim/Photos"
target = "/mnt/usb/photos"
source_identity = "uuid:1"
`;

function btsoot(config: string, ...args: readonly string[]) {
  const home = temporaryDirectory();
  mkdirSync(path.join(home, 'config'));
  writeFileSync(path.join(home, 'config/config.toml'), config);
  const env = { ...process.env, BTSOOT_CONFIG: `${home}/config`, BTSOOT_STATE: `${home}/state`, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { env, encoding: 'utf8' });
  return { status, stdout, stderr, home };
}

test('--help teaches, and is no error', () => {
  const { status, stdout } = btsoot('', '--help');
  assert.equal(status, 0);
  assert.match(stdout, /btsoot add photos ~\/Photos pi:photos/);
  assert.match(stdout, /5 remote unreachable/);
  assert.equal(btsoot('', 'restore', '--help').status, 0);
});

test('usage errors are 2', () => {
  for (const args of [[], ['nonsense'], ['sync', '--nonsense'], ['add', 'photos'], ['sync', '--retries', 'x', 'photos']]) {
    const { status, stderr } = btsoot(CONFIG, ...args);
    assert.equal(status, 2, args.join(' '));
    assert.notEqual(stderr, '');
  }
});

test('an unknown block is a usage error that lists the known ones', () => {
  for (const command of ['sync', 'backup', 'show', 'rm', 'scan', 'diff', 'restore']) {
    const { status, stderr } = btsoot(CONFIG, command, 'music');
    assert.equal(status, 2, command);
    assert.match(stderr, /there is no block named "music" \(known: photos\)/);
  }
  assert.match(btsoot('', 'sync', 'photos').stderr, /\(known: none yet\)\n.*Each user has settings of its own/);
});

test('arguments that cannot be meant are usage errors', () => {
  assert.match(btsoot(CONFIG, 'restore', 'photos', '--at', 'yesterday').stderr, /neither a session's number nor a time/);
  assert.match(btsoot(CONFIG, 'add', 'a/b', '/tmp', '/mnt/x').stderr, /cannot be a block's name/);
  assert.match(
    btsoot(CONFIG, 'add', '/tmp', 'a', '/mnt/x').stderr,
    /The name comes first\. The order is: btsoot add BLOCK SOURCE/,
  );
  assert.match(
    btsoot(CONFIG, 'add', 'a', 'pi:x', '/tmp').stderr,
    /cannot be used.*ENOENT[\s\S]*The order is: btsoot add BLOCK SOURCE/,
  );
  assert.match(btsoot(CONFIG, 'add', 'a', '/tmp', 'nas:x').stderr, /no remote named "nas" \(known: none yet\)/);
  assert.match(btsoot(CONFIG, 'pair', 'hello').stderr, /pairing code/);
  for (const args of [
    ['restore', 'photos', '--at', 'x'],
    ['restore', 'photos', '../x'],
    ['add', 'a', '/tmp', 'nas:x'],
    ['sync', '--accept'],
  ]) {
    assert.equal(btsoot(CONFIG, ...args).status, 2, args.join(' '));
  }
  assert.equal(btsoot('', 'sync').status, 2);
});

test('a broken config fails with file, line and key', () => {
  const { status, stderr, home } = btsoot(CONFIG.replace('"uuid:1"', '7'), 'list');
  assert.equal(status, 1);
  assert.ok(stderr.includes(`${home}/config/config.toml:4: blocks.photos.source_identity must be a string`), stderr);
});

test('list, show and status', () => {
  assert.equal(btsoot(CONFIG, 'list').stdout, 'photos  /home/kim/Photos -> /mnt/usb/photos\n');
  const listed = JSON.parse(btsoot(CONFIG, 'list', '--json').stdout);
  assert.deepEqual(listed.blocks, [{ name: 'photos', source: '/home/kim/Photos', target: '/mnt/usb/photos', pause: null }]);
  assert.match(btsoot(CONFIG, 'show', 'photos').stdout, /^guard_percent +50$/m);
  const status = btsoot(CONFIG, 'status');
  assert.match(
    status.stdout,
    /^Not all is backed up: photos\. `btsoot doctor` says what to do\.\nphotos {2}never synced\nNo agent runs:/,
  );
  assert.equal(JSON.parse(btsoot(CONFIG, 'status', '--json').stdout).agent, null);
});

test('rm forgets the block and says what it leaves alone', () => {
  const { status, stdout, home } = btsoot(`# mine\n${CONFIG}`, 'rm', 'photos');
  assert.equal(status, 0);
  assert.match(stdout, /the mirrored files and their history are still there/);
  assert.equal(readFileSync(path.join(home, 'config/config.toml'), 'utf8'), '# mine\n');
});

test('add refuses what cannot be mirrored', () => {
  const home = temporaryDirectory();
  mkdirSync(path.join(home, 'photos'));
  writeFileSync(path.join(home, 'file'), '');
  const cases: [string, string, RegExp][] = [
    [`${home}/nothing`, '/mnt/x', /the source .*nothing cannot be used/],
    [`${home}/file`, '/mnt/x', /is not a directory/],
    [`${home}/photos`, `${home}/photos/copy`, /lie inside each other/],
    [`${home}/photos`, home, /lie inside each other/],
    [`${home}/photos`, `${home}/photos`, /lie inside each other/],
    [`${home}/photos`, '/proc', /is a mount point\n.*such as \/proc\/photos/],
    [`${home}/photos`, '/nowhere/at/all', /the target's directory \/nowhere\/at does not exist/],
  ];
  for (const [source, target, expected] of cases) {
    const { status, stderr } = btsoot('', 'add', 'photos', source, target);
    assert.match(stderr, expected);
    assert.equal(status, 1);
  }
  assert.match(
    btsoot(CONFIG, 'add', 'photos', `${home}/photos`, '/mnt/x').stderr,
    /the block photos mirrors \/home\/kim\/Photos already/,
  );
});
