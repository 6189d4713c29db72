import assert from 'node:assert/strict';
import { chmodSync, closeSync, lstatSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyAttributes, applyMetadata } from './metadata.js';
import { metadataOf, seenFromStats } from './seen.js';

const dir = mkdtempSync(join(tmpdir(), 'btsoot-metadata-'));
test.after(() => rmSync(dir, { recursive: true }));

const isRoot = process.getuid?.() === 0;
const see = (path: string) => metadataOf(seenFromStats(lstatSync(path, { bigint: true }), 0n), '');
const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

test('every microsecond from 1902 to 2100 is set exactly, on files, directories and symlinks', () => {
  const file = join(dir, 'file');
  const link = join(dir, 'link');
  writeFileSync(file, '');
  symlinkSync('nowhere', link);
  const year = 365.25 * 86400e6;
  fc.assert(
    fc.property(fc.integer({ min: Math.round(-68 * year), max: Math.round(130 * year) }), (mtimeUs) => {
      const meta = { mode: 0o640, ...own, mtimeUs, xattrs: '' };
      applyMetadata(Buffer.from(file), 'file', meta, { chown: false, isNew: false });
      applyMetadata(Buffer.from(link), 'symlink', meta, { chown: false, isNew: false });
      applyMetadata(Buffer.from(dir), 'directory', { ...meta, mode: 0o755 }, { chown: false, isNew: false });
      assert.equal(see(file).mtimeUs, mtimeUs);
      assert.equal(see(link).mtimeUs, mtimeUs);
      assert.equal(see(dir).mtimeUs, mtimeUs);
    }),
    { numRuns: 500 },
  );
});

test('mode, special bits and owner survive the order in which they are set', { skip: !isRoot && 'needs root to chown' }, () => {
  const file = join(dir, 'setuid');
  writeFileSync(file, 'x');
  const meta = { mode: 0o6751, uid: 1234, gid: 4321, mtimeUs: 1_600_000_000_123_457, xattrs: '' };
  applyMetadata(Buffer.from(file), 'file', meta, { chown: true, isNew: false });
  assert.deepEqual(see(file), meta);
});

test('an open file gets its mode and owner, and what it has already is not set', () => {
  const path = join(dir, 'open');
  const fd = openSync(path, 'wx', 0o640);
  chmodSync(path, 0o640);
  const meta = { mode: 0o640, ...own, mtimeUs: 0, xattrs: '' };
  const { ino, ctimeNs } = lstatSync(path, { bigint: true });
  assert.equal(applyAttributes(fd, meta, { chown: true }), ino);
  assert.equal(lstatSync(path, { bigint: true }).ctimeNs, ctimeNs);
  const other = isRoot ? { mode: 0o6751, uid: 1234, gid: 4321 } : { mode: 0o751, ...own };
  applyAttributes(fd, { ...meta, ...other }, { chown: true });
  closeSync(fd);
  const { mtimeUs: _, xattrs: __, ...seen } = see(path);
  assert.deepEqual(seen, other);
});

test('a symlink where a file was expected never passes its mode on to its target', () => {
  const target = join(dir, 'target');
  const planted = join(dir, 'planted');
  writeFileSync(target, 'x');
  chmodSync(target, 0o600);
  symlinkSync(target, planted);
  const meta = { mode: 0o777, ...own, mtimeUs: 0, xattrs: '' };
  assert.throws(() => applyMetadata(Buffer.from(planted), 'file', meta, { chown: false, isNew: false }));
  assert.equal(see(target).mode, 0o600);
});

test('times before 1970 are rounded down, as later ones are', () => {
  const stats = lstatSync(dir, { bigint: true });
  const at = (mtimeNs: bigint) => metadataOf({ ...seenFromStats(stats, 0n), mtimeNs }, '').mtimeUs;
  assert.equal(at(1999n), 1);
  assert.equal(at(-1n), -1);
  assert.equal(at(-1000n), -1);
  assert.equal(at(-1001n), -2);
});
