import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { probe } from './capabilities.js';
import { fileSystemIdentity, freeBytes, isMountPoint } from './file-system.js';
import { mountOf, parseMounts } from './mounts.js';

const SAMPLE = [
  '22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw',
  '23 22 0:21 / /proc rw,nosuid - proc proc rw',
  '90 22 8:17 / /mnt/usb\\040disk rw shared:7 master:2 - ext4 /dev/sdb1 rw',
  '91 22 0:50 / /mnt/nas rw - nfs4 nas:/photos rw,vers=4.2',
  '92 91 8:33 / /mnt/nas rw - xfs /dev/sdc1 rw',
  'a line that is none',
  '',
].join('\n');

test('the mount that holds a path is the innermost, and the last one there', () => {
  const mounts = parseMounts(SAMPLE);
  assert.equal(mounts.length, 5);
  assert.equal(mountOf('/mnt/usb disk/a/b', mounts)?.source, '/dev/sdb1');
  assert.equal(mountOf('/mnt/usb', mounts)?.source, '/dev/sda2');
  assert.equal(mountOf('/mnt/nas/x', mounts)?.type, 'xfs');
  assert.equal(mountOf('/', mounts)?.point, '/');
});

test('this machine answers for its own file systems', () => {
  assert.match(fileSystemIdentity('/'), /^(uuid:.+|[a-z0-9.]+:.+)$/);
  assert.equal(fileSystemIdentity('/proc/self/..'), fileSystemIdentity('/proc'));
  assert.equal(isMountPoint('/proc'), true);
  assert.equal(isMountPoint('/proc/self'), false);
  assert.ok(freeBytes('/tmp') > 0);
  assert.throws(() => freeBytes('/nowhere/at/all'), /nowhere/);
  assert.throws(() => fileSystemIdentity('/nowhere/at/all'), /nowhere/);
});

test('files are said to be cloned where cp can clone them', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'btsoot-probe-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const { reflinks } = probe(dir);
  writeFileSync(join(dir, 'file'), Buffer.alloc(64 * 1024, 'x'));
  const { status } = spawnSync('cp', ['--reflink=always', join(dir, 'file'), join(dir, 'clone')]);
  assert.equal(reflinks, status === 0);
});

test('the probe leaves nothing behind', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'btsoot-probe-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const can = probe(dir);
  assert.deepEqual(readdirSync(dir), []);
  assert.equal(can.symlinks, true);
  assert.equal(can.modes, true);
  assert.equal(can.exactTimes, true);
  assert.equal(can.chown, process.getuid?.() === 0);
  assert.throws(() => probe(join(dir, 'missing')), /missing/);
});
