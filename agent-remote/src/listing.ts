import { type Manifest, ROOT_ID } from '@btsoot/shared/manifest/manifest.js';
import type { TreeNode } from '@btsoot/shared/model/entry.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Tree } from '@btsoot/shared/model/tree.js';
import type { Children, ChildrenQuestion } from '@btsoot/shared/wire/convert.js';

/** What a node takes on the wire besides its name, target and extended attributes, at most. */
const nodeOverheadBytes = 120;
const noDigest = '0'.repeat(32);

/**
 * The children of each directory asked for, in pages.
 * @throws BtsootError of kind `not-found` for an id that is no directory of the tree, or a session without a record.
 */
export function* listChildren(manifest: Manifest, question: ChildrenQuestion): Generator<Children, void, undefined> {
  const tree = treeAt(manifest, question.asOfSession);
  for (const directoryId of question.directoryIds) {
    if (tree.get(directoryId)?.kind !== 'directory') {
      throw new BtsootError('not-found', `entry ${directoryId} is no directory of this tree`, {
        hint: 'It was changed since: sync again.',
      });
    }
    let rootMeta = question.asOfSession !== 0 && directoryId === ROOT_ID ? tree.root().meta : undefined;
    for (const page of pages(directoryId, tree.children(directoryId).map(withDigest))) {
      yield rootMeta === undefined ? page : { ...page, rootMeta };
      rootMeta = undefined;
    }
  }
}

function treeAt(manifest: Manifest, session: number): Tree {
  if (session !== 0) return manifest.asOf(session);
  manifest.settle();
  return manifest;
}

/** A tree of the past has no digests, and the wire no word for that: zeros, which are no directory's digest. */
function withDigest(node: TreeNode): TreeNode {
  return node.kind === 'directory' && node.digest === '' ? { ...node, digest: noDigest } : node;
}

/** One page at least: that of an empty directory is empty. */
function* pages(directoryId: number, children: readonly TreeNode[]): Generator<Children, void, undefined> {
  let page: TreeNode[] = [];
  let bytes = 0;
  for (const child of children) {
    const targetBytes = child.kind === 'symlink' ? child.target.length : 0;
    const size = nodeOverheadBytes + child.name.length + targetBytes + child.meta.xattrs.length;
    if (page.length >= limits.childrenPerPageMax || bytes + size > limits.frameSizeMaxBytes) {
      yield { directoryId, children: page, last: false };
      page = [];
      bytes = 0;
    }
    page.push(child);
    bytes += size;
  }
  yield { directoryId, children: page, last: true };
}
