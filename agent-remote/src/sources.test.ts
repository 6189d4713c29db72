import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { failsAs, temporaryFolder } from './fixture.js';
import { SourceRegistry } from './sources.js';

const now = new Date('2026-11-20T12:00:00Z');
const nas = { name: 'nas', fingerprint: 'ab'.repeat(32), grants: 'everything' } as const;

test('a source is known by its certificate until it is revoked, in every process at once', (t) => {
  const file = join(temporaryFolder(t), 'sources.json');
  const [one, other] = [new SourceRegistry(file), new SourceRegistry(file)];
  assert.deepEqual(other.list(), []);
  one.add(nas, now);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(other.active(nas.fingerprint)?.name, 'nas');
  assert.equal(other.active('cd'.repeat(32)), undefined);
  other.revoke('nas', now);
  assert.equal(one.active(nas.fingerprint), undefined);
  assert.equal(one.list()[0]?.revokedAt, now.toISOString());
});

test('a name is taken once, and free again after revocation', (t) => {
  const registry = new SourceRegistry(join(temporaryFolder(t), 'sources.json'));
  registry.add(nas, now);
  const next = { ...nas, fingerprint: 'cd'.repeat(32) };
  assert.throws(() => registry.add(next, now), failsAs('exists'));
  registry.revoke('nas', now);
  registry.add(next, now);
  assert.equal(registry.active(nas.fingerprint), undefined);
  assert.equal(registry.active(next.fingerprint)?.name, 'nas');
  assert.throws(() => registry.revoke('naz', now), failsAs('not-found'));
});

test('names that would be mistaken are refused', (t) => {
  const registry = new SourceRegistry(join(temporaryFolder(t), 'sources.json'));
  for (const name of ['', 'local', 'a b', 'a/b', 'x'.repeat(65), 'ä'])
    assert.throws(() => registry.add({ ...nas, name }, now), failsAs('invalid'));
});

test('a registry that was damaged by hand is not taken for an empty one', (t) => {
  const file = join(temporaryFolder(t), 'sources.json');
  const registry = new SourceRegistry(file);
  registry.add(nas, now);
  writeFileSync(file, '{"version":1,"sources":[{"name":"nas"}]}');
  assert.throws(() => registry.list(), failsAs('invalid', /sources\.json: "sources\.0\.fingerprint"/));
  assert.throws(() => registry.add({ ...nas, name: 'b' }, now), failsAs('invalid'));
});
