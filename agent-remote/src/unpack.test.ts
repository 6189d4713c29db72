import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { brotliCompressSync, constants, createBrotliCompress } from 'node:zlib';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { ArrivedStep } from '@btsoot/shared/wire/convert.js';
import { failsAs } from './fixture.js';
import { unpack, unpackOrder } from './unpack.js';

const text = Buffer.from('what is said twice is packed once, what is said twice is packed once. '.repeat(40));

test('packed bytes come out as they went in, of all sizes', async () => {
  const noise = randomBytes(1_000);
  const samples = [
    Buffer.from('aaaaaaaaaaaaaaaaaaaaaaaaaa'),
    text,
    Buffer.alloc(limits.unpackedSizeMaxBytes),
    Buffer.concat([text, noise]),
  ];
  for (const raw of samples) {
    assert.deepEqual(await unpack({ bytes: brotliCompressSync(raw), sizeBytes: raw.length }), raw);
  }
});

test('what does not unpack to exactly the size that it says is invalid', async () => {
  const bytes = brotliCompressSync(text);
  const sizeBytes = text.length;
  const faulty = [
    { bytes, sizeBytes: sizeBytes - 1 },
    { bytes, sizeBytes: sizeBytes + 1 },
    { bytes: bytes.subarray(0, -1), sizeBytes },
    { bytes: bytes.subarray(1), sizeBytes },
    { bytes: text, sizeBytes },
    { bytes: Buffer.alloc(0), sizeBytes },
  ];
  for (const packed of faulty) await assert.rejects(unpack(packed), failsAs('invalid'));
});

function* zeros(mebibytes: number) {
  for (let i = 0; i < mebibytes; i++) yield Buffer.alloc(1024 * 1024);
}

test('a bomb is given up at the size that it says, and not unpacked in memory', async () => {
  const bytes = await buffer(
    Readable.from(zeros(256)).pipe(createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 3 } })),
  );
  assert.ok(bytes.length < 10_000, `${bytes.length} bytes`);
  const before = process.resourceUsage().maxRSS;
  await assert.rejects(unpack({ bytes, sizeBytes: limits.unpackedSizeMaxBytes }), failsAs('invalid'));
  assert.ok(process.resourceUsage().maxRSS - before < 32 * 1024);
});

function put(name: string, bytes: Buffer, inline: ArrivedStep['inline']): ArrivedStep {
  const content = { hash: '0'.repeat(32), sizeBytes: bytes.length };
  const meta = { mode: 0o644, uid: 0, gid: 0, mtimeUs: 0, xattrs: '' };
  return { step: { kind: 'put', path: name as TreePath, meta, content, replaces: null }, inline, delivery: null };
}

test('a batch gets the bytes of its packed files, beside those that came inline', async () => {
  const [a, b, c] = [text.subarray(0, 500), Buffer.from('inline'), text.subarray(100, 1_000)];
  const whole = Buffer.concat([a, c]);
  const order = await unpackOrder({
    kind: 'steps',
    steps: [put('a', a, 'packed'), put('b', b, b), put('c', c, 'packed')],
    packed: { bytes: brotliCompressSync(whole), sizeBytes: whole.length },
  });
  assert.ok(order.kind === 'steps');
  assert.deepEqual(
    order.steps.map(({ inline }) => inline),
    [a, b, c],
  );
});

test('literals come out whether they were packed or not', async () => {
  const ops = Buffer.alloc(1);
  const raw = { kind: 'patch', ops, literals: text } as const;
  assert.deepEqual(await unpackOrder({ ...raw, literalsSizeBytes: 0 }), raw);
  assert.deepEqual(await unpackOrder({ ...raw, literals: brotliCompressSync(text), literalsSizeBytes: text.length }), raw);
});
