import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Manifest } from '@btsoot/shared/manifest/manifest.js';
import type { Name, TreePath } from '@btsoot/shared/model/bytes.js';
import { stateDigest } from '@btsoot/shared/model/digest.js';
import { type MemoryTree, outline, tree } from '@btsoot/shared/model/memory-tree.js';
import { as, dir, file, link, textContent, unlisted, unreadable } from '@btsoot/shared/model/sketch.js';
import type { Children } from '@btsoot/shared/wire/convert.js';
import { lists, opens, pagesOf, sessionWith } from './fake-remote.js';
import { temporaryDirectory } from './fixtures.js';
import { bindReplica, type Refreshed, refreshReplica, unbindReplica } from './replica.js';

function photos(): MemoryTree {
  return tree(
    as(10, dir('2019', as(11, dir('rome', file('a', 'one'), file('b', 'two'), file('c', 'three'))), link('best', 'rome/a'))),
    as(20, dir('2020', as(21, dir('oslo', file('d', 'four'))), unreadable('locked'))),
    unlisted('private', file('known', 'five')),
  );
}

function emptyReplica(t: TestContext): Manifest {
  const replica = Manifest.open(path.join(temporaryDirectory(), 'replica.db'));
  t.after(() => replica.close());
  return replica;
}

/** Refreshes from a remote that serves the tree; `pages` may lie. */
async function refresh(t: TestContext, replica: Manifest, remote: MemoryTree, lies: Lies = {}) {
  const asked: number[] = [];
  const honest = (id: number) => pagesOf(id, remote.children(id));
  const openSession = opens(remote, lies.state);
  const session = await sessionWith(t, { openSession, listChildren: lists(lies.pages ?? honest, asked) });
  const refreshed: Refreshed = await refreshReplica(replica, session);
  return { asked, refreshed };
}

interface Lies {
  readonly state?: string;
  readonly pages?: (id: number) => Iterable<Children>;
}

test('a replica becomes equal to the remote’s tree, and equal again after changes', async (t) => {
  const [replica, remote] = [emptyReplica(t), photos()];
  await refresh(t, replica, remote);
  assert.deepEqual(outline(replica), outline(remote));

  const before = replica.lookup('2020/oslo' as TreePath)?.id;
  remote.setContent(remote.lookup('2019/rome/b' as TreePath)?.id ?? 0, textContent('other'));
  remote.setAside(remote.lookup('2019/best' as TreePath)?.id ?? 0);
  remote.insert(11, as(12, dir('extra', file('e', 'six'))));
  const { asked } = await refresh(t, replica, remote);
  assert.deepEqual(outline(replica), outline(remote));
  assert.deepEqual(asked, [remote.root().id, 10, 11, 12]);
  assert.equal(replica.lookup('2020/oslo' as TreePath)?.id, before);
  assert.deepEqual((await refresh(t, replica, remote)).asked, []);
});

test('a folder that was moved on the remote is moved in the replica, and not listed', async (t) => {
  const [replica, remote] = [emptyReplica(t), photos()];
  await refresh(t, replica, remote);
  const before = replica.lookup('2019/rome' as TreePath)?.id;
  remote.move(11, 21, 'roma' as Name);
  const { asked } = await refresh(t, replica, remote);
  assert.deepEqual(outline(replica), outline(remote));
  assert.equal(replica.lookup('2020/oslo/roma' as TreePath)?.id, before);
  assert.ok(!asked.includes(11), `asked for ${asked.join(', ')}`);
});

test('a listing that does not add up to the announced digest is corrupt', async (t) => {
  const lies = { state: stateDigest(tree(file('a', 'other')).root()) };
  await assert.rejects(refresh(t, emptyReplica(t), photos(), lies), { kind: 'corrupt' });
});

test('listings that cannot be are invalid', async (t) => {
  const remote = photos();
  const [root, ...others] = remote.children(remote.root().id);
  assert.ok(root !== undefined && others.length > 0);
  const refused: [string, (directoryId: number) => Children[], RegExp][] = [
    [
      'pages out of order',
      (directoryId) => [
        { directoryId, children: others, last: false },
        { directoryId, children: [root], last: true },
      ],
      /out of order/,
    ],
    ['a folder that was not asked for', (id) => [{ directoryId: id + 1, children: [], last: true }], /not asked for/],
    [
      'a folder that is its own child',
      (directoryId) => [{ directoryId, children: [{ ...root, id: directoryId }], last: true }],
      /one folder in two places/,
    ],
  ];
  for (const [what, pages, message] of refused) {
    await assert.rejects(refresh(t, emptyReplica(t), remote, { pages }), { kind: 'invalid', message }, what);
  }
});

test('another manifest at the target is refused, until the block is added again', () => {
  const replica = Manifest.open(path.join(temporaryDirectory(), 'replica.db'));
  const source = Manifest.open(path.join(temporaryDirectory(), 'source.db'));
  bindReplica(replica, source, 'one');
  bindReplica(replica, source, 'one');
  assert.throws(() => bindReplica(replica, source, 'another'), { kind: 'refused' });
  unbindReplica(replica);
  bindReplica(replica, source, 'another');
  assert.throws(() => bindReplica(replica, source, 'one'), { kind: 'refused' });
});
