import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Name, TreePath } from '@btsoot/shared/model/bytes.js';
import type { TreeNode } from '@btsoot/shared/model/entry.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { FolderCache } from './folder-cache.js';

function child(name: string, id: number, kind: 'directory' | 'symlink'): TreeNode {
  return { kind, name: name as Name, id, parent: 1 } as TreeNode;
}

function list(path: string, children: readonly TreeNode[] = []) {
  return { path: path as TreePath, children, more: 0 };
}

test('what was listed is known again, and so is what lies in it', () => {
  const cache = new FolderCache();
  cache.put('photos', 3, list('', [child('a', 7, 'directory'), child('b', 8, 'symlink')]));
  assert.equal(cache.get('photos', 3, '' as TreePath)?.children.length, 2);
  assert.deepEqual(cache.known('photos', 3, 'a' as TreePath), { path: 'a', directoryId: 7 });
  for (const path of ['', 'b', 'c', 'a/a']) assert.equal(cache.known('photos', 3, path as TreePath), undefined, path);
  assert.equal(cache.known('photos', 4, 'a' as TreePath), undefined);
  assert.equal(cache.known('music', 3, 'a' as TreePath), undefined);
});

test('who was not asked for the longest goes first', () => {
  const cache = new FolderCache();
  const at = (index: number): TreePath => String(index) as TreePath;
  for (let index = 0; index < limits.dashboardFoldersKeptMax; index++) cache.put('photos', 1, list(at(index)));
  cache.get('photos', 1, at(0));
  cache.put('photos', 1, list('one more'));
  assert.notEqual(cache.get('photos', 1, at(0)), undefined);
  assert.equal(cache.get('photos', 1, at(1)), undefined);
  const many = Array.from({ length: limits.dashboardFoldersKeptEntriesMax }, (_, id) => child(String(id), id, 'symlink'));
  cache.put('photos', 1, list('large', many));
  assert.notEqual(cache.get('photos', 1, 'large' as TreePath), undefined);
  cache.put('photos', 1, list('small', [child('x', 1, 'symlink')]));
  assert.equal(cache.get('photos', 1, 'large' as TreePath), undefined);
});

test('a block is forgotten whole, and no other', () => {
  const cache = new FolderCache();
  for (const [block, session] of [
    ['a', 1],
    ['a', 2],
    ['a b', 1],
  ] as const)
    cache.put(block, session, list(''));
  cache.forget('a');
  const isKnown = (block: string, session: number) => cache.get(block, session, '' as TreePath) !== undefined;
  assert.deepEqual([isKnown('a', 1), isKnown('a', 2), isKnown('a b', 1)], [false, false, true]);
});
