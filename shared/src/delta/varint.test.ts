import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, ByteWriter, varintEnd } from './varint.js';

test('numbers and bytes come back as they were written', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.maxSafeNat(), fc.nat(255), fc.uint8Array({ maxLength: 100 }))), (fields) => {
      const writer = new ByteWriter();
      for (const [number, byte, bytes] of fields) {
        writer.varint(number);
        writer.byte(byte);
        writer.bytes(bytes);
      }
      const written = writer.finish();
      const reader = new ByteReader(written, 'A test');
      for (const [number, byte, bytes] of fields) {
        assert.equal(reader.varint(), number);
        assert.equal(reader.byte(), byte);
        assert.deepEqual([...reader.bytes(bytes.length)], [...bytes]);
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
  assert.throws(() => new ByteReader(Buffer.alloc(3), 'A test').bytes(4), { kind: 'invalid' });
});
