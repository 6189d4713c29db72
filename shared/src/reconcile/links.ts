import type { TreePath } from '../model/bytes.js';
import { type Content, type FileNode, type Metadata, sameContent, sameMetadata, type TreeNode } from '../model/entry.js';
import { namesOf } from '../model/link-group.js';
import type { PlannedStep } from '../model/step.js';
import type { Tree } from '../model/tree.js';
import type { Contents } from './contents.js';
import { PackedSteps, StepPacker } from './packed-steps.js';
import { hardLink, type KnownFile, setMetadata } from './steps.js';
import type { Territory } from './territory.js';
import { Whereabouts } from './whereabouts.js';

export type KnownFileNode = TreeNode & KnownFile;

/** A name that one of the two trees has for a file with several, and that is not yet as the origin has it. */
export interface LinkedName {
  readonly origin: KnownFileNode;
  /** Where it is when all moves are done. */
  readonly path: TreePath;
  /** What the target has there by then. */
  readonly there: TreeNode | null;
}

/** A file of the origin, with those of its names that are not yet as it has them. */
interface LinkedFile {
  readonly group: string | null;
  readonly content: Content;
  readonly meta: Metadata;
  readonly names: LinkedName[];
  /** A place at which the target has the file, once it is decided how it gets it. */
  holder: TreePath | null;
  /** Names that need no step of their own: the target has the file there, too. */
  readonly settled: Set<LinkedName>;
}

export interface LinkSteps {
  /** Metadata and groups of files that the target has. These come before contents, which then replace what leaves a file. */
  readonly before: PackedSteps;
  /** The other names of files, when these are there. */
  readonly after: PackedSteps;
}

/**
 * Decides which file of the target becomes which of the origin, where either has several names. One that has the wanted
 * content under a wanted name stays, and gets metadata and group under all of its names at once; of the origin's files
 * that want it, one gets it: first the one of its own group. A file that nobody can become is sent or copied under one name.
 * All its other names are links to that.
 *
 * Called when all moves are ordered. What contents it needs, `contents` brings.
 */
export function orderLinks(names: readonly LinkedName[], target: Tree, territory: Territory, contents: Contents): LinkSteps {
  return new Linking(names, target, territory, contents).run();
}

class Linking {
  readonly #names: readonly LinkedName[];
  readonly #target: Tree;
  readonly #territory: Territory;
  readonly #contents: Contents;
  readonly #nameAt = new Map<number, LinkedName>();
  /** Entries of the target whose file somebody has. */
  readonly #claimed = new Set<number>();
  readonly #before = new StepPacker();

  constructor(names: readonly LinkedName[], target: Tree, territory: Territory, contents: Contents) {
    this.#names = names;
    this.#target = target;
    this.#territory = territory;
    this.#contents = contents;
    for (const name of names) if (name.there !== null) this.#nameAt.set(name.there.id, name);
  }

  run(): LinkSteps {
    const files = filesOf(this.#names);
    for (const file of files) this.#keepOwn(file);
    for (const file of files) if (file.holder === null) this.#takeOver(file);
    for (const file of files) if (file.holder === null) this.#bring(file);
    return { before: this.#before.finish(), after: PackedSteps.of(linksOf(files)) };
  }

  /** The target has the file of this group with this content. */
  #keepOwn(file: LinkedFile): void {
    if (file.group === null) return;
    const rows = this.#target.withGroup(file.group).filter((row) => sameContent(row.content, file.content));
    const staying = rows.find((row) => sameMetadata(row.meta, file.meta) && !this.#nameAt.has(row.id) && !this.#isLeaving(row));
    if (staying !== undefined) {
      file.holder = new Whereabouts(this.#territory).pathOf(staying);
      this.#settle(file, staying);
      return;
    }
    const ids = new Set(rows.map(({ id }) => id));
    const own = file.names.filter(({ there }) => there !== null && ids.has(there.id));
    const best = own.find(({ there }) => there !== null && sameMetadata(there.meta, file.meta)) ?? own[0];
    if (best !== undefined) this.#become(file, best);
  }

  /** The target has the content under one of the names, as a file of its own or of another group. */
  #takeOver(file: LinkedFile): void {
    const { group, content } = file;
    // Its names would be taken for names of the new one.
    if (group !== null && this.#target.withGroup(group).some((row) => sameContent(row.content, content))) return;
    for (const name of file.names) if (file.holder === null) this.#become(file, name);
  }

  /** The file at this name becomes the wanted one, if it may: no name of it that stays what it is must change with it. */
  #become(file: LinkedFile, name: LinkedName): void {
    const { there, path, origin } = name;
    if (there?.kind !== 'file' || !sameContent(there.content, file.content) || this.#claimed.has(there.id)) return;
    const isSame = there.group === file.group && sameMetadata(there.meta, file.meta);
    const isShared = (row: FileNode): boolean => !this.#nameAt.has(row.id) && !this.#isLeaving(row);
    if (!isSame && namesOf(this.#target, there).some(isShared)) return;
    if (!isSame) this.#before.add(setMetadata(origin, there, path));
    file.holder = path;
    this.#settle(file, there);
  }

  #settle(file: LinkedFile, row: FileNode): void {
    const ids = new Set(namesOf(this.#target, row).map(({ id }) => id));
    for (const id of ids) this.#claimed.add(id);
    for (const name of file.names) if (name.there !== null && ids.has(name.there.id)) file.settled.add(name);
  }

  /** A file that is replaced is the likeliest to be like what is new, and saves sending it whole. */
  #bring(file: LinkedFile): void {
    const name = file.names.find(({ there }) => there?.kind === 'file') ?? file.names[0];
    if (name === undefined) return;
    this.#contents.bring(name.origin, name.path, name.there);
    file.holder = name.path;
    file.settled.add(name);
  }

  #isLeaving(row: FileNode): boolean {
    return this.#territory.isLeaving(row);
  }
}

function filesOf(names: readonly LinkedName[]): LinkedFile[] {
  const files: LinkedFile[] = [];
  const ofGroup = new Map<string, LinkedFile[]>();
  for (const name of names) {
    const { group, content, meta } = name.origin;
    const known = group === null ? [] : (ofGroup.get(group) ?? []);
    const same = known.find((file) => sameContent(file.content, content) && sameMetadata(file.meta, meta));
    if (same !== undefined) {
      same.names.push(name);
      continue;
    }
    const file: LinkedFile = { group, content, meta, names: [name], holder: null, settled: new Set() };
    files.push(file);
    if (group !== null) ofGroup.set(group, [...known, file]);
  }
  return files;
}

function* linksOf(files: readonly LinkedFile[]): Generator<PlannedStep> {
  for (const { group, holder, names, settled } of files) {
    if (group === null || holder === null) continue;
    for (const name of names) if (!settled.has(name)) yield hardLink(name, group, holder);
  }
}
