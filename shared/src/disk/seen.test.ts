import assert from 'node:assert/strict';
import { type BigIntStats, lstatSync } from 'node:fs';
import { test } from 'node:test';
import { inodeNumber, packSeen, seenFromStats, unpackSeen } from './seen.js';

/** As node:fs gives the stat of a file whose inode has that number: of what has 64 bits, the highest is the sign. */
function statsWithInode(ino: bigint): BigIntStats {
  return Object.assign(lstatSync('/', { bigint: true }), { ino: BigInt.asIntN(64, ino) });
}

for (const ino of [1n, 2n ** 63n - 1n, 2n ** 63n, 12_102_785_238_758_179_130n, 2n ** 64n - 1n]) {
  test(`the inode ${ino} is the same one however it is seen`, () => {
    const stats = statsWithInode(ino);
    assert.equal(inodeNumber(stats), ino);
    const seen = seenFromStats(stats, 0n);
    assert.equal(seen.ino, ino);
    // As the native lister packs what statx says, and as a manifest keeps it.
    assert.deepEqual(unpackSeen(packSeen(seen)), seen);
  });
}
