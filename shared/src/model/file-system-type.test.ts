import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInUserSpace, mayBeShared } from './file-system-type.js';

const cases: readonly (readonly [name: string, type: bigint, inUserSpace: boolean, shared: boolean])[] = [
  ['ext4', 0xef53n, false, false],
  ['XFS', 0x58465342n, false, false],
  ['btrfs', 0x9123683en, false, false],
  ['tmpfs', 0x01021994n, false, false],
  ['FAT', 0x4d44n, false, false],
  ['FUSE', 0x65735546n, true, true],
  ['NFS', 0x6969n, false, true],
  ['CIFS', 0xff534d42n, false, true],
  ['CIFS, as a machine with words of 32 bits says it', 0xff534d42n - 2n ** 32n, false, true],
  ['SMB2', 0xfe534d42n, false, true],
  ['Ceph', 0x00c36400n, false, true],
];

for (const [name, type, inUserSpace, shared] of cases) {
  test(`${name} is ${inUserSpace ? '' : 'not '}in user space, and others ${shared ? 'may' : 'do not'} have it mounted`, () => {
    assert.equal(isInUserSpace(type), inUserSpace);
    assert.equal(mayBeShared(type), shared);
  });
}
