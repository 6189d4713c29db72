import type { TreeNode } from '../model/entry.js';
import type { Tree } from '../model/tree.js';
import type { Folder } from './places.js';

/** What two directories have under one name: at least one of the two is there. */
export interface NamePair {
  readonly origin: TreeNode | undefined;
  readonly target: TreeNode | undefined;
}

/**
 * The children of a folder and of its home, name by name. Where the origin's folder is not complete, only the names
 * that it gives: the target's other children are nobody's business.
 */
export function* namePairs(origin: Tree, target: Tree, folder: Folder): Generator<NamePair> {
  const wanted = origin.children(folder.origin.id);
  if (folder.home === null) {
    for (const child of wanted) yield { origin: child, target: undefined };
  } else if (!folder.origin.complete) {
    for (const child of wanted) yield { origin: child, target: target.child(folder.home.id, child.name) };
  } else {
    yield* merged(wanted, target.children(folder.home.id));
  }
}

/** Both lists are in byte order of names. */
function* merged(wanted: readonly TreeNode[], present: readonly TreeNode[]): Generator<NamePair> {
  let at = 0;
  for (const origin of wanted) {
    for (let next = present[at]; next !== undefined && next.name < origin.name; next = present[++at]) {
      yield { origin: undefined, target: next };
    }
    const same = present[at]?.name === origin.name;
    yield { origin, target: same ? present[at++] : undefined };
  }
  for (; at < present.length; at++) yield { origin: undefined, target: present[at] };
}
