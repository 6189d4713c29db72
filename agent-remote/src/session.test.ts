import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Caller } from './caller.js';
import { failsAs } from './fixture.js';
import { SessionTable } from './session.js';

const nas: Caller = { name: 'nas', key: 'ab'.repeat(32), grants: 'everything' };
const laptop: Caller = { name: 'laptop', key: 'cd'.repeat(32), grants: 'everything' };
const photos = 'photos' as TreePath;
const since = new Date('2026-11-20T12:00:00Z');
const why = new BtsootError('denied', 'revoked');

test('a block has one session at a time, and the next is told who has it and since when', () => {
  const table = new SessionTable();
  const session = table.begin(nas, photos, since);
  assert.throws(() => table.begin(laptop, photos, since), failsAs('busy', /"photos" .* "nas" since 2026-11-20T12:00:00/));
  assert.throws(() => table.begin(nas, photos, since), failsAs('busy'));
  table.begin(laptop, 'music' as TreePath, since);
  table.end(session, why);
  assert.throws(() => table.begin(laptop, photos, since), failsAs('busy'));
  table.remove(session);
  table.begin(laptop, photos, since);
});

test('a session can be used once it is open, by its own source only', () => {
  const table = new SessionTable();
  const session = table.begin(nas, photos, since);
  assert.match(session.id, /^[0-9a-f]{32}$/);
  assert.throws(() => table.use(session.id, nas), failsAs('not-found'));
  table.opened(session);
  assert.equal(table.use(session.id, nas), session);
  assert.throws(() => table.use(session.id, laptop), failsAs('not-found'));
  assert.throws(() => table.use('0'.repeat(32), nas), failsAs('not-found'));
});

test('an ended session says why, and the first reason stays', () => {
  const table = new SessionTable();
  const session = table.begin(nas, photos, since);
  table.opened(session);
  table.endAll(why);
  table.end(session, new BtsootError('not-found', 'again'));
  assert.throws(() => table.use(session.id, nas), failsAs('denied', /revoked/));
  assert.equal(session.signal.reason, why);
  assert.throws(() => table.opened(session), failsAs('internal'));
});

test('steps are executed in one stream at a time, and the end waits for the last', async () => {
  const table = new SessionTable();
  const session = table.begin(nas, photos, since);
  table.opened(session);
  table.startApply(session)();
  const finished = table.startApply(session);
  assert.throws(() => table.startApply(session), failsAs('busy'));
  table.end(session, why);
  const order: string[] = [];
  const settled = table.settled(session).then(() => order.push('settled'));
  order.push('finishing');
  finished();
  await settled;
  assert.deepEqual(order, ['finishing', 'settled']);
});

test('steps cannot start before the check is done, nor after the end', () => {
  const table = new SessionTable();
  const session = table.begin(nas, photos, since);
  assert.throws(() => table.startApply(session), failsAs('internal'));
  table.end(session, why);
  assert.throws(() => table.startApply(session), failsAs('internal'));
});

test('there are only so many sessions', () => {
  const table = new SessionTable();
  for (let i = 0; i < limits.openSessionsMax; i++) {
    table.begin({ ...nas, key: String(i % 3).repeat(64) }, `block${i}` as TreePath, since);
  }
  assert.throws(() => table.begin(laptop, photos, since), failsAs('busy', /as many as it allows/));
});

test('one source cannot take all sessions', () => {
  const table = new SessionTable();
  for (let i = 0; i < limits.sessionsPerSourceMax; i++) table.begin(nas, `block${i}` as TreePath, since);
  assert.throws(() => table.begin(nas, photos, since), failsAs('busy', /"nas" has 8 sessions/));
  table.begin(laptop, photos, since);
});
