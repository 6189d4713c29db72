import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Asked, type Door, refusalOf, type Wanted } from './guards.js';
import { hostOf, isLoopback, mayBeAskedBy } from './hosts.js';

const DOOR: Door = { names: ['nas', 'nas.local', 'nas.example.org'], onLoopback: true };
const READ: Wanted = { method: 'GET', isPage: false, isOpen: false };
const ACT: Wanted = { ...READ, method: 'POST' };
const ASKED: Asked = {
  method: 'GET',
  host: '127.0.0.1:7714',
  origin: undefined,
  site: undefined,
  contentType: undefined,
  isKnown: true,
};
const POST: Asked = { ...ASKED, method: 'POST', origin: 'http://127.0.0.1:7714', contentType: 'application/json' };

function statusOf(asked: Asked, wanted: Wanted, door = DOOR): number {
  return refusalOf(asked, wanted, door)?.status ?? 200;
}

test('a name that was made to lead here (DNS rebinding) is refused, our own names are not', () => {
  for (const host of ['127.0.0.1:7714', 'localhost:9', '[::1]:7714', '127.8.9.1', 'NAS:7714', 'nas.example.org'])
    assert.equal(statusOf({ ...ASKED, host }, READ), 200, host);
  for (const host of ['evil.example', 'localhost.evil.example:7714', '127.0.0.1.evil.example', 'nas.example.org.evil', '', 'a b'])
    assert.equal(statusOf({ ...ASKED, host }, READ), 403, host);
  assert.equal(statusOf({ ...ASKED, host: undefined }, READ), 403);
});

test('an address that is not loopback is believed only where the dashboard is bound to one', () => {
  assert.equal(statusOf({ ...ASKED, host: '192.0.2.7:7714' }, READ), 403);
  assert.equal(statusOf({ ...ASKED, host: '192.0.2.7:7714' }, READ, { ...DOOR, onLoopback: false }), 200);
  assert.equal(mayBeAskedBy('2001:db8::1', [], false), true);
});

test('what changes something comes from the page itself, and says so', () => {
  assert.equal(statusOf(POST, ACT), 200);
  const foreign = ['http://evil.example', 'http://127.0.0.1:7715', 'http://localhost:7714', 'null', '', undefined];
  for (const origin of foreign) assert.equal(statusOf({ ...POST, origin }, ACT), 403, origin);
  assert.equal(statusOf({ ...POST, host: 'nas.example.org', origin: 'https://nas.example.org' }, ACT), 200);
  for (const contentType of ['text/plain', 'application/x-www-form-urlencoded', undefined, 'application/jsonp'])
    assert.equal(statusOf({ ...POST, contentType }, ACT), 415, contentType);
  assert.equal(statusOf({ ...POST, contentType: 'application/json; charset=utf-8' }, ACT), 200);
});

test('a page of another site gets no answer, and may lead to the page', () => {
  for (const site of ['cross-site', 'same-site']) {
    assert.equal(statusOf({ ...ASKED, site }, READ), 403);
    assert.equal(statusOf({ ...ASKED, site }, { ...READ, isPage: true, isOpen: true }), 200);
  }
  for (const site of ['same-origin', 'none']) assert.equal(statusOf({ ...ASKED, site }, READ), 200);
});

test('each is asked by its own method', () => {
  assert.equal(statusOf({ ...ASKED, method: 'HEAD' }, READ), 200);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) assert.equal(statusOf({ ...POST, method }, READ), 405);
  assert.equal(statusOf(ASKED, ACT), 405);
});

test('strangers get only what is open', () => {
  assert.equal(statusOf({ ...ASKED, isKnown: false }, READ), 401);
  assert.equal(statusOf({ ...ASKED, isKnown: false }, { ...READ, isOpen: true }), 200);
});

test('hosts are read from headers, whatever these hold', () => {
  assert.equal(hostOf('[2001:DB8::1]:7714'), '2001:db8::1');
  assert.equal(hostOf('https://nas.local'), 'nas.local');
  for (const header of ['a@b', 'http://a/b', 'a:b', '::1', 'a,b', '\n', undefined]) assert.equal(hostOf(header), null, header);
  assert.deepEqual(['127.0.0.1', '127.1.2.3', '::1', 'localhost', '0.0.0.0', '127.evil', '::'].map(isLoopback), [
    ...[true, true, true, true],
    ...[false, false, false],
  ]);
});
