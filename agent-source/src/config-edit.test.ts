import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { BLOCK_DEFAULTS } from './block-defaults.js';
import { loadConfig } from './config.js';
import { removeBlock, saveBlock, saveRemote } from './config-edit.js';
import { temporaryPaths } from './fixtures.js';
import type { Block } from './sync-types.js';

const BLOCK: Block = {
  name: 'photos',
  source: '/home/\xc3\xa4',
  sourceIdentity: 'uuid:1',
  target: { kind: 'local', root: '/mnt/usb', folder: 'photos' as TreePath },
  ...BLOCK_DEFAULTS,
};

test('a block that is saved is there again, in a file for the owner alone', async () => {
  const paths = temporaryPaths();
  await saveBlock(paths, BLOCK);
  await saveRemote(paths, 'pi', { host: 'fe80::1', port: 7713 });
  const config = await loadConfig(paths);
  assert.deepEqual(config.blocks.get('photos'), BLOCK);
  assert.deepEqual(config.remotes.get('pi'), { name: 'pi', host: 'fe80::1', port: 7713, rateLimit: null });
  assert.equal(statSync(paths.configFile).mode & 0o777, 0o600);
  assert.match(readFileSync(paths.configFile, 'utf8'), /source = "\/home\/ä"/);
});

test('re-pointing keeps the settings that a person wrote, removing keeps the rest', async () => {
  const paths = temporaryPaths();
  await saveBlock(paths, BLOCK);
  writeFileSync(paths.configFile, `# mine\n${readFileSync(paths.configFile, 'utf8')}guard_percent = 5 # careful\n`);
  await saveBlock(paths, { ...BLOCK, target: { kind: 'remote', remote: 'pi', folder: 'p' as TreePath } });
  const text = readFileSync(paths.configFile, 'utf8');
  assert.match(text, /^# mine\n[\s\S]*target = "pi:p"\n[\s\S]*guard_percent = 5 # careful\n$/);
  await removeBlock(paths, 'photos');
  assert.equal(readFileSync(paths.configFile, 'utf8').trim(), '# mine');
});

test('pairing again keeps the rate limit', async () => {
  const paths = temporaryPaths();
  await saveRemote(paths, 'pi', { host: 'pi', port: 1 });
  writeFileSync(paths.configFile, `${readFileSync(paths.configFile, 'utf8')}rate_limit = [\n  { rate = "1 MB/s" }, # slow\n]\n`);
  await saveRemote(paths, 'pi', { host: 'other', port: 2 });
  const remote = (await loadConfig(paths)).remotes.get('pi');
  assert.equal(remote?.host, 'other');
  assert.equal(remote?.rateLimit?.[0]?.bytesPerSecond, 1_000_000);
});

test('a config file that is a symlink stays one', async () => {
  const paths = temporaryPaths();
  const dotfile = path.join(path.dirname(paths.configDirectory), 'dotfile.toml');
  writeFileSync(dotfile, '');
  mkdirSync(paths.configDirectory);
  symlinkSync(dotfile, paths.configFile);
  await saveBlock(paths, BLOCK);
  assert.ok(lstatSync(paths.configFile).isSymbolicLink());
  assert.match(readFileSync(dotfile, 'utf8'), /\[blocks\.photos\]/);
});

test('a config that is broken already is not written over', async () => {
  const paths = temporaryPaths();
  mkdirSync(paths.configDirectory);
  const broken = '[blocks.old]\nsource = "relative"\n';
  writeFileSync(paths.configFile, broken);
  await assert.rejects(saveBlock(paths, BLOCK), /config\.toml:2: blocks\.old\.source must be an absolute directory/);
  assert.equal(readFileSync(paths.configFile, 'utf8'), broken);
});

test('many at once: none is lost', async () => {
  const paths = temporaryPaths();
  const names = ['a', 'b', 'c', 'd'];
  const retry = async (name: string): Promise<void> => {
    while (!(await saveBlock(paths, { ...BLOCK, name }).then(() => true, isBusy))) await new Promise(setImmediate);
  };
  await Promise.all(names.map(retry));
  assert.deepEqual([...(await loadConfig(paths)).blocks.keys()].sort(), names);
});

function isBusy(error: unknown): false {
  assert.match(String(error), /being changed by another command/);
  return false;
}
