import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isOnRotatingDisk, isRotating } from './rotating.js';

const DISKS = 'devices/pci0000:00/ata1/host0/block';

/** A folder laid out as the kernel lays out /sys. */
function sysfs(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'btsoot-sys-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'dev/block'), { recursive: true });
  const device = (numbers: string, place: string, rotational: string | null, madeOf: readonly string[] = []): void => {
    mkdirSync(join(root, place, 'slaves'), { recursive: true });
    if (rotational !== null) {
      mkdirSync(join(root, place, 'queue'));
      writeFileSync(join(root, place, 'queue/rotational'), `${rotational}\n`);
    }
    for (const part of madeOf) symlinkSync(join(root, part), join(root, place, 'slaves', part.split('/').at(-1) ?? ''));
    symlinkSync(join(root, place), join(root, 'dev/block', numbers));
  };
  device('8:0', `${DISKS}/sda`, '1');
  device('8:1', `${DISKS}/sda/sda1`, null);
  device('8:16', `${DISKS}/sdb`, '0');
  device('8:17', `${DISKS}/sdb/sdb1`, null);
  device('253:0', 'devices/virtual/block/dm-0', '1', [`${DISKS}/sdb/sdb1`]);
  device('253:1', 'devices/virtual/block/dm-1', '1', [`${DISKS}/sdb/sdb1`, `${DISKS}/sda/sda1`]);
  device('253:2', 'devices/virtual/block/dm-2', '1', ['devices/virtual/block/dm-1']);
  device('7:0', 'devices/virtual/block/loop0', '1');
  device('254:0', 'devices/pci0000:00/virtio2/block/vda', '1');
  device('8:32', `${DISKS}/sdc`, null);
  device('259:300', `${DISKS}/nvme0n1`, '1');
  return root;
}

/** As `st_rdev` has it (gnu_dev_makedev). */
function number(major: number, minor: number): bigint {
  const [high, low] = [BigInt(major), BigInt(minor)];
  return ((high & 0xfffff000n) << 32n) | ((high & 0xfffn) << 8n) | ((low & 0xffffff00n) << 12n) | (low & 0xffn);
}

const cases: readonly (readonly [what: string, major: number, minor: number, turns: boolean])[] = [
  ['a disk that turns', 8, 0, true],
  ['a partition of it', 8, 1, true],
  ['a disk that does not', 8, 16, false],
  ['a partition of that', 8, 17, false],
  ['a mapper of what does not', 253, 0, false],
  ['a mapper of both', 253, 1, true],
  ['a mapper of that mapper', 253, 2, true],
  ['a loop device, whatever it says', 7, 0, false],
  ['a disk of a virtual machine, whatever it says', 254, 0, false],
  ['one that says nothing', 8, 32, false],
  ['one with a large number', 259, 300, true],
  ['one that nobody knows', 8, 99, false],
];

for (const [what, major, minor, turns] of cases) {
  test(`${what}: ${turns ? 'rotating' : 'not known to rotate'}`, (t) => {
    assert.equal(isRotating(number(major, minor), sysfs(t)), turns);
  });
}

test('what lies on no disk does not rotate', () => {
  assert.equal(isOnRotatingDisk('/proc/self'), false);
});
