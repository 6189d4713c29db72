import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { contentOf, directory, file, letGo, manifestFile, name, path, seenOf } from './fixture.js';
import { Manifest, ROOT_ID } from './manifest.js';
import { migrate, NEWEST_VERSION } from './schema.js';
import { Store } from './store.js';

/**
 * A file that schema version 1 has made, Brotli in base64: `folder/file`, which was "old" in session 1 and is "new" since
 * session 2, and `folder/same`.
 */
const VERSION_1 = [
  'W/8/EVHFyQX44sAmMnmho2VTYfQplGb90J+uOQ6NS2tOVEof4m4Y1sZP/d9a+7Ozp4pJv3uzczI7mCW1tIpLgwyRRyMki9DEoyZt2vT/t/u892H4jRfPRE',
  'S1nP0LMjVLVjmphCqtaAq8/SbYlAvFyEKtGmMMURnUyU7zG6lpVSlVI/GrZT+bQ/mfQSL8/ZMgxe2b6UcMsXdnqRpCFurQuCxjdsiVOIeU5BbyC+fZxrSL',
  'c0IEUQyB71tHd3W0Lc+rvH6g7zEO/IAQVBUKABABIAzF7IA4YTaK7wLUdK5bAVC8CPHN7b4R8OKdYMY75uP6Xke5vtr55ojIu+Ri6YBUwi9aBsRf1sNK6T',
  '/Uv77gZDUkBwf5sS14wIMSkSpifpbvQR+7hwGqMFaKVc1ii4WRzjSfMyhxDljSIVa2rH/Msw+Z6ZGCST9u0gY0CUUZL6TP6SDyMHNpQAoO8GOBGp7QIR/T',
  'Q4RzWv+tqE69k/P8cnBQFNuSqbihlXK1ZZXPz3bX/pkni9oKF7WILRBGStNjXnWPTjltGUOi2BbWbkaeqydp7DKAxtI6JaJ7hotso1q3JFZVR5mjdER/RW',
  'VGYXknQAE3Fxuws0+fIcaKOc3zRfZwyqrYtdC2Jd9ea5bGPZ7U5RysdO2FCV5EGbGl2FY7rGQA7aK0Ze3EU21eK3tytW7LiEaxbZ5LJi6iTM62te4ht4jE',
  'bmGUTFi/z1Je8PjKZfVbnq+tR9k0Q4wxvy1v69zGVXP1fLsp1nWuXTJvfaVmy4jHsW2a3nReOR3rLWV2CKPAqHvetip2/4CLNl2rOcOfM+68tS1zG+e3rz',
  'i0bu9aRIaPTayByCSwUBMD79Jnmn/2cCzhAdamVVVgcq3YkU/JTOXXAzpn9BKey3CeOG3Ic3WtJLRsxEpRcMmQISn4uNw6CxOVFxuMT2Axc0zC/fGUjia7',
  'LcPvx+6mHQCahXGsbniITt3ot5anb0pwimEIIIBhIFQzqMXm1taWACoRqDLY1rDsUqsMc6up4RrMZKiF4kFNHEp55tSZhMJkV4OU00fzaiNPd0UcQsgBtT',
  'BPTtrbBtGTxelYAcqACGYfRTkoximrJWvGsGG4JTmirDCv0krz9qQJxbLeaQgzjD08fbjIRrMLRvzat8pCNWUy5pFIZNhMbQg8sOCKXGVpd0n4P6CFI5kV',
  'hP/hwhgzXIwdLsaZplXUdIPoQteUCs6r573TeemT89bdcVpmXaVF9+ARVBqCDUkzlGdHtLDwQqxz0ieyW2TWnDVIOdROGsGljDk5CFyAWGJ4h53YnDQnf/',
  'aYmY3S6lLhWGxvTzGsgFVMgTJ5LDRXGGGRtKPaGvr34QqkGaaTP3diBA90vi2AkxwBPaVpGUWnaF6emCCpOQffc5191aqOKFJ9XvrH9jkdE6DM+eJnbpSn',
  'u8HVhTWzRjEqjXKcBwB03mhkhAcA2atNxKCRWoZkJokcM6WZQmJJylmMc6LFqKorMqOGlDB17AGAOk+DN65mZnYAEH25HzMoNHeocKWvD403HZB23qVDHC',
  'FSXzL2+SeKvI/Wtpv9tbi3yyyCUl8XPfc5XxEd7Zu+e2X9+qgKOwGgzjPgrWuxnR0AxLcJiMMxDGAGjjNgvuCHC6tQ6/kExXE3Nxz3bfmWfbW+Asd/QeMz',
  'AIBChN0HyKMSQlAFgSsAANKxIyS0H3+O15P0k7Hqfc24QOWnQmQ6uf7SROQ5w2PrKBnP0z5HCGugbzjiQjXndIGzhfyTmv+fH3p8/d6ocfzdh8x4EuQYW7',
  'LFHpihqDt1BR5TMafMDgnow8EYY0bktH5JftMtqDBUODyuTrY+1GibulaJZGF/pjIYLGqokcM/s5e358+wrAGgOA+Cf8Yzt5131nFBazoAGOzUGPowiGKG',
  'bdYHRcyzOmCmJ2hjuV1nkQ97OMjiZEoAQxRmirM+eGC3mykRDEl4DRaZYlPtAKDzWyMTPQDIdutIo/i9DAvsHtHx2QMAF0QtGqxH57NykzwAgN0xL6J6Io',
  'Ma9TqJnMLgMXYAiHM3uDxhTQcA8TcdKahg6F3hcCiUFSuzJJVOUzNpMpVpMlM1JSXLlDCNJaWUahAWRyoIvSuQQyGLFJek3CRmKskMnVKFc4UkuclIisia',
  'JnFVxU4A0Pm91kYPAKKDdeoNjhrLFyRqvgcA5wDooc5Py//ZSdM8AIgP4BSRStVJRGZURUWLa25Nf1cZ4QFAXNWLh6sX/FM1jIfjtQjNsnwGoO7L9Js0zg',
  'OAwQ5GFWRNHR3vPQAg2jkAjPcA4BqA5v9uZKcHAFmPzHAVJ1IYwLy/RYZ6AACTAHCKOP9PYKgHANAjMXWBRAA=',
].join('');
const STATE_DIGEST = '05662f4f7b7c87bca588207c7415be07';

