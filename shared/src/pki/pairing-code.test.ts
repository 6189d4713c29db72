import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BtsootError } from '../model/errors.js';
import { decodePairingCode, encodePairingCode, type PairingCode, sameSecret } from './pairing-code.js';

const code: PairingCode = {
  host: 'pi.lan',
  servePort: 7713,
  pairingPort: 40123,
  authorityFingerprint: 'ab'.repeat(32),
  secret: Buffer.alloc(16, 7),
};
const port = fc.integer({ min: 1, max: 65535 });

test('any code comes back as it was, however a terminal wrapped it', () => {
  const codes = fc.record({
    host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
    servePort: port,
    pairingPort: port,
    authorityFingerprint: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    secret: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
  });
  fc.assert(
    fc.property(codes, fc.integer({ min: 0, max: 90 }), (drawn, at) => {
      const original: PairingCode = { ...drawn };
      const text = encodePairingCode(original);
      assert.match(text, /^btsoot1-[A-Za-z0-9_-]+$/);
      assert.deepEqual(decodePairingCode(` ${text.slice(0, at)}\r\n ${text.slice(at)}\n`), original);
    }),
  );
});

test('a code with one character changed, missing or doubled is told from a right one', () => {
  const text = encodePairingCode(code);
  for (let at = 'btsoot1-'.length; at < text.length - 1; at++) {
    const other = text[at] === 'A' ? 'B' : 'A';
    for (const wrong of [
      text.slice(0, at) + other + text.slice(at + 1),
      text.slice(0, at) + text.slice(at + 1),
      text.slice(0, at) + other + text.slice(at),
    ]) {
      assert.throws(() => decodePairingCode(wrong), BtsootError, wrong);
    }
  }
});

test('what is no code at all is refused with a hint', () => {
  for (const text of ['', 'btsoot1-', 'btsoot2-AAAA', 'hello', 'btsoot1-AAAA']) {
    assert.throws(
      () => decodePairingCode(text),
      (error) => error instanceof BtsootError && error.kind === 'invalid' && error.hint !== undefined,
    );
  }
});

test('what can be no host goes into no code', () => {
  for (const host of ['', 'not a host', 'pi:7713']) {
    assert.throws(() => encodePairingCode({ ...code, host }), { name: 'BtsootError', kind: 'invalid' }, host);
  }
});

test('secrets are the same only byte for byte', () => {
  assert.equal(sameSecret(Buffer.from('abcd'), Buffer.from('abcd')), true);
  assert.equal(sameSecret(Buffer.from('abcd'), Buffer.from('abce')), false);
  assert.equal(sameSecret(Buffer.from('abcd'), Buffer.from('abc')), false);
});
