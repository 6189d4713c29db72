import type { PatternList } from '../filter/pattern-list.js';
import type { Rules } from '../filter/rules.js';
import { baseName, joinPath, type Name, parentPath, ROOT_PATH, type TreePath } from '../model/bytes.js';
import type { ScanFilter } from './scan.js';

/** What a listing asks of each name that it finds. */
export interface FolderScreen {
  /** `ask-kind`: it depends on whether it is a directory. */
  leavesOut(name: Name): boolean | 'ask-kind';
  leavesOutKind(name: Name, isDirectory: boolean): boolean;
}

/** Which entries of a folder a scan leaves out: the rules in force there, and what is scanned for all that. */
export class Screen {
  readonly leftOutIsUnknown: boolean;
  readonly #rules: Rules;
  readonly #filter: ScanFilter;
  /** The folder is ignored itself, and scanned because something in it is wanted. */
  readonly #inIgnored: boolean;

  private constructor(filter: ScanFilter, rules: Rules, inIgnored: boolean) {
    this.#filter = filter;
    this.#rules = rules;
    this.#inIgnored = inIgnored;
    this.leftOutIsUnknown = filter.leftOutIsUnknown;
  }

  static atRoot(filter: ScanFilter): Screen {
    return new Screen(filter, filter.rules, false);
  }

  /** Whether no pattern is in force. */
  get isEmpty(): boolean {
    return this.#rules.isEmpty;
  }

  /** In a folder of the one that this screen is for. `list`: the patterns that lie in it. */
  into(folder: TreePath, list: PatternList | null): Screen {
    const inIgnored = this.#inIgnored || this.#isIgnored(folder);
    if (list === null && inIgnored === this.#inIgnored) return this;
    return new Screen(this.#filter, list === null ? this.#rules : this.#rules.within(folder, list), inIgnored);
  }

  /** Null where nothing is left out. */
  of(folder: TreePath): FolderScreen | null {
    const rules = this.#rules;
    if (rules.isEmpty) return null;
    const { except } = this.#filter;
    const leavesOutKind = (name: Name, isDirectory: boolean): boolean =>
      (this.#inIgnored || rules.ignores(folder, name, isDirectory)) && except?.(joinPath(folder, name)) !== true;
    return { leavesOut: (name) => (rules.asksForKind ? 'ask-kind' : leavesOutKind(name, false)), leavesOutKind };
  }
  /** Without exceptions, no ignored folder is ever looked into. */
  #isIgnored(folder: TreePath): boolean {
    if (folder === ROOT_PATH || this.#filter.except === null) return false;
    return this.#rules.ignores(parentPath(folder), baseName(folder), true);
  }
}
