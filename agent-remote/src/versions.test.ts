import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Manifest, ROOT_ID } from '@btsoot/shared/manifest/manifest.js';
import type { Name, TreePath } from '@btsoot/shared/model/bytes.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Versions } from '@btsoot/shared/wire/convert.js';
import { versionsToWire } from '@btsoot/shared/wire/convert.js';
import { temporaryFolder } from './fixture.js';
import { listVersions } from './versions.js';

const never = new AbortController().signal;

/** A symlink that leads elsewhere after each session. */
function manifestWith(t: TestContext, sessions: number, target: (session: number) => string): Manifest {
  const manifest = Manifest.open(join(temporaryFolder(t), 'manifest.db'));
  t.after(() => manifest.close());
  const meta = { mode: 0o777, uid: 0, gid: 0, mtimeUs: 0, xattrs: '' };
  manifest.transaction(() => {
    manifest.beginSession({ startedUs: 1, sourceName: 'nas' });
    const id = manifest.insert(ROOT_ID, 'link' as Name, { kind: 'symlink', meta, target: target(1) }, null);
    manifest.endSession({ finishedUs: 1, steps: 1 });
    for (let session = 2; session <= sessions; session++) {
      manifest.beginSession({ startedUs: session, sourceName: 'nas' });
      manifest.update(id, { target: target(session) });
      manifest.endSession({ finishedUs: session, steps: 1 });
    }
  });
  return manifest;
}

async function pagesOf(manifest: Manifest, path: string): Promise<Versions[]> {
  const pages: Versions[] = [];
  for await (const page of listVersions(manifest, path as TreePath, never)) pages.push(page);
  return pages;
}

test('versions come in pages, newest first, the last one marked', async (t) => {
  const sessions = 2 * limits.versionsPerPageMax + 5;
  const pages = await pagesOf(
    manifestWith(t, sessions, (session) => `to ${session}`),
    'link',
  );
  assert.deepEqual(
    pages.map(({ versions, last, cut }) => [versions.length, last, cut]),
    [
      [limits.versionsPerPageMax, false, false],
      [limits.versionsPerPageMax, false, false],
      [5, true, false],
    ],
  );
  const numbers = pages.flatMap(({ versions }) => versions.map(({ toSession }) => toSession));
  assert.deepEqual(
    numbers,
    Array.from({ length: sessions }, (_, index) => sessions - index),
  );
});

test('of more versions than an answer may have, the newest come, and it is said that there are more', async (t) => {
  const pages = await pagesOf(
    manifestWith(t, limits.versionsPerAnswerMax + 1, (session) => `${session}`),
    'link',
  );
  const versions = pages.flatMap((page) => page.versions);
  assert.equal(versions.length, limits.versionsPerAnswerMax);
  assert.equal(versions.at(-1)?.toSession, 2);
  assert.deepEqual(pages.at(-1)?.cut, true);
});

test('long targets make smaller pages', async (t) => {
  const manifest = manifestWith(t, 200, (session) => String(session).padStart(limits.linkTargetMaxBytes, 'x'));
  const pages = await pagesOf(manifest, 'link');
  assert.ok(pages.length > 2);
  for (const page of pages) {
    const bytes = (versionsToWire(page).versions ?? []).reduce((sum, { node }) => sum + (node?.target?.length ?? 0), 0);
    assert.ok(bytes <= limits.frameSizeMaxBytes, `${bytes} bytes`);
  }
});

test('a path that never was has one page without versions', async (t) => {
  const manifest = manifestWith(t, 1, () => 'x');
  assert.deepEqual(await pagesOf(manifest, 'link/below/it'), [{ versions: [], last: true, cut: false }]);
});
