import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { joinPath, ROOT_PATH, type TreePath } from '../model/bytes.js';
import { applyChange, changes } from './changes.js';
import { contentOf, directory, file, freshManifest, letGo, meta, name, path } from './fixture.js';
import { HISTORY_ID, type Manifest, type NewEntry, ROOT_ID } from './manifest.js';
import { NaiveManifest, type Snapshot } from './naive.js';
import type { PathVersion } from './path-history.js';

function versionsOf(manifest: Manifest, of: TreePath): PathVersion[] {
  const search = manifest.pathHistory()?.versionsOf(of);
  if (search === undefined) return [];
  for (;;) {
    const next = search.next();
    if (next.done === true) return next.value;
  }
}

interface Known {
  readonly path: TreePath;
  readonly entry: NewEntry;
}

/** Everything below the root, by id. */
function flatten(snapshot: Snapshot): Map<number, Known> {
  const all = new Map<number, Known>();
  const visit = (parent: TreePath, { children }: Snapshot): void => {
    for (const child of children) {
      const { id, name: own, children: _, ...entry } = child;
      all.set(id, { path: joinPath(parent, own), entry: entry as NewEntry });
      visit(joinPath(parent, own), child);
    }
  };
  visit(ROOT_PATH, snapshot);
  return all;
}

function entryOf({ node }: PathVersion): NewEntry {
  switch (node.kind) {
    case 'file':
      return { kind: 'file', meta: node.meta, content: node.content, ...(node.group !== null && { group: node.group }) };
    case 'directory':
      return { kind: 'directory', meta: node.meta, complete: node.complete };
    case 'symlink':
      return { kind: 'symlink', meta: node.meta, target: node.target };
    case 'special':
      return { kind: 'special', meta: node.meta, special: node.special };
  }
}

const steps = fc.oneof(
  { weight: 12, arbitrary: changes },
  { weight: 3, arbitrary: fc.constant('session' as const) },
  { weight: 1, arbitrary: fc.constant('expire' as const) },
);

test('property: of every path, what each kept session had there, and what became of it, as a naive record says', (t) => {
  fc.assert(
    fc.property(fc.array(steps, { minLength: 30, maxLength: 120, size: 'max' }), (run) => {
      const manifest = freshManifest(t);
      const naive = new NaiveManifest(manifest.root().meta);
      const states = new Map<number, Map<number, Known>>();
      const end = (): void => {
        const number = manifest.endSession({ finishedUs: states.size + 1, steps: 1 });
        if (number !== 0) states.set(number, flatten(naive.snapshot()));
        manifest.beginSession({ startedUs: 1, sourceName: 'nas' });
      };
      manifest.beginSession({ startedUs: 1, sourceName: 'nas' });
      for (const step of run) {
        if (step === 'session') end();
        else if (step === 'expire') {
          const [oldest = 0, through = 0] = [...states.keys()];
          if (through === 0) continue;
          const gone = letGo(manifest, through);
          states.delete(oldest);
          for (const row of naive.childrenOf(HISTORY_ID)) if (gone.includes(row.name)) naive.remove(row.id);
        } else applyChange(manifest, naive, step);
      }
      end();
      manifest.endSession({ finishedUs: 1_000, steps: 1 });

      const paths = new Set([...states.values()].flatMap((state) => [...state.values()].map((known) => known.path)));
      for (const asked of paths) check(versionsOf(manifest, asked), asked, states);
      manifest.close();
    }),
    { numRuns: 40, interruptAfterTimeLimit: 15_000 },
  );
});

function check(versions: readonly PathVersion[], asked: TreePath, states: ReadonlyMap<number, ReadonlyMap<number, Known>>): void {
  const told = new Set<string>();
  for (const version of versions) {
    assert.ok(states.has(version.fromSession) && states.has(version.toSession));
    for (let session = version.fromSession; session <= version.toSession; session++) {
      const known = states.get(session)?.get(version.node.id);
      assert.deepEqual({ path: version.path, entry: entryOf(version) }, known);
      const key = `${session} ${version.node.id}`;
      assert.equal(told.has(key), false, 'one session, one version');
      told.add(key);
    }
  }
  const ids = new Set(
    [...states.values()].flatMap((state) => [...state].filter(([, at]) => at.path === asked).map(([id]) => id)),
  );
  assert.ok(ids.size > 0);
  for (const [session, state] of states) {
    for (const id of ids) assert.equal(told.has(`${session} ${id}`), state.has(id), `entry ${id} in session ${session}`);
  }
}

function session(manifest: Manifest, work: () => void): number {
  manifest.beginSession({ startedUs: 1, sourceName: 'nas' });
  work();
  return manifest.endSession({ finishedUs: 2, steps: 1 });
}

test('a file is followed through its own renames and those of its folder, and is found after it was removed', (t) => {
  const manifest = freshManifest(t);
  const ids = { folder: 0, file: 0 };
  session(manifest, () => {
    ids.folder = manifest.insert(ROOT_ID, name('2023'), directory(), null);
    ids.file = manifest.insert(ids.folder, name('june'), file('old'), null);
  });
  session(manifest, () => manifest.update(ids.file, { content: contentOf('new'), meta: meta(7) }));
  // A folder's own change is no version of what is in it.
  session(manifest, () => manifest.update(ids.folder, { meta: meta(9, 0o700) }));
  session(manifest, () => manifest.rename(ids.folder, ROOT_ID, name('summer')));
  session(manifest, () => manifest.rename(ids.file, ROOT_ID, name('june')));
  session(manifest, () => manifest.rename(ids.file, HISTORY_ID, name('6-1')));
  session(manifest, () => manifest.insert(ROOT_ID, name('june'), file('another'), null));

  const told = (of: string) =>
    versionsOf(manifest, path(of)).map(({ fromSession, toSession, current, path: at, node }) => [
      `${fromSession}-${toSession}${current ? ' now' : ''}`,
      at,
      node.kind === 'file' ? node.content?.sizeBytes : node.kind,
    ]);
  const followed = [
    ['5-5', 'june', 3],
    ['4-4', 'summer/june', 3],
    ['2-3', '2023/june', 3],
    ['1-1', '2023/june', 3],
  ];
  assert.deepEqual(told('2023/june'), followed);
  assert.deepEqual(told('summer/june'), followed);
  assert.deepEqual(told('june'), [['7-7 now', 'june', 7], ...followed]);
  assert.deepEqual(told('2023'), [
    ['4-7 now', 'summer', 'directory'],
    ['3-3', '2023', 'directory'],
    ['1-2', '2023', 'directory'],
  ]);
  assert.deepEqual(told('nothing/at/all'), []);
  letGo(manifest, 4);
  assert.deepEqual(told('june').at(-1), ['4-4', 'summer/june', 3], 'what was let go is not offered');
});
