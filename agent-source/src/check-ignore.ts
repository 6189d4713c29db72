import type { OpenDirectory, TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { openChild } from '@btsoot/shared/disk/tree-root.js';
import type { Decision, Rules } from '@btsoot/shared/filter/rules.js';
import { joinPath, ROOT_PATH, splitPath, type TreePath } from '@btsoot/shared/model/bytes.js';
import { errnoOf } from '@btsoot/shared/model/errors.js';
import { parseIgnoreFile, readIgnoreFile, UnknownRules } from '@btsoot/shared/scan/ignore-file.js';

/**
 * What the rules say of a path as they are on disk now.
 *
 * - `ignored`: by the rule that decides, which speaks of `at`: the path itself, or a folder that it lies in
 * - `included`: `decision` is the rule that takes it in again; null where no rule speaks of it
 * - `unknown`: a `.btsootignore` on the way to it, in the folder `at`, cannot be read
 */
export type IgnoreVerdict =
  | { readonly kind: 'ignored'; readonly at: TreePath; readonly decision: Decision }
  | { readonly kind: 'included'; readonly decision: Decision | null }
  | { readonly kind: 'unknown'; readonly at: TreePath; readonly message: string };

/** @param isFolder whether a path that is not there stands for a folder */
export function checkIgnored(root: TreeRoot, blockRules: Rules, path: TreePath, isFolder: boolean): IgnoreVerdict {
  const names = splitPath(path);
  let rules = blockRules;
  let folder: OpenDirectory | null = root.directory(ROOT_PATH);
  let at: TreePath = ROOT_PATH;
  let decision: Decision | null = null;
  try {
    for (const [index, name] of names.entries()) {
      const text: string | null = folder === null ? null : readIgnoreFile(folder);
      if (text !== null) rules = rules.within(at, parseIgnoreFile(at, text));
      const below: OpenDirectory | null = folder === null ? null : openIfFolder(folder, name);
      const isDirectory = below !== null || index < names.length - 1 || (isFolder && !isThere(root, path));
      decision = rules.explain(at, name, isDirectory);
      folder?.close();
      folder = below;
      at = joinPath(at, name);
      if (decision !== null && !decision.pattern.negative) return { kind: 'ignored', at, decision };
    }
    return { kind: 'included', decision };
  } catch (error) {
    if (error instanceof UnknownRules) return { kind: 'unknown', at, message: error.message };
    throw error;
  } finally {
    folder?.close();
  }
}

function openIfFolder(parent: OpenDirectory, name: Parameters<OpenDirectory['place']>[0]): OpenDirectory | null {
  try {
    return openChild(parent, name);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return null;
  }
}

function isThere(root: TreeRoot, path: TreePath): boolean {
  return root.lstat(path) !== null;
}
