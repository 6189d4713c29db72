import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BtsootError } from '../model/errors.js';
import { formatLoopback, parseLoopback } from './loopback.js';

test('addresses of this machine are read, and written as they were', () => {
  for (const text of ['127.0.0.1:7715', '127.255.255.255:65535', '[::1]:1', 'localhost:7716'])
    assert.equal(formatLoopback(parseLoopback(text)), text);
});

test('what others could reach, and what is no address, is refused', () => {
  const bad = ['0.0.0.0:7715', '192.168.0.2:7715', '[::]:7715', '127.0.0.256:1', '127.0.0.1', '127.0.0.1:0', '127.0.0.1:65536'];
  for (const text of [...bad, ':7715', '7715', 'localhost.example.com:1', '127.0.0.1:1\n'])
    assert.throws(
      () => parseLoopback(text),
      (error) => error instanceof BtsootError && error.kind === 'invalid',
      text,
    );
});