function version1(t: TestContext): string {
  const at = manifestFile(t);
  writeFileSync(at, brotliDecompressSync(Buffer.from(VERSION_1, 'base64')));
  return at;
}

const AS_OF_VERSION_6 = `
  DROP INDEX entries_link_group;
  ALTER TABLE entries DROP COLUMN link_group;
  ALTER TABLE past DROP COLUMN link_group;
  DROP TABLE inodes_due;
  DROP TABLE ignore_files;
`;

const schemaOf = (at: string): unknown => {
  const db = new Sqlite(at, { readonly: true });
  const tables = db.prepare('SELECT type, name, sql FROM sqlite_master ORDER BY type, name').all();
  const version = db.pragma('user_version', { simple: true });
  db.close();
  return { tables, version };
};

function btreesOf(at: string): number {
  const db = new Sqlite(at, { readonly: true });
  const { count } = db.prepare<[], { count: number }>('SELECT count(*) AS count FROM sqlite_master WHERE rootpage > 0').get() ?? {
    count: 0,
  };
  db.close();
  return count;
}

test('a manifest of version 1 is read as it was, and takes lists', (t) => {
  const at = version1(t);
  const manifest = Manifest.open(at);
  assert.equal(manifest.stateDigest(), STATE_DIGEST);
  assert.equal(manifest.setting('key'), 'value');
  assert.equal(manifest.chunks(contentOf('new')), null);
  assert.deepEqual(manifest.contentsWithHooks([1n], 4), []);
  manifest.setChunks(contentOf('old'), Buffer.from('list'));
  manifest.setHooks(contentOf('old'), [1n]);
  assert.deepEqual(
    manifest.sessions().map(({ number, steps, cutOff, keptBytes }) => ({ number, steps, cutOff, keptBytes })),
    [
      { number: 2, steps: 1, cutOff: false, keptBytes: 0 },
      { number: 1, steps: 3, cutOff: false, keptBytes: 0 },
    ],
  );
  letGo(manifest, 2);
  assert.equal(manifest.chunks(contentOf('old')), null);
  const file = manifest.lookup(path('folder/file'));
  assert.deepEqual(file?.kind === 'file' && file.content, contentOf('new'));
  manifest.close();

  const fresh = manifestFile(t);
  Manifest.open(fresh).close();
  assert.deepEqual(schemaOf(at), schemaOf(fresh));
});

test('the way to the newest version leaves the pages of what was there alone', (t) => {
  const at = version1(t);
  const before = readFileSync(at);
  const treesBefore = btreesOf(at);
  Manifest.open(at).close();
  const after = readFileSync(at);
  const pageBytes = before.readUInt16BE(16);
  let changed = 0;
  for (let page = 0; page < before.length; page += pageBytes) {
    if (!before.subarray(page, page + pageBytes).equals(after.subarray(page, page + pageBytes))) changed += 1;
  }
  // The schema's own: the first page, and those that its rows spill over to.
  assert.ok(changed <= 3, `${changed} pages were rewritten`);
  // A page for each table and index that came, and what the schema itself spills over to.
  const grownPages = (after.length - before.length) / pageBytes;
  const treesThatCame = btreesOf(at) - treesBefore;
  assert.ok(grownPages <= treesThatCame + 3, `${grownPages} pages for ${treesThatCame} tables and indexes`);
});

test('a migration that was cut off between any two versions is taken up', (t) => {
  const fresh = manifestFile(t);
  Manifest.open(fresh).close();
  for (let version = 1; version < NEWEST_VERSION; version++) {
    const at = version1(t);
    const store = Store.open(at);
    migrate(store, version);
    store.close();
    const manifest = Manifest.open(at);
    assert.equal(manifest.stateDigest(), STATE_DIGEST);
    manifest.close();
    assert.deepEqual(schemaOf(at), schemaOf(fresh));
  }
});

test('the way to version 7 has folders with hard links in them looked at once more, and no others', (t) => {
  const at = manifestFile(t);
  const before = Manifest.open(at);
  const [linked = 0, plain = 0] = ['linked', 'plain'].map((called) => before.insert(ROOT_ID, name(called), directory(), null));
  before.insert(linked, name('one'), file('x'), seenOf(7n, { nlink: 258 }));
  before.insert(plain, name('other'), file('x'), seenOf(8n));
  before.insert(plain, name('unseen'), file('x'), null);
  for (const id of [linked, plain]) before.setListing(id, Buffer.from('record'));
  const stateDigest = before.stateDigest();
  before.close();
  const db = new Sqlite(at);
  db.exec(AS_OF_VERSION_6);
  db.pragma('user_version = 6');
  db.close();

  const manifest = Manifest.open(at);
  t.after(() => manifest.close());
  assert.equal(manifest.listing(linked), null);
  assert.notEqual(manifest.listing(plain), null);
  assert.equal(manifest.stateDigest(), stateDigest);
});
