import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from './fixtures.js';

/** What is due of a source at first, when nothing has happened, after a mount in it, and when nothing has happened since. */
const SCRIPT = `
  import { execFileSync } from 'node:child_process';
  const [watchModule, fixtures, source, manifest] = process.argv.slice(1);
  const { SourceWatch } = await import(watchModule);
  const { block } = await import(fixtures);
  const watch = SourceWatch.open(() => {});
  const kinds = [];
  for (const mounts of [false, false, true, false]) {
    if (mounts) execFileSync('mount', ['-t', 'tmpfs', 'none', source + '/in']);
    watch?.opening({ ...block('photos'), source }, manifest);
    kinds.push(watch?.tree.begin(null).kind);
    watch?.tree.end('complete', 'everything');
    watch?.closed(manifest);
  }
  console.log(kinds.join(' '));`;

test('all is looked at where something was mounted in a source since', (t) => {
  const directory = temporaryDirectory();
  const source = path.join(directory, 'source');
  const manifest = path.join(directory, 'manifest.db');
  mkdirSync(path.join(source, 'in'), { recursive: true });
  writeFileSync(manifest, '');
  const apart = [
    ['unshare', '-m', '--propagation', 'private'],
    ['unshare', '-U', '-r', '-m', '--propagation', 'private'],
  ].find(([command = '', ...args]) => {
    return spawnSync(command, [...args, 'mount', '-t', 'tmpfs', 'none', path.join(source, 'in')]).status === 0;
  });
  if (apart === undefined) return t.skip('there is no mount namespace to be had');
  const modules = ['./source-watch.js', './fixtures.js'].map((name) => new URL(name, import.meta.url).href);
  const node = [process.execPath, '--input-type=module', '-e', SCRIPT, ...modules, source, manifest];
  const [command = '', ...args] = [...apart, ...node];
  const { stdout } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (stdout.startsWith(' ')) return t.skip('native/watcher.c was not compiled');
  assert.equal(stdout.trim(), 'everything some everything some');
});
