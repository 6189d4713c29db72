import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentOf, seenOf } from '../manifest/fixture.js';
import { smudged } from '../scan/granularity.js';
import { type Evidence, judge } from './judge.js';

const rootDev = 42n;
const seen = seenOf(7n);
/** As an opened file's own stat says it: with the plain device number. */
const now = { ...seen, dev: rootDev };
const other = contentOf('other');

function judged(changes: Partial<Evidence>): string {
  const reread = { content: contentOf('good'), before: now, after: now };
  return judge({ expected: contentOf('good'), seen, reread, rootDev, isOldVersion: false, ...changes });
}

test('the same bytes are good whatever the stat says', () => {
  assert.equal(judged({}), 'good');
  assert.equal(judged({ seen: null }), 'good');
  assert.equal(judged({ seen: seenOf(9n) }), 'good');
});

test('other bytes are rot only where nothing in the stat explains them', () => {
  const reread = { content: other, before: now, after: now };
  assert.equal(judged({ reread }), 'rotten');
  assert.equal(judged({ reread, seen: { ...seen, mtimeNs: 1n } }), 'changed');
  assert.equal(judged({ reread, seen: { ...seen, ctimeNs: 1n } }), 'changed');
  assert.equal(judged({ reread, seen: { ...seen, ino: 8n } }), 'changed');
  assert.equal(judged({ reread, seen: smudged(seen) }), 'changed');
  assert.equal(judged({ reread, seen: null }), 'changed');
  assert.equal(judged({ reread: { ...reread, after: { ...now, sizeBytes: 6n } } }), 'changed');
  // A touched mode explains a new change time, and no other bytes.
  assert.equal(judged({ reread, seen: { ...seen, mode: 0o100600, ctimeNs: 1n } }), 'rotten');
});

test('an old version is nobody’s to change', () => {
  const reread = { content: other, before: { ...now, mtimeNs: 1n }, after: now };
  assert.equal(judged({ reread, isOldVersion: true }), 'rotten');
});

test('what cannot be read is damaged only where the disk says so', () => {
  assert.equal(judged({ reread: { error: 'EIO' } }), 'unreadable');
  assert.equal(judged({ reread: { error: 'EACCES' } }), 'skipped');
  assert.equal(judged({ reread: { error: 'ENOENT' } }), 'changed');
  assert.equal(judged({ reread: { error: 'ENOENT' }, isOldVersion: true }), 'missing');
});
