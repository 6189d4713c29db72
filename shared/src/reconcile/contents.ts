import type { TreePath } from '../model/bytes.js';
import { type Content, sameContent, sameMetadata, type TreeNode } from '../model/entry.js';
import { sameSpecial } from '../model/special.js';
import type { Tree } from '../model/tree.js';
import { ContentSizes } from './content-sizes.js';
import type { LinkedName } from './links.js';
import { type PackedSteps, StepPacker } from './packed-steps.js';
import { copy, type KnownFile, link, makeSpecial, put, setMetadata } from './steps.js';

/** Whether an entry's own content is the same: a directory's subtree, a file's bytes, where a symlink leads. */
export function sameBody(origin: TreeNode, target: TreeNode): boolean {
  switch (origin.kind) {
    case 'file':
      return target.kind === 'file' && sameContent(origin.content, target.content);
    case 'directory':
      return target.kind === 'directory' && origin.complete && origin.digest !== '' && origin.digest === target.digest;
    case 'symlink':
      return target.kind === 'symlink' && origin.target === target.target;
    case 'special':
      return target.kind === 'special' && sameSpecial(origin.special, target.special);
  }
}

/**
 * The steps that give entries their content and metadata, once all directories are there and all moves are done. They
 * may run in any order but one: what is sent once is copied for everyone else who needs it, so the `put` comes first.
 */
export class Contents {
  /** What has to do with files that have several names, for `orderLinks`. */
  readonly linked: LinkedName[] = [];
  readonly #target: Tree;
  readonly #steps = new StepPacker();
  /** Of contents that a `put` brings. */
  readonly #sent = new ContentSizes();

  constructor(target: Tree) {
    this.#target = target;
  }

  /**
   * `target` has become `origin`, at `path`: gives it what it still lacks. Of a directory, its own metadata only; a file
   * whose content is unknown is left as the target has it, with its metadata.
   */
  settle(origin: TreeNode, target: TreeNode, path: TreePath): void {
    if (isKnownFile(origin) && isLinked(origin, target)) this.linked.push({ origin, path, there: target });
    else if (origin.kind !== 'directory' && !sameBody(origin, target)) this.create(origin, path, target);
    else if (!sameMetadata(origin.meta, target.meta)) this.#steps.add(setMetadata(origin, target, path));
  }

  /** A file, symlink or special file that nothing in the target becomes. A file whose content is unknown is left out. */
  create(origin: TreeNode, path: TreePath, replaced: TreeNode | null): void {
    if (origin.kind === 'symlink') this.#steps.add(link(origin, path, replaced));
    else if (origin.kind === 'special') this.#steps.add(makeSpecial(origin, path, replaced));
    else if (isKnownFile(origin) && isLinked(origin, replaced)) this.linked.push({ origin, path, there: replaced });
    else if (isKnownFile(origin)) this.bring(origin, path, replaced);
  }

  /** A new file with this content. */
  bring(origin: KnownFile, path: TreePath, replaced: TreeNode | null): void {
    this.#steps.add(this.#isHeld(origin.content) ? copy(origin, path, replaced) : put(origin, path, replaced));
  }

  /** All steps. No more can follow. */
  finish(): PackedSteps {
    return this.#steps.finish();
  }

  #isHeld(content: Content): boolean {
    if (content.sizeBytes === 0) return false;
    const sentBytes = this.#sent.get(content.hash);
    if (sentBytes !== undefined) return sentBytes === content.sizeBytes;
    if (this.#target.withContent(content, 1).length > 0) return true;
    this.#sent.set(content);
    return false;
  }
}

/** Whether either of them is one of several names of a file. */
function isLinked(origin: KnownFile, target: TreeNode | null): boolean {
  return origin.group !== null || (target?.kind === 'file' && target.group !== null);
}

export function isUnknownFile(node: TreeNode): boolean {
  return node.kind === 'file' && node.content === null;
}

export function isKnownFile(node: TreeNode): node is TreeNode & KnownFile {
  return node.kind === 'file' && node.content !== null;
}
