import assert from 'node:assert/strict';
import { closeSync, linkSync, mkdtempSync, openSync, renameSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Area, openAreaIn } from '../apply/area.js';
import { TreeRoot } from '../disk/tree-root.js';
import { HISTORY_ID } from '../manifest/manifest.js';
import type { Name } from '../model/bytes.js';
import { Place } from '../scan/fixture.js';
import { rereadGently } from './reread.js';
import { Scrub } from './scrub.js';

function areaOf(t: TestContext): Area {
  const home = mkdtempSync(join(tmpdir(), 'btsoot-scrub-'));
  const root = TreeRoot.open(home);
  t.after(() => {
    root.close();
    rmSync(home, { recursive: true, force: true });
  });
  return openAreaIn(root);
}

/** What was found, by path. `stopsAfter`: so many files, and the walk is cut off. */
async function scrub(place: Place, area: Area | null, stopsAfter = Number.POSITIVE_INFINITY): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  let judged = 0;
  const walk = new Scrub({
    manifest: place.manifest,
    tree: place.root,
    area,
    parallel: 1,
    read: (at) => rereadGently(at, async () => undefined),
    mayGoOn: async () => {
      if (judged >= stopsAfter) throw new Error('cut off');
    },
    isPaused: () => false,
    onProgress: () => undefined,
    onJudged: (path, judgement) => {
      found[path] = judgement;
      judged++;
    },
    now: () => 1,
  });
  await walk.run().catch((error: Error) => assert.equal(error.message, 'cut off'));
  return found;
}

/** Other bytes under the same size and times, as a disk that forgets makes them: of the times that this does change, the manifest is told. */
function rot(place: Place, path: string, ...rows: string[]): void {
  const { atime, mtime } = statSync(place.at(path));
  const file = openSync(place.at(path), 'r+');
  writeSync(file, 'X', 0);
  closeSync(file);
  utimesSync(place.at(path), atime, mtime);
  const { mtimeNs, ctimeNs } = statSync(place.at(path), { bigint: true });
  for (const row of rows) {
    const seen = place.manifest.seen(place.id(row));
    assert.ok(seen !== null);
    place.manifest.setSeen(place.id(row), { ...seen, mtimeNs, ctimeNs });
  }
}

test('what lies under another name on the disk is read there, in the tree and in history', async (t) => {
  const place = new Place(t);
  place.write('kept/12%3A30', 'a photo');
  place.write('removed/12%3A30', 'an old photo');
  await place.calm();
  await place.scan();
  const { manifest } = place;
  const [kept, removed, folder] = [place.id('kept/12%3A30'), place.id('removed/12%3A30'), place.id('removed')];
  const area = areaOf(t);
  renameSync(place.at('removed'), join(area.history.path, '2-1'));
  manifest.transaction(() => {
    for (const id of [kept, removed]) {
      manifest.rename(id, manifest.locate(id).path.startsWith('kept') ? place.id('kept') : folder, '12:30' as Name);
      manifest.diskNames.set(id, '12%3A30' as Name);
    }
    manifest.rename(folder, HISTORY_ID, '2-1' as Name);
  });
  assert.deepEqual(await scrub(place, area), {});
  assert.deepEqual([manifest.damages.get(kept), manifest.damages.get(removed)], [null, null]);
});

test('damage is of all names of a file at once: a walk that is cut off leaves none that looks good', async (t) => {
  const place = new Place(t);
  place.write('a', 'good bytes');
  linkSync(place.at('a'), place.at('b'));
  place.write('other', 'good bytes');
  await place.calm();
  await place.scan();
  rot(place, 'a', 'a', 'b');
  assert.deepEqual(Object.values(await scrub(place, null, 1)), ['rotten']);
  const damages = ['a', 'b', 'other'].map((name) => place.manifest.damages.get(place.id(name))?.kind);
  assert.deepEqual(damages, ['rotten', 'rotten', undefined]);
});

test('a damaged file that got another name and lost it again is still damaged, and its bytes are no new content', async (t) => {
  const place = new Place(t);
  place.write('photo', 'good bytes');
  await place.calm();
  await place.scan();
  rot(place, 'photo', 'photo');
  await scrub(place, null);
  assert.equal(place.manifest.damages.get(place.id('photo'))?.kind, 'rotten');
  linkSync(place.at('photo'), place.at('aside'));
  rmSync(place.at('aside'));
  await place.calm();
  await place.scan();
  const row = place.row('photo');
  assert.equal(row?.kind === 'file' ? row.content : 'none', null);
  assert.equal(place.manifest.damages.get(place.id('photo'))?.kind, 'rotten');
});
