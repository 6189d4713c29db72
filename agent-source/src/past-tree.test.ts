import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { type MemoryTree, outline, tree } from '@btsoot/shared/model/memory-tree.js';
import { dir, file, link } from '@btsoot/shared/model/sketch.js';
import { type Children, sessionsToWire } from '@btsoot/shared/wire/convert.js';
import type { RemoteHandlers } from '@btsoot/shared/wire/service.js';
import { Listed, walkRemote } from './children.js';
import { lists, opens, pagesOf, sessionWith } from './fake-remote.js';
import { temporaryDirectory } from './fixtures.js';
import { fetchTree, resolveMoment } from './past-tree.js';
import type { Moment } from './sync-types.js';

const DAY_US = 86_400_000_000;
const START_US = new Date(2026, 0, 1, 12).getTime() * 1_000;
const on = (day: number): number => START_US + day * DAY_US;

/** A remote whose sessions, newest first, ended on these days; null for one that runs. */
function withSessions(t: TestContext, ...days: readonly (number | null)[]) {
  return withTimes(t, ...days.map((day) => (day === null ? 0 : on(day))));
}

function withTimes(t: TestContext, ...times: readonly number[]) {
  return withTimesIn(t, '02'.repeat(16), ...times);
}

/** As `withTimes`, and the remote is in this state now. */
function withTimesIn(t: TestContext, state: string, ...times: readonly number[]) {
  const sessions = times.map((finishedUs, index) => ({
    number: times.length - index,
    startedUs: finishedUs,
    finishedUs,
    sourceName: 'nas',
    stateDigest: finishedUs === 0 ? '' : '02'.repeat(16),
    steps: 1,
    cutOff: false,
    tally: { added: 1, replaced: 0, moved: 0, described: 0, removed: 0, newBytes: 0 },
    keptVersions: 0,
    keptBytes: 0,
  }));
  return sessionWith(t, { openSession: opens(tree(), state), listSessions: async () => sessionsToWire(sessions) });
}

test('a session by its number, the newest as the newest state', async (t) => {
  const session = await withSessions(t, 30, 20, 10);
  const at = async (number: number) => (await resolveMoment(session, { kind: 'session', number }, on(40))).session;
  assert.equal(await at(2), 2);
  assert.equal(await at(3), null);
  await assert.rejects(at(4), {
    kind: 'not-found',
    message: 'there was no session 4 yet',
    hint: /^The oldest session that is kept is 1, of 2026-01-11.*; the newest is 3, of 2026-01-31.*\.$/,
  });
});

test('the newest session is not the state of a remote that was changed since', async (t) => {
  const session = await withTimesIn(t, '03'.repeat(16), on(30), on(20));
  for (const moment of [{ kind: 'session', number: 2 } as const, { kind: 'time', us: on(40) } as const]) {
    const found = await resolveMoment(session, moment, on(40));
    assert.equal(found.session, 2);
    assert.match(found.note, /^as after session 2, /);
  }
});

test('a time is the last session that had ended by then, one that was cut off never', async (t) => {
  const session = await withSessions(t, 30, null, 10);
  const at = async (us: number) => (await resolveMoment(session, { kind: 'time', us }, on(40))).session;
  assert.equal(await at(on(10)), 1);
  assert.equal(await at(on(30) - 1), 1);
  assert.equal(await at(on(30)), null);
  await assert.rejects(at(on(10) - 1), { kind: 'not-found', message: /history does not reach back to 2026-01-11 11:59/ });
});

test('a session whose clock was wrong is found by its number, and by no time', async (t) => {
  const session = await withTimes(t, on(30), 60_000_000, on(20), on(9_000), on(10), 5_000_000);
  const at = async (us: number) => (await resolveMoment(session, { kind: 'time', us }, on(40))).session;
  assert.equal(await at(on(10)), 2);
  assert.equal(await at(on(29)), 4);
  assert.equal(await at(on(39)), null);
  assert.equal((await resolveMoment(session, { kind: 'session', number: 5 }, on(40))).session, 5);
  await assert.rejects(at(on(9)), { kind: 'not-found' });
});

test('what is said of a moment: which session it is, and that the future is not here yet', async (t) => {
  const session = await withSessions(t, 30, 20);
  const note = async (moment: Moment) => (await resolveMoment(session, moment, on(40))).note;
  assert.match(await note({ kind: 'session', number: 1 }), /^as after session 1, which ended 2026-01-21 /);
  assert.match(await note({ kind: 'time', us: on(25) }), /^as after session 1, /);
  assert.match(await note({ kind: 'time', us: on(35) }), /^the newest state, that after session 2, which ended 2026-01-31 /);
  assert.match(
    await note({ kind: 'time', us: on(41) }),
    /^2026-02-11 .* is in the future: the newest state, that after session 2, /,
  );
});

test('an empty history is said to be empty', async (t) => {
  const session = await withSessions(t);
  const moment = { kind: 'session', number: 1 } as const;
  await assert.rejects(resolveMoment(session, moment, on(40)), { kind: 'not-found', hint: /^There is no session yet/ });
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

test('a folder is handed over page by page, however large it is', async (t) => {
  const remote = tree(dir('empty'), file('a', '1'), file('b', '2'), file('c', '3'), file('d', '4'));
  const session = await sessionWith(t, {
    openSession: opens(remote),
    listChildren: lists((id) => pagesOf(id, remote.children(id))),
  });
  const parts: [number, boolean, boolean][] = [];
  await walkRemote<null>(session, {
    asOfSession: 0,
    start: [{ directoryId: remote.root().id, depth: 0, context: null }],
    onChildren: ({ depth }, { children, isFirst, isLast }) => {
      parts.push([children.length, isFirst, isLast]);
      const directories = children.filter(({ kind }) => kind === 'directory');
      return directories.map(({ id }) => ({ directoryId: id, depth: depth + 1, context: null }));
    },
    listed: new Listed(),
  });
  assert.deepEqual(parts, [
    [2, true, false],
    [2, false, false],
    [1, false, true],
    [0, true, true],
  ]);
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
