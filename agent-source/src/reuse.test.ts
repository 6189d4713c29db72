import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import type { Content } from '@btsoot/shared/model/entry.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { tree } from '@btsoot/shared/model/memory-tree.js';
import type { Plan, PlannedStep } from '@btsoot/shared/model/step.js';
import { planDigest } from '@btsoot/shared/reconcile/plan-digest.js';
import { summarize } from '@btsoot/shared/reconcile/summary.js';
import { contentsQueryFromWire } from '@btsoot/shared/wire/convert.js';
import { openingOf, sessionWith } from './fake-remote.js';
import { Reuse } from './reuse.js';

const META = { mode: 0o644, uid: 0, gid: 0, mtimeUs: 0, xattrs: '' };
const contentOf = (sizeBytes: number, number = 1): Content => ({ hash: number.toString(16).padStart(32, '0'), sizeBytes });

const pathOf = ({ hash }: Content): TreePath => `file ${hash}` as TreePath;

function put(content: Content, wireBytes = content.sizeBytes, replaces: Content | null = null): PlannedStep {
  const expect = replaces === null ? null : ({ kind: 'file', content: replaces } as const);
  const path = pathOf(content);
  return {
    step: { kind: 'put', path, meta: META, content, replaces: expect },
    originId: 1,
    targetId: replaces === null ? null : 2,
    wireBytes,
    lostEntries: replaces === null ? 0 : 1,
  };
}

const planOf = (...steps: PlannedStep[]): Plan => ({
  steps,
  summary: summarize(steps, { movedBytes: 0, keptEntries: 0, removedBytes: 0 }),
  digest: planDigest(steps),
});

const listed = (plan: Plan): Plan => ({ ...plan, steps: [...plan.steps] });

/** What was asked, in batches, of a remote that holds every content of an even number. */
async function asking(t: TestContext, hasHistory: boolean) {
  const asked: Content[][] = [];
  const session = await sessionWith(t, {
    async *openSession(_, { signal }) {
      yield openingOf(tree(), undefined, hasHistory);
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
    async queryContents(query) {
      const { contents } = contentsQueryFromWire(query);
      asked.push(contents);
      return { held: contents.map(({ hash }) => Number.parseInt(hash, 16) % 2 === 0) };
    },
  });
  return { reuse: new Reuse(session), asked };
}

test('nothing is asked without history, of small files, and of a small delta of a large file', async (t) => {
  const plan = planOf(
    put(contentOf(limits.inlineSizeMaxBytes, 2)),
    put(contentOf(5_000_000, 4), limits.inlineSizeMaxBytes),
    put(contentOf(1024 ** 3, 6), 1_000_000, contentOf(1024 ** 3, 7)),
  );
  const withHistory = await asking(t, true);
  assert.equal(await withHistory.reuse.reuse(plan), plan);
  assert.deepEqual(withHistory.asked, []);

  const without = await asking(t, false);
  const large = planOf(put(contentOf(5_000_000, 2)));
  assert.equal(await without.reuse.reuse(large), large);
  assert.deepEqual(without.asked, []);
});

test('what is held becomes a copy, and the summary tells it as if the planner had', async (t) => {
  const { reuse, asked } = await asking(t, true);
  const [held, other] = [put(contentOf(5_000_000, 2), 2_000_000, contentOf(7, 9)), put(contentOf(6_000_000, 3))];
  const plan = await reuse.reuse(planOf(held, other));
  assert.deepEqual(asked, [[contentOf(5_000_000, 2), contentOf(6_000_000, 3)]]);
  const steps: PlannedStep[] = [{ ...held, step: { ...held.step, kind: 'copy' } as typeof held.step, wireBytes: 0 }, other];
  assert.deepEqual(listed(plan), planOf(...steps));

  // Asked once, however often it is planned.
  await reuse.reuse(planOf(held, other));
  assert.equal(asked.length, 1);
});

test('many contents are asked for in bounded batches, each once', async (t) => {
  const { reuse, asked } = await asking(t, true);
  const puts = Array.from({ length: 2_000 }, (_, index) => put(contentOf(100_000, index + 1)));
  const plan = await reuse.reuse(planOf(...puts, ...puts));
  assert.ok(asked.every((batch) => batch.length <= limits.contentsAskedAtOnceMax));
  assert.deepEqual(new Set(asked.flat().map(({ hash }) => hash)).size, 2_000);
  assert.equal(asked.flat().length, 2_000);
  assert.equal(plan.summary.copy, 2_000);
});

test('what could not be copied after all is put', async (t) => {
  const { reuse } = await asking(t, true);
  const plan = planOf(put(contentOf(5_000_000, 2)));
  await reuse.reuse(plan);
  const failed = { kind: 'failed', message: 'gone', noSpace: false } as const;
  const failure = { path: pathOf(contentOf(5_000_000, 2)), outcome: failed, content: contentOf(5_000_000, 2) };
  assert.equal(reuse.isToBlame(failure), true);
  assert.equal(reuse.isToBlame({ ...failure, outcome: { ...failed, noSpace: true } }), false, 'a full disk stays full');
  assert.equal(reuse.isToBlame({ ...failure, path: 'another file' }), false);
  reuse.distrust(failure);
  assert.equal(await reuse.reuse(plan), plan);
});

test('of a content that the tree was to give and could not, the first file is sent and the others are copied from it', async (t) => {
  const { reuse } = await asking(t, true);
  const sent = put(contentOf(5_000_000, 3));
  const copy: PlannedStep = { ...sent, step: { ...sent.step, kind: 'copy' } as PlannedStep['step'], wireBytes: 0 };
  const plan = planOf(copy, copy);
  assert.equal(await reuse.reuse(plan), plan);
  const content = contentOf(5_000_000, 3);
  const failure = { path: pathOf(content), outcome: { kind: 'drift', message: 'changed' }, content } as const;
  assert.equal(reuse.isToBlame(failure), true);
  reuse.distrust(failure);
  assert.deepEqual(listed(await reuse.reuse(plan)), planOf(sent, copy));
  assert.deepEqual(listed(await reuse.reuse(planOf(sent, copy))), planOf(sent, copy), 'nothing is sent twice');
});

test('a file that could not be sent is not blamed on the copies that were to be made of it', async (t) => {
  const { reuse } = await asking(t, true);
  const content = contentOf(5_000_000, 3);
  const sent = put(content);
  const copied = { ...sent, step: { ...sent.step, path: 'copy' as TreePath, kind: 'copy' } as PlannedStep['step'], wireBytes: 0 };
  await reuse.reuse(planOf(sent, copied));
  const mismatch = { path: pathOf(content), outcome: { kind: 'mismatch', message: 'other bytes' }, content } as const;
  assert.equal(reuse.isToBlame(mismatch), false);
  assert.equal(reuse.isToBlame({ ...mismatch, path: 'copy' }), true);
});
