import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import type { Plan, PlannedStep } from '@btsoot/shared/model/step.js';
import { summarize } from '@btsoot/shared/reconcile/summary.js';
import type { Prepared } from './delivery.js';
import { LookAhead } from './look-ahead.js';

const META = { mode: 0o644, uid: 0, gid: 0, mtimeUs: 0, xattrs: '' };
const GiB = 1024 ** 3;

function planOf(...sizes: readonly number[]): Plan {
  const steps = sizes.map((sizeBytes): PlannedStep => {
    const content = { hash: '00'.repeat(16), sizeBytes };
    const step = { kind: 'put', path: 'f' as TreePath, meta: META, content, replaces: null } as const;
    return { step, originId: 1, targetId: null, wireBytes: sizeBytes, lostEntries: 0 };
  });
  return { steps, summary: summarize(steps, { movedBytes: 0, keptEntries: 0, removedBytes: 0 }), digest: '' };
}

function prepared(sizeBytes: number): Prepared {
  const delivery = { bases: [], positional: false, chunksDigest: null, layout: Buffer.alloc(0) };
  return { delivery, layoutRest: [], ops: [{ kind: 'literal', lengthBytes: sizeBytes }] };
}

test('files are prepared ahead, small ones left out, and not too many or too large at once', async () => {
  const plan = planOf(10, ...Array.from({ length: 100 }, () => 100_000), 3 * GiB, 100, 2 * GiB, 9 * GiB, 50_000);
  const begun: number[] = [];
  const lookAhead = new LookAhead(plan, async ({ step }) => {
    const sizeBytes = step.kind === 'put' ? step.content.sizeBytes : 0;
    begun.push(sizeBytes);
    return prepared(sizeBytes);
  });
  const large = [...plan.steps].filter(({ wireBytes }) => wireBytes > 1_000);
  const most: number[] = [];
  for (const [index, planned] of large.entries()) {
    const { ops } = await lookAhead.take(planned);
    assert.equal(ops[0]?.lengthBytes, planned.wireBytes);
    most.push(begun.length - index - 1);
  }
  assert.equal(Math.max(...most), 64);
  assert.deepEqual(most.slice(-4), [1, 1, 1, 0]);
  assert.equal(begun.length, large.length);
});

test('what fails is thrown in its turn, and closing waits for the rest', async () => {
  const plan = planOf(100_000, 200_000, 300_000);
  let closed = 0;
  const lookAhead = new LookAhead(plan, async ({ wireBytes }, _, signal) => {
    if (wireBytes === 200_000) throw new Error('unreadable');
    if (wireBytes === 300_000) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    closed += wireBytes;
    return prepared(wireBytes);
  });
  await lookAhead.take(plan.steps.at(0) as PlannedStep);
  await assert.rejects(lookAhead.take(plan.steps.at(1) as PlannedStep), { message: 'unreadable' });
  await lookAhead.close();
  assert.equal(closed, 400_000);
});
