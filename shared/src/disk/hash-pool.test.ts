import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { linkSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { listDigest, unpackChunks } from '../delta/chunk-list.js';
import { oracleEnds } from '../delta/chunker-oracle.js';
import { byteString } from '../model/bytes.js';
import { hashBytes } from '../model/digest.js';
import { limits } from '../model/limits.js';
import { HashPool, type HashResult } from './hash-pool.js';
import { TreeRoot } from './tree-root.js';

const dir = mkdtempSync(join(tmpdir(), 'btsoot-hash-'));
const pool = new HashPool(2);
test.after(async () => {
  await pool.close();
  rmSync(dir, { recursive: true });
});

const place = (name: string): Buffer => Buffer.from(join(dir, name), 'latin1');

function hashOf(result: HashResult): string {
  assert.ok(!('error' in result), 'error' in result ? result.error : '');
  return result.content.hash;
}

test('files of every size around the buffer hash as one piece does', async () => {
  const mib = 1024 * 1024;
  const sizes = [0, 1, 16, 240, 241, 4096, mib - 1, mib, mib + 1, 2 * mib, 3 * mib + 7];
  const bytes = Buffer.alloc(4 * mib).map((_, index) => (index * 2654435761) >>> 24);
  await Promise.all(
    sizes.map(async (size) => {
      writeFileSync(place(`size-${size}`), bytes.subarray(0, size));
      const result = await pool.hash(place(`size-${size}`), { sizeBytes: size });
      assert.equal(hashOf(result), hashBytes(bytes.subarray(0, size)));
      assert.ok(!('error' in result));
      assert.equal(result.content.sizeBytes, size);
      assert.deepEqual(result.before, result.after);
    }),
  );
});

test('a large file comes with its chunks, and a small one without', async () => {
  const bytes = randomBytes(5 * 2 ** 20 + 11);
  bytes.fill(0, 2 ** 20, 3 * 2 ** 20);
  const least = limits.chunkedSizeMinBytes;
  for (const [sizeBytes, previousAverageBytes, averageBytes] of [
    [least, null, 2 ** 14],
    [bytes.length, null, 2 ** 14],
    [bytes.length, 2 ** 16, 2 ** 16],
    [bytes.length, 2 ** 20, 2 ** 14],
  ] as const) {
    writeFileSync(place('chunked'), bytes.subarray(0, sizeBytes));
    const result = await pool.hash(place('chunked'), { sizeBytes, previousAverageBytes });
    assert.equal(hashOf(result), hashBytes(bytes.subarray(0, sizeBytes)));
    assert.ok(!('error' in result) && result.chunks !== null);
    const list = unpackChunks(result.chunks, sizeBytes);
    const ends = oracleEnds(bytes.subarray(0, sizeBytes), averageBytes);
    const hashes = ends.map((end, index) => hashBytes(bytes.subarray(ends[index - 1] ?? 0, end)));
    assert.deepEqual(list, { averageBytes, ends: Float64Array.from(ends), hashes: Buffer.from(hashes.join(''), 'hex') });
  }
  writeFileSync(place('unchunked'), bytes.subarray(0, least - 1));
  const result = await pool.hash(place('unchunked'));
  assert.ok(!('error' in result) && result.chunks === null);
});

test('many large files at once do not mix their chunks', async () => {
  const files = Array.from({ length: 40 }, (_, index) => randomBytes(limits.chunkedSizeMinBytes + 10_000 * index));
  files.forEach((bytes, index) => {
    writeFileSync(place(`large-${index}`), bytes);
  });
  const results = await Promise.all(
    files.map((bytes, index) => pool.hash(place(`large-${index}`), { sizeBytes: bytes.length / 64 })),
  );
  results.forEach((result, index) => {
    const bytes = files[index] ?? assert.fail();
    assert.ok(!('error' in result) && result.chunks !== null);
    const ends = oracleEnds(bytes, limits.chunkAverageMinBytes);
    const hashes = ends.map((end, at) => hashBytes(bytes.subarray(ends[at - 1] ?? 0, end)));
    const known = listDigest({ ends: Float64Array.from(ends), hashes: Buffer.from(hashes.join(''), 'hex') });
    assert.equal(listDigest(unpackChunks(result.chunks, bytes.length)), known);
  });
});

test('two thousand files at once, each with its own answer, through a directory handle', async () => {
  const names = Array.from({ length: 2000 }, (_, index) => `many-${index}`);
  for (const name of names) writeFileSync(place(name), `content of ${name}`);
  const root = TreeRoot.open(byteString(Buffer.from(dir)));
  const handle = root.directory('' as never);
  const results = await Promise.all(names.map((name) => pool.hash(handle.place(name as never))));
  assert.deepEqual(
    results.map(hashOf),
    names.map((name) => hashBytes(Buffer.from(`content of ${name}`))),
  );
  root.close();
});

test('a sparse file over 4 GiB', async () => {
  const size = 4 * 2 ** 30 + 4097;
  writeFileSync(place('huge'), '');
  truncateSync(place('huge'), size);
  const file = await open(place('huge'), 'r+');
  await file.write('the end', size - 7);
  await file.close();
  const result = await pool.hash(place('huge'), { sizeBytes: size });
  const known = '813c0b7f77ad885f8559ca28a82387bc';
  assert.equal(hashOf(result), known);
  if (spawnSync('xxhsum', ['--version']).status === 0) {
    assert.equal(execFileSync('xxhsum', ['-H2', join(dir, 'huge')], { encoding: 'utf8' }).split(' ')[0], known);
  }
  assert.ok(!('error' in result) && result.content.sizeBytes === size && result.chunks !== null);
  const { ends } = unpackChunks(result.chunks, size);
  assert.ok(ends.length > 4000 && ends.length < 5000, `${ends.length} chunks, nearly all of them as long as can be`);
});

test('what is no readable regular file is an errno', async () => {
  symlinkSync('many-1', place('link'));
  execFileSync('mkfifo', [join(dir, 'fifo')]);
  assert.deepEqual(await pool.hash(place('link')), { error: 'ELOOP' });
  assert.deepEqual(await pool.hash(place('fifo')), { error: 'ESTALE' });
  assert.deepEqual(await pool.hash(place('missing')), { error: 'ENOENT' });
  assert.deepEqual(await pool.hash(place('.')), { error: 'ESTALE' });
});

test('a file that grows meanwhile is told by its stats', async () => {
  const script = 'const fs=require("fs");console.log("on");for(;;)fs.appendFileSync(process.argv[1],"y")';
  writeFileSync(place('growing'), '');
  truncateSync(place('growing'), 2 ** 29);
  const writer = spawn(process.execPath, ['-e', script, join(dir, 'growing')], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(writer.stdout, 'data');
  const result = await pool.hash(place('growing'), { sizeBytes: 2 ** 29 });
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  assert.ok(!('error' in result));
  assert.notDeepEqual(result.before, result.after);
});

test('a signal stops the file that is being read and those that wait', async (t: TestContext) => {
  const own = new HashPool(1);
  t.after(() => own.close());
  for (const name of ['slow-1', 'slow-2', 'slow-3', 'slow-4']) {
    writeFileSync(place(name), '');
    truncateSync(place(name), 64 * 2 ** 30);
  }
  const stop = new AbortController();
  const options = { sizeBytes: 64 * 2 ** 30, signal: stop.signal };
  const slow = ['slow-1', 'slow-2', 'slow-3', 'slow-4'].map((name) => own.hash(place(name), options));
  setTimeout(() => stop.abort(), 20);
  assert.deepEqual(await Promise.all(slow), Array(4).fill({ error: 'ECANCELED' }));
  linkSync(place('many-1'), place('many-hard'));
  assert.equal(hashOf(await own.hash(place('many-hard'))), hashBytes(Buffer.from('content of many-1')));
});

test('closing tells who waits, and who comes later', async () => {
  const own = new HashPool(1);
  const waiting = own.hash(place('huge'), { sizeBytes: 2 ** 32 });
  await Promise.all([assert.rejects(waiting, { kind: 'cancelled' }), own.close()]);
  await assert.rejects(own.hash(place('huge')), { kind: 'cancelled' });
});
