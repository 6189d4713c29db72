import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { encodeJournal } from '@btsoot/shared/apply/journal.js';
import { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { Manifest, ROOT_ID } from '@btsoot/shared/manifest/manifest.js';
import { fromText, type Name, type TreePath } from '@btsoot/shared/model/bytes.js';
import { inTree } from '@btsoot/shared/model/step.js';
import { hasRestoreFolder, mendRestore, openRestore, RESTORE_FOLDER } from './restore-folder.js';

function makeTree(t: TestContext): { tree: string; victim: string; root: TreeRoot; manifest: Manifest } {
  const directory = mkdtempSync(join(tmpdir(), 'btsoot-restore-'));
  const [tree, victim] = [join(directory, 'tree'), join(directory, 'victim')];
  mkdirSync(tree);
  mkdirSync(victim);
  writeFileSync(join(victim, 'precious'), 'x');
  const root = TreeRoot.open(fromText(tree));
  const manifest = Manifest.open(':memory:');
  t.after(() => {
    root.close();
    manifest.close();
    rmSync(directory, { recursive: true });
  });
  return { tree, victim, root, manifest };
}

for (const name of ['staging', 'stash', 'history', 'partial']) {
  test(`a symlink in the place of the working folder's ${name} is not followed, and no restore begins`, async (t) => {
    const { tree, victim, root, manifest } = makeTree(t);
    mkdirSync(join(tree, RESTORE_FOLDER));
    symlinkSync(victim, join(tree, RESTORE_FOLDER, name));
    assert.equal(hasRestoreFolder(root), false);
    assert.throws(() => openRestore(root, manifest, () => undefined), { kind: 'refused' });
    await assert.rejects(mendRestore(root, manifest, 'remove'), { kind: 'refused' });
    assert.deepEqual(readdirSync(victim), ['precious']);
  });
}

test('a symlink in the place of the working folder itself is not followed', async (t) => {
  const { tree, victim, root, manifest } = makeTree(t);
  for (const name of ['staging', 'stash', 'history', 'partial']) mkdirSync(join(victim, name));
  symlinkSync(victim, join(tree, RESTORE_FOLDER));
  assert.equal(hasRestoreFolder(root), false);
  await assert.rejects(mendRestore(root, manifest, 'remove'), { kind: 'refused' });
  assert.deepEqual(readdirSync(victim).sort(), ['history', 'partial', 'precious', 'staging', 'stash']);
});

test('what was set aside goes back into the tree, and the working folder is gone', async (t) => {
  const { tree, root, manifest } = makeTree(t);
  openRestore(root, manifest, () => undefined).close();
  writeFileSync(join(tree, RESTORE_FOLDER, 'stash', '1'), 'set aside');
  writeFileSync(join(tree, RESTORE_FOLDER, 'staging', 'half'), '');
  assert.equal(hasRestoreFolder(root), true);
  await mendRestore(root, manifest, 'remove');
  assert.equal(existsSync(join(tree, RESTORE_FOLDER)), false);
  assert.match(String(readdirSync(tree)), /^btsoot-kept-[0-9a-f]{8}$/);
});

test('a journal whose working folder somebody else has ended is not finished by a later restore', async (t) => {
  const { tree, root, manifest } = makeTree(t);
  writeFileSync(join(tree, 'mine'), 'x');
  const meta = { mode: 0o644, uid: 0, gid: 0, mtimeUs: 0, xattrs: '' };
  manifest.insert(ROOT_ID, 'mine' as Name, { kind: 'file', meta, content: null }, root.lstat('mine' as TreePath));
  const step = { kind: 'remove', at: inTree('mine' as TreePath), expect: { kind: 'file', content: null } } as const;
  const actions = [{ index: 0, step, rowId: null, staged: null, slot: '0-1' }];
  manifest.setJournal(encodeJournal({ progressName: 'progress-0', boot: '', actions }));

  // This one is killed before its first group, and the next command mends.
  mkdirSync(join(tree, RESTORE_FOLDER, 'partial'), { recursive: true });
  openRestore(root, manifest, () => undefined).close();
  await mendRestore(root, manifest, 'remove');
  assert.deepEqual(readdirSync(tree), ['mine']);
});
