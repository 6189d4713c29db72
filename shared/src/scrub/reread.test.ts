import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { HashPool } from '../disk/hash-pool.js';
import { canDropPages } from '../disk/page-cache.js';
import { hashBytes } from '../model/digest.js';
import { rereadGently } from './reread.js';

/** More than one part that is dropped, and no multiple of one. */
const SIZE_BYTES = 20 * 1024 * 1024 + 5;
const TMPFS = 0x01021994;
const skip = canDropPages() && statfsSync(tmpdir()).type !== TMPFS ? false : 'the folder for temporary files is on no disk';

/** A file on the disk, and in memory too. */
function durableFile(t: TestContext): { place: Buffer; hash: string } {
  const folder = mkdtempSync(join(tmpdir(), 'btsoot-reread-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const place = join(folder, 'file');
  const bytes = randomBytes(SIZE_BYTES);
  const fd = openSync(place, 'w');
  writeSync(fd, bytes);
  fsyncSync(fd);
  closeSync(fd);
  return { place: Buffer.from(place), hash: hashBytes(bytes) };
}

/** How much this process has had read from disks so far, as the kernel counts it. */
function diskBytes(): number {
  return Number(/^read_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
}

async function fromDisk(read: () => Promise<unknown>): Promise<number> {
  const before = diskBytes();
  await read();
  return diskBytes() - before;
}

test('a content that is read again comes from the disk, though it is in memory', { skip }, async (t) => {
  const { place, hash } = durableFile(t);
  for (const round of [1, 2]) {
    const read = async () => {
      const reread = await rereadGently(place, async () => undefined);
      assert.ok('content' in reread);
      assert.deepEqual(reread.content, { hash, sizeBytes: SIZE_BYTES });
    };
    assert.ok((await fromDisk(read)) >= SIZE_BYTES, `round ${round}`);
  }
});

test('hashing threads read from memory what is there, unless they are to read the disk', { skip }, async (t) => {
  const { place, hash } = durableFile(t);
  for (const isFromDisk of [false, true]) {
    const pool = new HashPool(1, isFromDisk);
    t.after(() => pool.close());
    // The thread's own files are read from the disk when it starts.
    await pool.hash(Buffer.from('/dev/null'));
    const read = async () => {
      const hashed = await pool.hash(place);
      assert.ok('content' in hashed);
      assert.equal(hashed.content.hash, hash);
    };
    const bytes = await fromDisk(read);
    assert.ok(isFromDisk ? bytes >= SIZE_BYTES : bytes < SIZE_BYTES / 2, `${bytes} bytes`);
  }
});
