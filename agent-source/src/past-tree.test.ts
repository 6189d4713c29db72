import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { type MemoryTree, outline, tree } from '@btsoot/shared/model/memory-tree.js';
import { dir, file, link } from '@btsoot/shared/model/sketch.js';
import { type Children, sessionsToWire } from '@btsoot/shared/wire/convert.js';
import type { RemoteHandlers } from '@btsoot/shared/wire/service.js';
import { Listed } from './children.js';
import { lists, opens, pagesOf, sessionWith } from './fake-remote.js';
import { temporaryDirectory } from './fixtures.js';
import { fetchTree, resolveMoment } from './past-tree.js';

const DAY_US = 86_400_000_000;

/** A remote whose sessions, newest first, ended on these days; 0 for one that was cut off. */
function withSessions(t: TestContext, ...days: readonly number[]) {
  return withSessionsIn(t, '02'.repeat(16), ...days);
}

/** As `withSessions`, and the remote is in this state now. */
function withSessionsIn(t: TestContext, state: string, ...days: readonly number[]) {
  const sessions = days.map((day, index) => ({
    number: days.length - index,
    startedUs: day * DAY_US,
    finishedUs: day * DAY_US,
    sourceName: 'nas',
    stateDigest: day === 0 ? '' : '02'.repeat(16),
    steps: 1,
  }));
  return sessionWith(t, { openSession: opens(tree(), state), listSessions: async () => sessionsToWire(sessions) });
}

test('a session by its number, the newest as the newest state', async (t) => {
  const session = await withSessions(t, 30, 20, 10);
  assert.equal(await resolveMoment(session, { kind: 'session', number: 2 }), 2);
  assert.equal(await resolveMoment(session, { kind: 'session', number: 3 }), null);
  await assert.rejects(resolveMoment(session, { kind: 'session', number: 4 }), {
    kind: 'not-found',
    hint: /^The oldest session that is kept is 1, of 1970-01-11.*; the newest is 3\.$/,
  });
});

test('the newest session is not the state of a remote that was changed since', async (t) => {
  const session = await withSessionsIn(t, '03'.repeat(16), 30, 20);
  assert.equal(await resolveMoment(session, { kind: 'session', number: 2 }), 2);
  assert.equal(await resolveMoment(session, { kind: 'time', us: 40 * DAY_US }), 2);
});

test('a time is the last session that had ended by then, one that was cut off never', async (t) => {
  const session = await withSessions(t, 30, 0, 10);
  const at = (us: number) => resolveMoment(session, { kind: 'time', us });
  assert.equal(await at(10 * DAY_US), 1);
  assert.equal(await at(30 * DAY_US - 1), 1);
  assert.equal(await at(30 * DAY_US), null);
  await assert.rejects(at(10 * DAY_US - 1), { kind: 'not-found', message: /nothing from before 1970-01-10T23:59/ });
});

test('an empty history is said to be empty', async (t) => {
  const session = await withSessions(t);
  await assert.rejects(resolveMoment(session, { kind: 'session', number: 1 }), { kind: 'not-found', hint: /^History is empty/ });
});

test('the tree as it was is fetched as it was', async (t) => {
  const past = tree(dir('2019', dir('rome', file('a', 'one'), file('b', 'two'), file('c', 'three'))), file('d', 'four'));
  const session = await sessionWith(t, { openSession: opens(past), listChildren: listsPast(past) });
  assert.deepEqual(outline((await fetchTree(session, 1, [], databaseFile())).tree), outline(past));
});

test('of a past tree, only the folders that are wanted are listed', async (t) => {
  const past = tree(dir('2019', dir('rome', file('a', 'one')), dir('oslo', file('b', 'two'))), dir('2020', file('d', 'four')));
  const asked: number[] = [];
  const session = await sessionWith(t, { openSession: opens(past), listChildren: listsPast(past, asked) });
  await fetchTree(session, 1, ['2019/rome' as TreePath], databaseFile());
  const names = asked.map((id) => past.get(id)?.name);
  assert.deepEqual(names, ['', '2019', 'rome']);
});

test('a remote that never comes to an end is refused: folders in themselves, and folders without a bottom', async (t) => {
  const remote = tree(dir('a'));
  const [child] = remote.children(remote.root().id);
  assert.ok(child !== undefined);
  const cases: [(id: number) => number, RegExp][] = [
    [(id) => id, /one folder in two places/],
    [(id) => id + 1, new RegExp(`over ${limits.pathDepthMax} folders deep`)],
  ];
  for (const [childId, message] of cases) {
    const listChildren = lists((id) => [{ directoryId: id, children: [{ ...child, id: childId(id) }], last: true }]);
    const session = await sessionWith(t, { openSession: opens(remote), listChildren });
    await assert.rejects(fetchTree(session, 1, [], databaseFile()), { kind: 'invalid', message });
  }
});

test('a folder in empty pages without an end is refused', { timeout: 60_000 }, async (t) => {
  const remote = tree(dir('a'));
  const endless = function* (directoryId: number) {
    for (;;) yield { directoryId, children: [], last: false };
  };
  const session = await sessionWith(t, { openSession: opens(remote), listChildren: lists(endless) });
  await assert.rejects(fetchTree(session, 1, [], databaseFile()), { kind: 'invalid', message: /empty pages/ });
});

test('a tree has an end: so many entries, folders and bytes of names, however they are spread', () => {
  const small = tree(file('ab', '1'), link('c', 'target'));
  const page = small.children(small.root().id);
  const most = { entriesMax: 5, directoriesMax: 2, namesMaxBytes: 1_000 };
  const entries = new Listed(most);
  entries.children(page);
  entries.children(page);
  assert.throws(() => entries.children(page), { kind: 'invalid', message: /without an end: over 5 entries/ });
  const folders = new Listed(most);
  folders.add(1);
  folders.add(2);
  assert.throws(() => folders.add(2), { kind: 'invalid', message: /one folder in two places/ });
  assert.throws(() => folders.add(3), { kind: 'invalid', message: /over 2 folders/ });
  const names = new Listed({ ...most, namesMaxBytes: 17 });
  names.children(page);
  assert.throws(() => names.children(page), { kind: 'invalid', message: /names of over 17 bytes/ });
});

/** As a remote lists a tree of the past: with the root's own metadata. */
function listsPast(past: MemoryTree, asked: number[] = []): RemoteHandlers['listChildren'] {
  const root = past.root();
  const withRoot = (page: Children, at: number) => (at === 0 ? { ...page, rootMeta: root.meta } : page);
  return lists((id) => {
    const pages = [...pagesOf(id, past.children(id))];
    return id === root.id ? pages.map(withRoot) : pages;
  }, asked);
}

function databaseFile(): string {
  return path.join(temporaryDirectory(), 'past.db');
}
