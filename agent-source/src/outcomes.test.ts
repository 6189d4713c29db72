import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { ProgressEvent } from '@btsoot/shared/model/progress.js';
import { temporaryDirectory } from './fixtures.js';
import { Outcomes } from './outcomes.js';

test('of a very long path the end is shown, and problems over the limit are counted', (t) => {
  const tree = Manifest.open(path.join(temporaryDirectory(), 'source.db'));
  t.after(() => tree.close());
  const events: ProgressEvent[] = [];
  const outcomes = new Outcomes('photos', (event) => events.push(event));
  const name = '\\xff'.repeat(255);
  const count = limits.problemsListedMax + 1;
  for (let i = 0; i < count; i++) {
    outcomes.problem({ path: `${`${name}/`.repeat(14)}p${i}`, kind: 'unknown', message: 'cannot be read' });
  }
  const result = outcomes.finish('done', tree);
  assert.equal(result.kind, 'partial');
  assert.equal(result.problemCount, count);
  assert.equal(result.problems.length, limits.problemsListedMax);
  assert.equal(result.problems[7]?.path, `…/${name}/p7`);
  assert.deepEqual(events[7], { kind: 'problem', problem: result.problems[7] });
});
