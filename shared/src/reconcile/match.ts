import { joinPath, type TreePath } from '../model/bytes.js';
import type { DirectoryNode, TreeNode } from '../model/entry.js';
import { sameMetadata } from '../model/entry.js';
import type { Exemption, Identity, Tree } from '../model/tree.js';
import { Contents, isKnownFile, isUnknownFile, sameBody } from './contents.js';
import { namePairs } from './diff.js';
import { Kinship } from './kinship.js';
import { type Arrival, entriesOf, type Folder, type Uprooted } from './places.js';
import { Queue } from './queue.js';
import { Renames } from './renames.js';
import { Territory } from './territory.js';

/** An entry of the origin that the target has not under its name. */
interface Newcomer {
  readonly origin: TreeNode;
  readonly folder: Folder;
  readonly occupant: Uprooted | null;
}

type NewFolder = Newcomer & { readonly origin: DirectoryNode };

/** Who becomes whom, in every folder where the two trees differ. */
export interface Matching {
  readonly root: Folder;
  readonly territory: Territory;
  readonly contents: Contents;
  readonly keptEntries: number;
}

/** Both trees must be settled: no directory without its digest. */
export function matchTrees(origin: Tree, target: Tree, identity: Identity, exemption: Exemption): Matching {
  return new Matcher(origin, target, identity, exemption).run();
}

/**
 * Works through what is known best first: folders whose home is known are compared, so that all that is uprooted is
 * known; then newcomers are looked for by identity; then directories by likeness, those nearest the root first, one at
 * a time, because a match is a new pair of folders to compare; and when no directory is open any more, single files.
 */
class Matcher {
  readonly #origin: Tree;
  readonly #target: Tree;
  readonly #exemption: Exemption;
  readonly #kinship: Kinship;
  readonly #territory: Territory;
  readonly #renames: Renames;
  readonly #contents: Contents;

  readonly #folders = new Queue<Folder>();
  readonly #newcomers = new Queue<Newcomer>();
  readonly #newFolders = new Queue<NewFolder>();
  /** Whose name in the target is taken by a directory that may turn out to be wanted by nobody else. */
  readonly #hesitant = new Queue<NewFolder>();
  readonly #waitingFiles: Newcomer[] = [];
  #keptEntries = 0;

  constructor(origin: Tree, target: Tree, identity: Identity, exemption: Exemption) {
    this.#exemption = exemption;
    this.#origin = origin;
    this.#target = target;
    this.#kinship = new Kinship(origin, target, identity);
    this.#territory = new Territory(origin, target, exemption);
    this.#renames = new Renames(origin, target, this.#kinship, this.#territory);
    this.#contents = new Contents(target);
  }

  run(): Matching {
    const [originRoot, targetRoot] = [this.#origin.root(), this.#target.root()];
    const root = newFolder(originRoot, '' as TreePath, null, targetRoot, null);
    this.#contents.settle(originRoot, targetRoot, root.path);
    if (!sameBody(originRoot, targetRoot)) this.#open(root);
    while (this.#advance()) {
      // Each call does what has become known best.
    }
    this.#matchWaitingFiles();
    this.#territory.findCarriers();
    return { root, territory: this.#territory, contents: this.#contents, keptEntries: this.#keptEntries };
  }

  #advance(): boolean {
    const folder = this.#folders.take();
    if (folder !== undefined) return this.#compare(folder);
    const newcomer = this.#newcomers.take();
    if (newcomer !== undefined) return this.#recognise(newcomer);
    const unrecognised = this.#newFolders.take();
    if (unrecognised !== undefined) return this.#matchByLikeness(unrecognised);
    const hesitant = this.#hesitant.take();
    return hesitant !== undefined && this.#matchByName(hesitant);
  }

  #compare(folder: Folder): true {
    for (const { origin, target } of namePairs(this.#origin, this.#target, folder)) {
      if (origin === undefined) this.#leaveOver(folder, target);
      else if (target === undefined) this.#newcomers.add({ origin, folder, occupant: null });
      else this.#meet(folder, origin, target);
    }
    return true;
  }

  #leaveOver(folder: Folder, target: TreeNode | undefined): void {
    if (target === undefined || this.#territory.uprooted.has(target.id)) return;
    if (this.#exemption.isExempt(folder.origin, target)) this.#keptEntries += entriesOf(target);
    else this.#territory.uproot(target);
  }

  /** Two entries of one name in the same folder. Equal ones stay whatever identity says: nothing is gained by moving them. */
  #meet(folder: Folder, origin: TreeNode, target: TreeNode): void {
    const claimed = this.#territory.uprooted.get(target.id);
    if (claimed !== undefined) this.#newcomers.add({ origin, folder, occupant: claimed });
    else if (this.#isUntouched(origin, target) || this.#kinship.isSame(origin, target)) this.#pair(folder, origin, target, null);
    else this.#newcomers.add({ origin, folder, occupant: this.#territory.uproot(target) });
  }

  #isUntouched(origin: TreeNode, target: TreeNode): boolean {
    return sameBody(origin, target) && !this.#territory.isDisturbed(target.id);
  }

  /** `target` becomes `origin`, by `arrival` or where it is. */
  #pair(folder: Folder, origin: TreeNode, target: TreeNode, arrival: Arrival | null): void {
    if (origin.kind === 'directory' && target.kind === 'directory' && !this.#isUntouched(origin, target)) {
      this.#open(newFolder(origin, joinPath(folder.path, origin.name), folder, target, arrival));
    }
    if (this.#needsStep(origin, target)) this.#contents.settle(origin, target, joinPath(folder.path, origin.name));
  }

  /** Spares the path of the many that need none. */
  #needsStep(origin: TreeNode, target: TreeNode): boolean {
    if (origin.kind === 'file' && target.kind === 'file' && origin.group !== target.group) return true;
    return !sameMetadata(origin.meta, target.meta) || !sameBody(origin, target);
  }

