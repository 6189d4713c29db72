import assert from 'node:assert/strict';
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository } from './harness/programs.js';
import { copyTree } from './harness/tree.js';
import { pairedWorld, syncAndCheck } from './harness/world.js';

test("a real tree: the project's own node_modules, and again after a package was changed", async (t) => {
  const world = await pairedWorld(t);
  copyTree(join(repository, 'node_modules'), join(world.tree, 'node_modules'));
  const first = await syncAndCheck(world);
  assert.equal(first.outcome.kind, 'done');

  const changedBytes = replacePackage(join(world.tree, 'node_modules'), 'semver', '99.0.0');
  const second = await syncAndCheck(world);
  t.diagnostic(`first ${first.outcome.sentBytes} content bytes, after the change ${second.outcome.sentBytes}`);
  assert.ok(second.outcome.sentBytes <= changedBytes);
  assert.equal((await syncAndCheck(world)).outcome.kind, 'unchanged');
});

/**
 * Does to a package what npm does when it changes one: a new folder takes the old one's place. Most of its files say
 * the same as before. Returns the size of those that do not.
 */
function replacePackage(modules: string, name: string, version: string): number {
  const place = join(modules, name);
  const fresh = join(modules, `.${name}-Xy12z`);
  cpSync(place, fresh, { recursive: true });
  const manifest = { ...(JSON.parse(readFileSync(join(fresh, 'package.json'), 'utf8')) as object), version };
  const changed = {
    'package.json': JSON.stringify(manifest, null, 2),
    'README.md': '# another readme\n',
    'added.js': '// new\n',
  };
  for (const [file, text] of Object.entries(changed)) writeFileSync(join(fresh, file), text);
  rmSync(join(fresh, 'LICENSE'));
  rmSync(place, { recursive: true });
  renameSync(fresh, place);
  return Object.values(changed).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
