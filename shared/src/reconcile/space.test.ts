import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreePath } from '../model/bytes.js';
import type { Expectation, PlannedStep } from '../model/step.js';
import { neededBytes } from './space.js';

const MB = 1_000_000;
const META = { mode: 0o644, uid: 0, gid: 0, mtimeUs: 0, xattrs: '' };

function step(kind: 'put' | 'copy', sizeBytes: number, wireBytes: number, replacedBytes: number | null): PlannedStep {
  const content = { hash: '0'.repeat(32), sizeBytes };
  const replaces: Expectation | null =
    replacedBytes === null ? null : { kind: 'file', content: { hash: '1'.repeat(32), sizeBytes: replacedBytes } };
  return {
    step: { kind, path: 'f' as TreePath, meta: META, content, replaces },
    originId: 1,
    targetId: null,
    wireBytes,
    lostEntries: replaces === null ? 0 : 1,
  };
}

test('a new file needs all of its bytes, and what it replaces frees none', () => {
  for (const reflinks of [true, false]) assert.equal(neededBytes([step('put', 5 * MB, 5 * MB, null)], reflinks), 5 * MB);
  assert.equal(neededBytes([step('put', 5 * MB, 5 * MB, 9 * MB)], false), 5 * MB);
});

test('a copy needs its bytes, but for where a reflink is one', () => {
  assert.equal(neededBytes([step('copy', 5 * MB, 0, null)], false), 5 * MB);
  assert.equal(neededBytes([step('copy', 5 * MB, 0, null)], true), 0);
});

test('a patch in place needs its changes twice, a clone once; where neither can be, it is the whole file', () => {
  const large = step('put', 1000 * MB, MB, 1000 * MB);
  assert.equal(neededBytes([large], false), 2 * MB);
  assert.equal(neededBytes([large], true), MB);
  assert.equal(neededBytes([step('put', 20 * MB, MB, 20 * MB)], false), 20 * MB, 'too small to be patched in place');
  assert.equal(neededBytes([step('put', 1000 * MB, 100 * MB, 1000 * MB)], false), 1000 * MB, 'too many changes');
  assert.equal(neededBytes([step('put', 1000 * MB, MB, null)], true), 1000 * MB, 'there is nothing to be patched');
});
