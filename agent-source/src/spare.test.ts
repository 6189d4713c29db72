import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Manifest, type NewEntry, ROOT_ID } from '@btsoot/shared/manifest/manifest.js';
import type { Name, TreePath } from '@btsoot/shared/model/bytes.js';
import type { Content } from '@btsoot/shared/model/entry.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { tree } from '@btsoot/shared/model/memory-tree.js';
import type { Problem } from '@btsoot/shared/model/progress.js';
import { textContent } from '@btsoot/shared/model/sketch.js';
import { inTree, type Place, type Plan, type PlannedStep } from '@btsoot/shared/model/step.js';
import { summarize } from '@btsoot/shared/reconcile/summary.js';
import { contentsQueryFromWire } from '@btsoot/shared/wire/convert.js';
import { opens, sessionWith } from './fake-remote.js';
import { temporaryDirectory } from './fixtures.js';
import { spareUnsaved } from './spare.js';

const META = { mode: 0o644, uid: 0, gid: 0, mtimeUs: 0, xattrs: '' };
const SAVED = textContent('saved');
const UNSAVED = textContent('unsaved');
const EMPTY = textContent('');

const fileOf = (content: Content | null): NewEntry => ({ kind: 'file', meta: META, content });
const folder = (complete: boolean): NewEntry => ({ kind: 'directory', meta: META, complete });

function localTree(t: TestContext): Manifest {
  const local = Manifest.open(path.join(temporaryDirectory(), 'local.db'));
  t.after(() => local.close());
  return local;
}

/** A remote that holds SAVED and nothing else. */
async function spare(t: TestContext, local: Manifest, steps: readonly PlannedStep[]) {
  const session = await sessionWith(t, {
    openSession: opens(tree()),
    queryContents: async (query) => ({ held: contentsQueryFromWire(query).contents.map(({ hash }) => hash === SAVED.hash) }),
  });
  const plan: Plan = {
    steps,
    summary: summarize(steps, { movedBytes: 0, keptEntries: 0, removedBytes: 0 }),
    digest: 'of the plan',
  };
  const problems: Problem[] = [];
  const kept = await spareUnsaved(plan, local, session, (problem) => problems.push(problem));
  return { plan, kept, spared: problems.map((problem) => problem.path) };
}

function removal(targetId: number, at: Place): PlannedStep {
  const expect = { kind: 'file', content: null } as const;
  return { step: { kind: 'remove', at, expect }, originId: null, targetId, wireBytes: 0, lostEntries: 1 };
}

function overwriting(targetId: number, name: string): PlannedStep {
  const replaces = { kind: 'file', content: null } as const;
  const step = { kind: 'put', path: name as TreePath, meta: META, content: textContent('new'), replaces } as const;
  return { step, originId: 1, targetId, wireBytes: 3, lostEntries: 1 };
}

test('only steps that cost what the remote does not hold are taken out', async (t) => {
  const local = localTree(t);
  const add = (name: string, entry: NewEntry, parent = ROOT_ID) => local.insert(parent, name as Name, entry, null);
  const mixed = add('mixed', folder(true));
  add('saved', fileOf(SAVED), mixed);
  add('unsaved', fileOf(UNSAVED), mixed);
  const remove = (name: string, id: number) => removal(id, inTree(name as TreePath));
  const steps = [
    remove('saved', add('saved', fileOf(SAVED))),
    remove('empty', add('empty', fileOf(EMPTY))),
    remove('unsaved', add('unsaved', fileOf(UNSAVED))),
    remove('unreadable', add('unreadable', fileOf(null))),
    remove('mixed', mixed),
    remove('unlisted', add('unlisted', folder(false))),
    overwriting(add('put over saved', fileOf(SAVED)), 'put over saved'),
    overwriting(add('put over unsaved', fileOf(UNSAVED)), 'put over unsaved'),
  ];
  const { plan, kept, spared } = await spare(t, local, steps);
  assert.deepEqual(spared, ['unsaved', 'unreadable', 'mixed', 'unlisted', 'put over unsaved']);
  assert.deepEqual([...kept.steps], [steps[0], steps[1], steps[6]]);
  assert.equal(kept.summary.wireBytes, 3);
  assert.notEqual(kept.digest, plan.digest);
});

test('a plan that costs nothing is left as it is, also with more contents than one question may hold', async (t) => {
  const local = localTree(t);
  const top = local.insert(ROOT_ID, 'top' as Name, folder(true), null);
  local.transaction(() => {
    for (let sizeBytes = 1; sizeBytes <= limits.contentsPerQueryMax + 1; sizeBytes++)
      local.insert(top, String(sizeBytes) as Name, fileOf({ hash: SAVED.hash, sizeBytes }), null);
  });
  const { plan, kept, spared } = await spare(t, local, [removal(top, inTree('top' as TreePath))]);
  assert.equal(kept, plan);
  assert.deepEqual(spared, []);
});

test('a folder that must move aside is not given up', async (t) => {
  const local = localTree(t);
  const id = local.insert(ROOT_ID, 'in the way' as Name, fileOf(UNSAVED), null);
  const step = removal(id, { area: 'stash', slot: 1 });
  await assert.rejects(spare(t, local, [step]), { kind: 'refused', hint: /--to/ });
});

