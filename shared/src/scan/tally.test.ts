import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { TreePath } from '../model/bytes.js';
import { limits } from '../model/limits.js';
import type { ProgressEvent } from '../model/progress.js';
import { Tally } from './tally.js';

test('a problem shows the end of its path, however long that is', () => {
  const events: ProgressEvent[] = [];
  const tally = new Tally((event) => events.push(event));
  const name = '\xff'.repeat(limits.nameLengthMaxBytes);
  tally.problem(`${`${name}/`.repeat(200)}photo` as TreePath, 'unknown', 'cannot be read');
  const [problem] = tally.problems;
  assert.equal(problem?.path, `…/${'\\xff'.repeat(limits.nameLengthMaxBytes)}/photo`);
  assert.deepEqual(events, [{ kind: 'problem', problem }]);
});
