import assert from 'node:assert/strict';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { limits } from '@btsoot/shared/model/limits.js';
import { temporaryDirectory } from '../fixtures.js';
import { isLoggedIn, loginCookie, readToken, takeToken } from './token.js';

const NOW_MS = 1_800_000_000_000;

test('the token is made once, for its owner alone', () => {
  const file = path.join(temporaryDirectory(), 'state', 'dashboard-token');
  assert.equal(readToken(file), null);
  const token = takeToken(file);
  assert.match(token, /^[\w-]{43}$/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(takeToken(file), token);
});

test('a file that holds no token lets nobody in', () => {
  const file = path.join(temporaryDirectory(), 'dashboard-token');
  for (const text of ['', '\n', 'short', 'x'.repeat(44)]) {
    writeFileSync(file, text);
    chmodSync(file, 0o600);
    assert.throws(() => takeToken(file), { kind: 'corrupt' });
  }
});

test('a login holds until its time is over, and only for its own token', () => {
  const header = loginCookie('a token', NOW_MS);
  assert.match(header, /; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
  assert.equal(header.includes('a token'), false);
  const cookie = header.split(';')[0];
  assert.equal(isLoggedIn(`other=1; ${cookie}`, 'a token', NOW_MS), true);
  assert.equal(isLoggedIn(cookie, 'a token', NOW_MS + limits.dashboardLoginValidMs - 1), true);
  assert.equal(isLoggedIn(cookie, 'a token', NOW_MS + limits.dashboardLoginValidMs), false);
  assert.equal(isLoggedIn(cookie, 'another token', NOW_MS), false);
  const longer = cookie?.replace(/=\d+/, `=${NOW_MS * 2}`);
  for (const forged of [longer, 'btsoot=', 'btsoot=1.x', '', undefined])
    assert.equal(isLoggedIn(forged, 'a token', NOW_MS), false);
});
