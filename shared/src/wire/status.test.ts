import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Metadata, status } from '@grpc/grpc-js';
import { BtsootError, type ErrorKind } from '../model/errors.js';
import { errorOf, statusOf } from './status.js';

const KINDS: readonly ErrorKind[] = [
  'invalid',
  'not-found',
  'exists',
  'denied',
  'busy',
  'refused',
  'drift',
  'unstable',
  'corrupt',
  'no-space',
  'io',
  'unreachable',
  'version',
  'cancelled',
];

const failed = (code: status, details: string, metadata = new Metadata()) =>
  Object.assign(new Error(), { code, details, metadata });

test('every kind arrives as it was sent', () => {
  for (const kind of KINDS) {
    const { code, details, metadata } = statusOf(new BtsootError(kind, 'what happened', { hint: 'what to do' }));
    assert.notEqual(code, status.OK);
    const error = errorOf(failed(code, details, metadata as Metadata), 'the remote');
    assert.deepEqual([error.kind, error.message, error.hint], [kind, 'what happened', 'what to do']);
  }
});

test('what is no BtsootError says nothing about itself', () => {
  for (const bug of [new Error('/secret'), 'secret', new BtsootError('internal', 'secret', { hint: 'secret' })]) {
    assert.doesNotMatch(JSON.stringify(statusOf(bug)), /secret/);
  }
});

test('what the operating system refused is told, with what to do about it', () => {
  const refused = Object.assign(new Error("EROFS: read-only file system, open '/mnt/usb/x'"), { code: 'EROFS' });
  const { code, details, metadata } = statusOf(refused);
  const error = errorOf(failed(code, details, metadata as Metadata), 'the remote');
  assert.equal(error.kind, 'io');
  assert.match(error.message, /read-only file system/);
  assert.match(error.hint ?? '', /kernel log/);
  const bug = Object.assign(new TypeError('secret'), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.doesNotMatch(JSON.stringify(statusOf(bug)), /secret/);
});

test('statuses that no handler made', () => {
  const kindOf = (code: status, details = '') => errorOf(failed(code, details), 'the remote at pi:7').kind;
  assert.equal(kindOf(status.UNAVAILABLE, 'connect ECONNREFUSED 10.0.0.1:7'), 'unreachable');
  assert.equal(kindOf(status.UNAVAILABLE, 'unable to verify the first certificate'), 'denied');
  assert.equal(kindOf(status.DEADLINE_EXCEEDED), 'unreachable');
  assert.equal(kindOf(status.CANCELLED), 'unreachable');
  assert.equal(kindOf(status.UNIMPLEMENTED), 'version');
  assert.equal(kindOf(status.RESOURCE_EXHAUSTED), 'invalid');
  assert.equal(kindOf(status.INTERNAL), 'internal');
  assert.match(errorOf(failed(status.UNAVAILABLE, 'x'), 'the remote at pi:7').message, /the remote at pi:7/);
});

test('a kind that is none is not believed', () => {
  const metadata = new Metadata();
  metadata.set('btsoot-kind', 'toString');
  assert.equal(errorOf(failed(status.UNAVAILABLE, '', metadata), 'there').kind, 'unreachable');
});

test('a hostile message cannot drive a terminal', () => {
  const error = errorOf(failed(status.UNAVAILABLE, 'a\x1b[2Jb\nc'), 'there');
  assert.equal(error.message, 'no connection to there: a\ufffd[2Jb\ufffdc');
});
