import { joinPath, type Name, ROOT_PATH, type TreePath } from '../model/bytes.js';
import type { Pattern, PatternList } from './pattern-list.js';

/** The patterns that lie in one folder. */
interface Scope {
  readonly folder: TreePath;
  readonly list: PatternList;
}

/** Which pattern of which list decides about an entry. */
export interface Decision {
  readonly origin: string;
  readonly pattern: Pattern;
}

/**
 * The rules in force in one folder: those of the folders above it and its own, in gitignore's order, where what lies
 * deeper overrides. Nothing above the folder may be ignored: what an ignored folder holds is nobody's to ask about.
 */
export class Rules {
  static readonly NONE = new Rules([]);
  /** Whether the answer for some name depends on what it is the name of. */
  readonly asksForKind: boolean;
  readonly #scopes: readonly Scope[];

  private constructor(scopes: readonly Scope[]) {
    this.#scopes = scopes;
    this.asksForKind = scopes.some(({ list }) => list.asksForKind);
  }

  /** A block's own patterns: relative to its root, and overridden by what any folder says. */
  static ofBlock(list: PatternList | null): Rules {
    return list === null ? Rules.NONE : Rules.NONE.within(ROOT_PATH, list);
  }

  get isEmpty(): boolean {
    return this.#scopes.length === 0;
  }

  /** Of a folder, with the patterns that lie in it, below a folder with these rules. */
  within(folder: TreePath, list: PatternList): Rules {
    return new Rules([...this.#scopes, { folder, list }]);
  }

  ignores(folder: TreePath, name: Name, isDirectory: boolean): boolean {
    const path = joinPath(folder, name);
    for (let at = this.#scopes.length - 1; at >= 0; at--) {
      const scope = this.#scopes[at] as Scope;
      const decision = scope.list.decide(relativeTo(scope.folder, path), isDirectory);
      if (decision !== null) return decision === 'ignored';
    }
    return false;
  }

  explain(folder: TreePath, name: Name, isDirectory: boolean): Decision | null {
    const path = joinPath(folder, name);
    for (const { list, folder: base } of this.#scopes.toReversed()) {
      const pattern = list.explain(relativeTo(base, path), isDirectory);
      if (pattern !== null) return { origin: list.origin, pattern };
    }
    return null;
  }
}

function relativeTo(folder: TreePath, path: TreePath): string {
  return folder === ROOT_PATH ? path : path.slice(folder.length + 1);
}
