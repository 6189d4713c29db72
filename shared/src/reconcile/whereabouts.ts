import { joinPath, type Name, type TreePath } from '../model/bytes.js';
import type { TreeNode } from '../model/entry.js';
import { BtsootError } from '../model/errors.js';
import { inTree, type Place } from '../model/step.js';
import type { Folder, Uprooted } from './places.js';
import type { Territory } from './territory.js';

/** The way from an entry up to the first folder that has reached its place. */
interface Trail {
  /** The folder's path; null where the way ends in the stash, below which no path leads. */
  readonly top: TreePath | null;
  /** Where the entry is below it, from the top down. */
  readonly names: readonly Name[];
}

/** Says where entries of the target are, while the steps that are already ordered have moved them about. */
export class Whereabouts {
  readonly #territory: Territory;

  constructor(territory: Territory) {
    this.#territory = territory;
  }

  placeOf(uprooted: Uprooted): Place {
    if (uprooted.whereabouts === 'stash') return { area: 'stash', slot: uprooted.slot };
    return inTree(this.pathOf(uprooted.node));
  }

  pathOf(node: TreeNode): TreePath {
    const { top, names } = this.#trail(node);
    if (top === null) throw new BtsootError('internal', 'the plan reaches into a directory that it has set aside');
    return names.reduce(joinPath, top);
  }

  /** Where an entry is put to be in this folder, which may itself be on its way still but has to exist. */
  pathIn(folder: Folder, name: Name): TreePath {
    if (folder.placed) return joinPath(folder.path, name);
    if (folder.home === null) throw new BtsootError('internal', 'the plan moves an entry into a directory that is not made yet');
    return joinPath(this.pathOf(folder.home), name);
  }

  /** Whether something can be moved into this folder before the folder itself has arrived. */
  isReachable(folder: Folder): boolean {
    return folder.home !== null && this.#trail(folder.home).top !== null;
  }

  #trail(node: TreeNode): Trail {
    const names: Name[] = [];
    const trailTo = (top: TreePath | null): Trail => ({ top, names: names.reverse() });
    for (let at: TreeNode | null | undefined = node; ; ) {
      if (at === null || at === undefined) throw new BtsootError('internal', 'the plan lost track of an entry');
      const placed: Folder | undefined = this.#territory.folderOf(at.id);
      if (placed?.placed === true) return trailTo(placed.path);
      const uprooted = this.#territory.uprooted.get(at.id);
      if (uprooted?.whereabouts === 'stash') return trailTo(null);
      if (uprooted?.whereabouts === 'arrived' && uprooted.arrival !== null) {
        const { origin, folder } = uprooted.arrival;
        names.push(origin.name);
        if (folder.placed) return trailTo(folder.path);
        at = folder.home;
      } else {
        names.push(at.name);
        at = this.#territory.parentOf(at);
      }
    }
  }
}