  #open(folder: Folder): void {
    if (folder.arrival !== null) folder.arrival.inside = folder;
    else folder.parent?.staying.push(folder);
    if (folder.home !== null) this.#territory.open(folder.home, folder);
    this.#folders.add(folder);
  }

  #recognise(newcomer: Newcomer): true {
    const counterpart = this.#kinship.inTarget(newcomer.origin);
    if (counterpart !== undefined && this.#territory.isClaimable(counterpart, 'identity')) this.#claim(newcomer, counterpart);
    else if (isNewFolder(newcomer)) this.#newFolders.add(newcomer);
    else if (newcomer.occupant !== null || !this.#territory.isSettled) this.#waitingFiles.push(newcomer);
    else this.#create(newcomer);
    return true;
  }

  #matchByLikeness(newcomer: NewFolder): true {
    const like = this.#renames.directoryLike(newcomer.origin, newcomer.occupant);
    if (like !== undefined) this.#claim(newcomer, like);
    else if (newcomer.occupant?.node.kind === 'directory') this.#hesitant.add(newcomer);
    else this.#makeDirectory(newcomer);
    return true;
  }

  #matchByName(newcomer: NewFolder): true {
    const { occupant } = newcomer;
    if (occupant?.fate === 'unclaimed') this.#claim(newcomer, occupant.node);
    else this.#makeDirectory(newcomer);
    return true;
  }

  #claim({ origin, folder, occupant }: Newcomer, target: TreeNode): void {
    if (occupant?.node.id === target.id) {
      this.#territory.claim(target, null);
      this.#pair(folder, origin, target, null);
      return;
    }
    const arrival = this.#arrive(origin, folder, occupant);
    arrival.source = this.#territory.claim(target, arrival);
    this.#pair(folder, origin, target, arrival);
  }

  #makeDirectory({ origin, folder, occupant }: NewFolder): void {
    const arrival = this.#arrive(origin, folder, occupant);
    this.#open(newFolder(origin, joinPath(folder.path, origin.name), folder, null, arrival));
  }

  #arrive(origin: TreeNode, folder: Folder, occupant: Uprooted | null): Arrival {
    const arrival: Arrival = { origin, folder, source: null, occupant, inside: null, done: false };
    folder.arrivals.push(arrival);
    return arrival;
  }

  /** Nothing else is claimed while this runs, but by these files themselves: two rounds, so that all know what is left. */
  #matchWaitingFiles(): void {
    const unmatched = this.#waitingFiles.filter((newcomer) => !this.#matchFile(newcomer));
    for (const newcomer of unmatched) this.#create(newcomer);
  }

  #matchFile(newcomer: Newcomer): boolean {
    const { origin, occupant } = newcomer;
    if (isUnknownFile(origin)) {
      // It may well be what the target has there, whatever that is.
      if (occupant?.fate === 'unclaimed') this.#territory.claim(occupant.node, null);
      return true;
    }
    const like = isKnownFile(origin) ? this.#renames.fileLike(origin) : undefined;
    if (like !== undefined) this.#claim(newcomer, like);
    return like !== undefined;
  }

  #create({ origin, folder, occupant }: Newcomer): void {
    const replaced = occupant?.fate === 'unclaimed' ? giveWay(occupant) : null;
    this.#contents.create(origin, joinPath(folder.path, origin.name), replaced);
  }
}

/** What a file or symlink replaces in place: another file or symlink, but no directory. */
function giveWay(occupant: Uprooted): TreeNode | null {
  occupant.fate = occupant.node.kind === 'directory' ? 'cleared' : 'replaced';
  return occupant.fate === 'replaced' ? occupant.node : null;
}

function isNewFolder(newcomer: Newcomer): newcomer is NewFolder {
  return newcomer.origin.kind === 'directory';
}

function newFolder(
  origin: DirectoryNode,
  path: TreePath,
  parent: Folder | null,
  home: DirectoryNode | null,
  arrival: Arrival | null,
): Folder {
  return { origin, path, parent, home, arrival, staying: [], arrivals: [], placed: false };
}
