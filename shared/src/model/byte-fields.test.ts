import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, ByteWriter, varintEnd } from './byte-fields.js';
import { byteString } from './bytes.js';

const anyBytes = fc.uint8Array({ maxLength: 100 });

test('numbers, bytes and texts come back as they were written', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.maxSafeNat(), fc.nat(255), anyBytes, anyBytes, fc.double())), (fields) => {
      const writer = new ByteWriter();
      for (const [number, byte, bytes, text, double] of fields) {
        writer.varint(number);
        writer.byte(byte);
        writer.bytes(bytes);
        writer.text(byteString(text), 'latin1');
        writer.double(double);
        writer.text(Buffer.from(text).toString('hex'), 'hex');
      }
      const written = writer.finish();
      const reader = new ByteReader(written, 'A test');
      for (const [number, byte, bytes, text, double] of fields) {
        assert.equal(reader.varint(), number);
        assert.equal(reader.byte(), byte);
        assert.deepEqual([...reader.bytes(bytes.length)], [...bytes]);
        assert.equal(reader.text(text.length, 'latin1'), byteString(text));
        assert.ok(Object.is(reader.double(), double));
        assert.equal(reader.text(text.length, 'hex'), Buffer.from(text).toString('hex'));
      }
      assert.equal(reader.remaining, 0);
    }),
  );
});

test('a number ends where the reader says, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(10), (number, front) => {
      const writer = new ByteWriter();
      writer.bytes(Buffer.alloc(front, 0xff));
      writer.varint(number);
      const bytes = writer.finish();
      assert.equal(varintEnd(bytes, front), bytes.length);
      assert.equal(varintEnd(bytes.subarray(0, -1), front), null);
    }),
  );
});

test('numbers that are cut off or too large are refused', () => {
  const read = (...bytes: number[]): number => new ByteReader(Buffer.from(bytes), 'A test').varint();
  assert.throws(() => read(), { kind: 'invalid', message: /^A test ends in the middle/ });
  assert.throws(() => read(0x80, 0xff), { kind: 'invalid' });
  assert.throws(() => read(...Array(7).fill(0xff), 0x7f), { kind: 'invalid', message: /too large/ });
  assert.throws(() => read(...Array(100).fill(0x80)), { kind: 'invalid', message: /too large/ });
  assert.equal(read(...Array(7).fill(0xff), 0x0f), Number.MAX_SAFE_INTEGER);
  const three = () => new ByteReader(Buffer.alloc(3), 'A test');
  assert.throws(() => three().bytes(4), { kind: 'invalid' });
  assert.throws(() => three().text(4, 'latin1'), { kind: 'invalid' });
  assert.throws(() => three().double(), { kind: 'invalid' });
});

test('what is no hexadecimal text is not written', () => {
  for (const text of ['0', '0g', '00f', 'zz']) {
    assert.throws(() => new ByteWriter().text(text, 'hex'), { kind: 'internal' }, text);
  }
});
