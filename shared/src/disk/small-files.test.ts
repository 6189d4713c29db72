import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Name, ROOT_PATH, toBytes } from '../model/bytes.js';
import { limits } from '../model/limits.js';
import { hashBytes } from '../model/xxh3.js';
import { seenFromStats } from './seen.js';
import { type SmallFile, SmallFiles } from './small-files.js';
import { TreeRoot } from './tree-root.js';

/** A folder, what hashes its files, and the words of these tests. */
class Folder {
  readonly path: string;
  readonly #root: TreeRoot;
  readonly #native: SmallFiles;

  private constructor(t: TestContext, path: string, root: TreeRoot, native: SmallFiles) {
    this.path = path;
    this.#root = root;
    this.#native = native;
    t.after(() => root.close());
  }

  /** Null where there is nothing to be tested. */
  static make(t: TestContext): Folder | null {
    const path = mkdtempSync(join(tmpdir(), 'btsoot-small-'));
    t.after(() => rmSync(path, { recursive: true, force: true }));
    const root = TreeRoot.open(path);
    const native = SmallFiles.load(root.dev);
    if (native === null) t.skip('native/small-files.c was not compiled');
    return native === null ? null : new Folder(t, path, root, native);
  }

  at(name: string): Buffer {
    return toBytes(`${this.path}/${name}`);
  }

  write(name: string, bytes: Buffer | string): Omit<SmallFile, 'directory'> {
    writeFileSync(this.at(name), bytes);
    return this.look(name);
  }

  look(name: string): Omit<SmallFile, 'directory'> {
    return { name: name as Name, seen: seenFromStats(lstatSync(this.at(name), { bigint: true }), this.#root.dev) };
  }

  async hash(...files: Omit<SmallFile, 'directory'>[]): Promise<(string | null)[]> {
    const directory = this.#root.directory(ROOT_PATH);
    try {
      return await this.#native.hash(files.map((file) => ({ ...file, directory })));
    } finally {
      directory.close();
    }
  }
}

test('files of every size up to the largest small one, and no larger one, have the hash of their bytes', async (t) => {
  const folder = Folder.make(t);
  if (folder === null) return;
  const most = limits.smallFileMaxBytes;
  const sizes = [0, 1, 3, 4, 8, 9, 16, 17, 128, 129, 240, 241, 1_024, 4_095, 4_096, 65_537, most - 1, most];
  const contents = [...sizes, most + 1].map((size) =>
    Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 31 + size) % 251)),
  );
  const files = contents.map((bytes) => folder.write(`of ${bytes.length}`, bytes));
  const expected = contents.map((bytes) => (bytes.length > most ? null : hashBytes(bytes)));
  assert.deepEqual(await folder.hash(...files), expected);
});

test('a name may be any bytes, and each file gets its own answer', async (t) => {
  const folder = Folder.make(t);
  if (folder === null) return;
  const names = ['a', '\xff\xfe', 'line\nbreak', ' ', '..c', 'x'.repeat(255), '-'];
  const files = names.map((name) => folder.write(name, `of ${name}`));
  const gone = folder.write('gone', 'gone');
  rmSync(folder.at('gone'));
  const hashes = await folder.hash(gone, ...files, gone);
  assert.deepEqual(hashes, [null, ...names.map((name) => hashBytes(Buffer.from(`of ${name}`))), null]);
  assert.deepEqual(await folder.hash(), []);
});

const changes: Record<string, (folder: Folder) => void> = {
  'was removed': (folder) => rmSync(folder.at('file')),
  'has grown': (folder) => appendFileSync(folder.at('file'), '!'),
  'has shrunk': (folder) => truncateSync(folder.at('file'), 2),
  'was touched': (folder) => utimesSync(folder.at('file'), 7, 7),
  'got another mode': (folder) => chmodSync(folder.at('file'), 0o600),
  'got a second name': (folder) => linkSync(folder.at('file'), folder.at('second')),
  'was replaced by a file of the same bytes': (folder) => {
    writeFileSync(folder.at('other'), 'content');
    utimesSync(folder.at('other'), 1_600_000_000, 1_600_000_000);
    renameSync(folder.at('other'), folder.at('file'));
  },
  'became a symlink to a file': (folder) => {
    renameSync(folder.at('file'), folder.at('moved'));
    symlinkSync('moved', folder.at('file'));
  },
  'became a folder': (folder) => {
    rmSync(folder.at('file'));
    mkdirSync(folder.at('file'));
  },
  'became a FIFO': (folder) => {
    rmSync(folder.at('file'));
    execFileSync('mkfifo', [`${folder.path}/file`]);
  },
};

for (const [what, change] of Object.entries(changes)) {
  test(`nothing is said of a file that ${what} since it was listed`, async (t) => {
    const folder = Folder.make(t);
    if (folder === null) return;
    folder.write('file', 'content');
    utimesSync(folder.at('file'), 1_600_000_000, 1_600_000_000);
    const listed = folder.look('file');
    assert.deepEqual(await folder.hash(listed), [hashBytes(Buffer.from('content'))]);
    change(folder);
    assert.deepEqual(await folder.hash(listed), [null]);
  });
}

test('what is listed as something else than a file is not even opened', async (t) => {
  const folder = Folder.make(t);
  if (folder === null) return;
  mkdirSync(folder.at('folder'));
  execFileSync('mkfifo', [`${folder.path}/fifo`]);
  symlinkSync('folder', folder.at('link'));
  assert.deepEqual(await folder.hash(...['folder', 'fifo', 'link'].map((name) => folder.look(name))), [null, null, null]);
  const { seen } = folder.look('folder');
  assert.deepEqual(await folder.hash({ name: '..' as Name, seen }, { name: '' as Name, seen }), [null, null]);
});

test('a file whose bytes cannot be read', { skip: process.geteuid?.() === 0 ? 'root reads everything' : false }, async (t) => {
  const folder = Folder.make(t);
  if (folder === null) return;
  folder.write('file', 'content');
  chmodSync(folder.at('file'), 0);
  assert.deepEqual(await folder.hash(folder.look('file')), [null]);
});
