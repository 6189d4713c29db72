import { PatternList } from '@btsoot/shared/filter/pattern-list.js';
import { Rules } from '@btsoot/shared/filter/rules.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import type { DirectoryNode, TreeNode } from '@btsoot/shared/model/entry.js';
import { type Exemption, NO_EXEMPTION } from '@btsoot/shared/model/tree.js';
import { parseIgnoreFile } from '@btsoot/shared/scan/ignore-file.js';
import type { Block } from './sync-types.js';

/** The rules of a block's own settings, in force at the root of its source. */
export function rulesOf({ ignore }: Block): Rules {
  return Rules.ofBlock(ignore.length === 0 ? null : new PatternList('the settings of the block', ignore));
}

/** What of the remote's copy a sync leaves alone because the source ignores it, as the block says. */
export function exemptionOf(block: Block, source: Manifest): Exemption {
  return block.ignored === 'keep' ? new KeptIgnored(rulesOf(block), source) : NO_EXEMPTION;
}

/** Asks the rules as the last scan has found them, so that a plan is made of one state of the source. */
class KeptIgnored implements Exemption {
  readonly #blockRules: Rules;
  readonly #source: Manifest;
  /** A plan asks about one folder after the other. */
  #last: { readonly folderId: number; readonly path: TreePath; readonly rules: Rules } | null = null;

  constructor(blockRules: Rules, source: Manifest) {
    this.#blockRules = blockRules;
    this.#source = source;
  }

  isExempt(folder: DirectoryNode, entry: TreeNode): boolean {
    if (this.#last?.folderId !== folder.id) {
      const { path } = this.#source.locate(folder.id);
      this.#last = { folderId: folder.id, path, rules: this.#rulesIn(folder) };
    }
    return this.#last.rules.ignores(this.#last.path, entry.name, entry.kind === 'directory');
  }

  #rulesIn(folder: DirectoryNode): Rules {
    const ids: number[] = [];
    const rootId = this.#source.root().id;
    for (
      let id: number | undefined = folder.id;
      id !== undefined;
      id = id === rootId ? undefined : this.#source.row(id)?.parent
    ) {
      ids.unshift(id);
    }
    let rules = this.#blockRules;
    for (const id of ids) {
      const text = this.#source.ignoreFile(id);
      if (text === null) continue;
      const { path } = this.#source.locate(id);
      rules = rules.within(path, parseIgnoreFile(path, text));
    }
    return rules;
  }
}
