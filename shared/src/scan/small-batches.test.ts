import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type SmallFile, SmallFiles } from '../disk/small-files.js';
import type { Name, TreePath } from '../model/bytes.js';
import { hashBytes } from '../model/digest.js';
import { limits } from '../model/limits.js';
import { Place } from './fixture.js';
import { Handles, type SharedDirectory } from './handles.js';
import type { FileToRead } from './hash-queue.js';
import { SmallBatches } from './small-batches.js';

interface Told {
  readonly name: string;
  readonly hash: string | null;
}

interface Wishes {
  readonly failing?: SmallFiles['hash'];
  readonly readers?: number;
}

/** Batches of a place's files, and how many files each call was for. */
class Ground {
  readonly place: Place;
  readonly calls: number[] = [];
  readonly told: Told[] = [];
  mostAtATime = 0;
  readonly #handles: Handles;
  readonly #batches: SmallBatches<{ readonly file: FileToRead }>;
  #underWay = 0;
  #expected = 0;
  #wake = (): void => {};

  private constructor(t: TestContext, place: Place, hash: SmallFiles['hash'], readers: number) {
    this.place = place;
    this.#handles = new Handles(place.root);
    t.after(() => this.#handles.close());
    const counted = async (files: readonly SmallFile[]): Promise<(string | null)[]> => {
      this.calls.push(files.length);
      this.mostAtATime = Math.max(this.mostAtATime, ++this.#underWay);
      try {
        return await hash(files);
      } finally {
        this.#underWay--;
      }
    };
    this.#batches = new SmallBatches({ hash: counted }, readers, ({ file }, hash) => {
      this.told.push({ name: file.name, hash });
      if (this.told.length === this.#expected) this.#wake();
    });
  }

  static make(t: TestContext, { failing, readers = 99 }: Wishes = {}): Ground | null {
    const place = new Place(t);
    const native = SmallFiles.load(place.root.dev);
    if (native === null) t.skip('native/small-files.c was not compiled');
    return native === null ? null : new Ground(t, place, failing ?? ((files) => native.hash(files)), readers);
  }

  /** Adds these in one turn, and waits until it has been told of all of them. */
  async add(paths: readonly string[]): Promise<void> {
    this.#expected = this.told.length + paths.length;
    const done = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    const opened = new Map<string, SharedDirectory>();
    for (const path of paths) {
      const [folder = '', name = ''] = path.split('/');
      const directory = opened.get(folder) ?? this.#handles.open(folder as TreePath);
      opened.set(folder, directory);
      const seen = this.place.root.lstat(path as TreePath) ?? assert.fail();
      const file = { directory, folder: folder as TreePath, name: name as Name, seen, previousAverageBytes: null };
      this.#batches.add({ file });
    }
    await done;
    for (const directory of opened.values()) directory.release();
  }
}

function plant(ground: Ground, folder: string, count: number, text = (index: number) => `${folder} ${index}`): string[] {
  const paths = Array.from({ length: count }, (_, index) => `${folder}/${index}`);
  for (const [index, path] of paths.entries()) ground.place.write(path, text(index));
  return paths;
}

test('a call is for so many files of whatever folders, and each file gets its own hash', async (t) => {
  const ground = Ground.make(t);
  if (ground === null) return;
  const most = limits.smallFilesPerCallMax;
  const paths = [...plant(ground, 'one', most), ...plant(ground, 'two', most - 1), ...plant(ground, 'three', 3)];
  await ground.add(paths);
  assert.deepEqual(ground.calls, [most, most, 2]);
  const expected = paths.map((path) => {
    const [folder, name = ''] = path.split('/');
    return { name, hash: hashBytes(Buffer.from(`${folder} ${name}`)) };
  });
  const order = (a: Told, b: Told): number => ((a.hash ?? '') < (b.hash ?? '') ? -1 : 1);
  assert.deepEqual(ground.told.sort(order), expected.sort(order));
});

test('a call is for so many bytes', async (t) => {
  const ground = Ground.make(t);
  if (ground === null) return;
  const fitting = limits.smallFilesPerCallMaxBytes / limits.smallFileMaxBytes;
  await ground.add(plant(ground, 'of', fitting + 1, (index) => `${index % 10}`.repeat(limits.smallFileMaxBytes)));
  assert.deepEqual(ground.calls, [fitting, 1]);
});

for (const readers of [1, 2, limits.smallFileCallsMax + 1]) {
  test(`with ${readers} readers, so many calls run at a time, but not more than any may`, async (t) => {
    const ground = Ground.make(t, { readers });
    if (ground === null) return;
    const calls = 2 * limits.smallFileCallsMax;
    const perCall = limits.smallFilesPerCallMaxBytes / limits.smallFileMaxBytes;
    await ground.add(plant(ground, 'of', calls * perCall, () => 'x'.repeat(limits.smallFileMaxBytes)));
    assert.equal(ground.mostAtATime, Math.min(readers, limits.smallFileCallsMax));
    assert.equal(ground.calls.length, calls);
  });
}

test('where a call fails, its files are told of, and the others have their hashes', async (t) => {
  let calls = 0;
  const place = new Place(t);
  const native = SmallFiles.load(place.root.dev);
  const failing: SmallFiles['hash'] = async (files) => {
    if (calls++ === 0) throw new Error('no memory');
    return native?.hash(files) ?? assert.fail();
  };
  const ground = Ground.make(t, { failing });
  if (ground === null) return;
  const most = limits.smallFilesPerCallMax;
  await ground.add(plant(ground, 'of', most + 3));
  assert.equal(ground.told.filter(({ hash }) => hash === null).length, most);
  assert.equal(ground.told.length, most + 3);
});

test('only files that are small are taken', async (t) => {
  const ground = Ground.make(t);
  if (ground === null) return;
  const batches = new SmallBatches({ hash: async () => [] }, 1, () => {});
  const [path = ''] = plant(ground, 'folder', 1);
  const seen = ground.place.root.lstat(path as TreePath) ?? assert.fail();
  assert.equal(batches.takes({ ...seen, sizeBytes: BigInt(limits.smallFileMaxBytes) }), true);
  assert.equal(batches.takes({ ...seen, sizeBytes: BigInt(limits.smallFileMaxBytes + 1) }), false);
});
