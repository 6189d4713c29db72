import { type FileNode, sameContent, sameMetadata } from './entry.js';
import type { Tree } from './tree.js';

/** Every name in the tree of the file that has this one, which comes first. */
export function namesOf(tree: Pick<Tree, 'withGroup'>, file: FileNode): FileNode[] {
  if (file.group === null) return [file];
  return [file, ...tree.withGroup(file.group).filter((other) => other.id !== file.id && isSameFile(other, file))];
}

/** Names of one group that differ in anything else are of two files: a plan that gives the group new content is half done. */
function isSameFile(a: FileNode, b: FileNode): boolean {
  const hasSameContent = a.content === b.content || sameContent(a.content, b.content);
  return hasSameContent && sameMetadata(a.meta, b.meta);
}
