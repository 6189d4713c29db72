import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { byteString } from '../model/bytes.js';
import { decodeLinkFile, encodeLinkFile, LINK_FILE_BYTES, readLinkFile } from './link-file.js';

const targets = fc
  .uint8Array({ minLength: 1, maxLength: 1_024 })
  .map((bytes) => byteString(bytes.map((byte) => (byte === 0 ? 1 : byte))));

test('a target comes back from its file', () => {
  fc.assert(
    fc.property(targets, (target) => {
      const file = encodeLinkFile(target);
      assert.equal(file?.length, LINK_FILE_BYTES);
      assert.equal(file && decodeLinkFile(file), target);
    }),
  );
});

test('the file is what `mount -t cifs -o mfsymlinks` writes', () => {
  const md5 = createHash('md5').update('../a b').digest('hex');
  assert.equal(encodeLinkFile('../a b')?.toString(), `XSym\n0006\n${md5}\n../a b\n${' '.repeat(1_017)}`);
});

test('1,024 bytes of a target have room, and one more has not', () => {
  assert.equal(decodeLinkFile(encodeLinkFile('x'.repeat(1_024)) ?? Buffer.alloc(0)), 'x'.repeat(1_024));
  assert.equal(encodeLinkFile('x'.repeat(1_025)), null);
});

test('any other file of that size is a file', () => {
  fc.assert(
    fc.property(targets, fc.nat(LINK_FILE_BYTES - 1), fc.integer({ min: 1, max: 255 }), (target, at, change) => {
      const file = encodeLinkFile(target) ?? Buffer.alloc(0);
      file[at] = (file[at] ?? 0) ^ change;
      const read = decodeLinkFile(file);
      assert.ok(read === null || encodeLinkFile(read)?.equals(file) === true);
      assert.notEqual(read, target);
    }),
  );
  assert.equal(decodeLinkFile(Buffer.alloc(0)), null);
  assert.equal(decodeLinkFile(Buffer.concat([encodeLinkFile('a') ?? Buffer.alloc(0), Buffer.from(' ')])), null);
});

test('it is read from the disk, and a longer file that begins like it is none', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'btsoot-link-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = encodeLinkFile('there') ?? Buffer.alloc(0);
  writeFileSync(join(folder, 'link'), file);
  writeFileSync(join(folder, 'longer'), Buffer.concat([file, Buffer.from(' ')]));
  assert.equal(readLinkFile(Buffer.from(join(folder, 'link'))), 'there');
  assert.equal(readLinkFile(Buffer.from(join(folder, 'longer'))), null);
});
