import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { limits } from '@btsoot/shared/model/limits.js';
import { temporaryPaths } from './fixtures.js';
import { blockPaths } from './paths.js';
import { checkPauseEnd, pauseFrom, readPause, writePause } from './pause.js';

const NOW_US = 1_700_000_000_000_000;
const LONGEST_US = limits.pauseMaxMs * 1000;

test('a pause lasts until its end, and one without an end until it is undone', () => {
  const paths = temporaryPaths();
  writePause(paths, 'photos', { sinceUs: NOW_US, untilUs: NOW_US + 10 });
  assert.deepEqual(readPause(paths, 'photos', NOW_US + 9), { sinceUs: NOW_US, untilUs: NOW_US + 10 });
  assert.equal(readPause(paths, 'photos', NOW_US + 10), null);
  writePause(paths, 'photos', { sinceUs: NOW_US, untilUs: null });
  assert.deepEqual(readPause(paths, 'photos', NOW_US + LONGEST_US), { sinceUs: NOW_US, untilUs: null });
  writePause(paths, 'photos', null);
  assert.equal(readPause(paths, 'photos', NOW_US), null);
});

test('a pause that goes on keeps its begin', () => {
  const first = pauseFrom(null, null, NOW_US);
  assert.deepEqual(first, { sinceUs: NOW_US, untilUs: null });
  assert.deepEqual(pauseFrom(first, NOW_US + 50, NOW_US + 5), { sinceUs: NOW_US, untilUs: NOW_US + 50 });
  assert.equal(pauseFrom({ sinceUs: 0, untilUs: null }, null, NOW_US).sinceUs, NOW_US);
});

test('an end is in the future, and not too far away', () => {
  for (const untilUs of [NOW_US + 1, NOW_US + LONGEST_US]) checkPauseEnd(untilUs, NOW_US);
  for (const untilUs of [NOW_US, -1, NOW_US + LONGEST_US + 1])
    assert.throws(() => checkPauseEnd(untilUs, NOW_US), { name: 'BtsootError', kind: 'invalid' });
});

test('what an earlier version has written, or nobody can read, is a pause without an end', () => {
  const paths = temporaryPaths();
  const file = blockPaths(paths, 'photos').pause;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `{"sinceUs":${NOW_US}}`);
  assert.deepEqual(readPause(paths, 'photos', NOW_US), { sinceUs: NOW_US, untilUs: null });
  for (const text of ['', '{"sin', '{"sinceUs":-1,"untilUs":"tomorrow"}', 'null']) {
    writeFileSync(file, text);
    assert.deepEqual(readPause(paths, 'photos', NOW_US), { sinceUs: 0, untilUs: null }, text);
  }
});