test('a file whose first name is left alone comes under another one', async (t) => {
  const local = localTree(t);
  const ids = ['a', 'b', 'c'].map((name) => local.insert(ROOT_ID, name as Name, fileOf(name === 'b' ? SAVED : UNSAVED), null));
  const group = '0123456789abcdef';
  const put = overwriting(ids[0] ?? 0, 'a');
  assert.equal(put.step.kind, 'put');
  const link = (name: string, targetId: number | null): PlannedStep => {
    const replaces = targetId === null ? null : ({ kind: 'file', content: null } as const);
    const file = { meta: META, content: textContent('new'), group, replaces };
    const step = { kind: 'hard-link', path: name as TreePath, existing: 'a' as TreePath, ...file } as const;
    return { step, originId: 9, targetId, wireBytes: 0, lostEntries: targetId === null ? 0 : 1 };
  };
  const steps = [
    { ...put, step: { ...put.step, group } } as PlannedStep,
    link('c', ids[2] ?? 0),
    link('b', ids[1] ?? 0),
    link('d', null),
  ];
  const { kept, spared } = await spare(t, local, steps);
  assert.deepEqual(spared, ['a', 'c']);
  assert.deepEqual(
    [...kept.steps].map(({ step }) => [step.kind, 'path' in step && step.path, step.kind === 'hard-link' && step.existing]),
    [
      ['put', 'b', false],
      ['hard-link', 'd', 'b'],
    ],
  );
  assert.deepEqual([kept.summary.wireBytes, kept.summary.put, kept.summary.hardLink], [3, 1, 1]);
  assert.equal(kept.steps.at(0)?.originId, 9);
});

test('a copy of a content whose file is left alone comes from the remote', async (t) => {
  const local = localTree(t);
  const [a, b] = ['a', 'b'].map((name) => local.insert(ROOT_ID, name as Name, fileOf(name === 'b' ? SAVED : UNSAVED), null));
  const copyTo = (name: string, targetId: number | null): PlannedStep => {
    const { step } = overwriting(0, name);
    const copy = { ...step, kind: 'copy', replaces: targetId === null ? null : { kind: 'file', content: null } } as const;
    return { step: copy as PlannedStep['step'], originId: 2, targetId, wireBytes: 0, lostEntries: 0 };
  };
  const { kept, spared } = await spare(t, local, [overwriting(a ?? 0, 'a'), copyTo('b', b ?? 0), copyTo('c', null)]);
  assert.deepEqual(spared, ['a']);
  assert.deepEqual(
    [...kept.steps].map(({ step, wireBytes }) => [step.kind, 'path' in step && step.path, wireBytes]),
    [
      ['put', 'b', 3],
      ['copy', 'c', 0],
    ],
  );
  assert.deepEqual([kept.summary.wireBytes, kept.summary.put, kept.summary.copy], [3, 1, 1]);
});

test('a damaged file gives way under all of its names', async (t) => {
  const local = localTree(t);
  const group = '0123456789abcdef';
  const [p, q] = ['p', 'q'].map((name) => {
    const id = local.insert(ROOT_ID, name as Name, fileOf(UNSAVED), null);
    local.damages.mark(id, 'rotten', 1);
    return id;
  });
  const put = overwriting(p ?? 0, 'p');
  const replaces = { kind: 'file', content: null } as const;
  const file = { meta: META, content: textContent('new'), group, replaces };
  const link = { kind: 'hard-link', path: 'q' as TreePath, existing: 'p' as TreePath, ...file } as const;
  const steps = [put, { ...put, step: link, targetId: q ?? 0, wireBytes: 0 }];
  const { plan, kept } = await spare(t, local, steps);
  assert.equal(kept, plan);
});

test('a folder that stays keeps what has come into it: removals below its path were meant for the one that was to come there', async (t) => {
  const local = localTree(t);
  const photos = local.insert(ROOT_ID, 'photos' as Name, folder(true), null);
  local.insert(photos, 'new.jpg' as Name, fileOf(UNSAVED), null);
  const old = local.insert(ROOT_ID, 'photos-old' as Name, folder(true), null);
  const empty = local.insert(old, '2024' as Name, folder(true), null);
  const expect = { kind: 'directory', content: null } as const;
  const [at, from] = ['photos', 'photos-old'].map((name) => inTree(name as TreePath)) as [Place, Place];
  const remove = (place: Place, targetId: number): PlannedStep => ({
    ...removal(targetId, place),
    step: { kind: 'remove', at: place, expect },
  });
  const steps: PlannedStep[] = [
    remove(at, photos),
    { step: { kind: 'move', from, to: at, expect }, originId: 1, targetId: old, wireBytes: 0, lostEntries: 0 },
    remove(inTree('photos/2024' as TreePath), empty),
    remove(inTree('photos-older' as TreePath), empty),
  ];
  const { kept, spared } = await spare(t, local, steps);
  assert.deepEqual(spared, ['photos']);
  assert.deepEqual([...kept.steps], [steps[1], steps[3]]);
});
