import { type Manifest, type NewEntry, STASH_ID } from '../manifest/manifest.js';
import { baseName, display, type Name, parentPath, type TreePath } from '../model/bytes.js';
import { type FileNode, type Kind, type Metadata, sameContent, sameMetadata, type TreeNode } from '../model/entry.js';
import { namesOf } from '../model/link-group.js';
import type { Seen } from '../model/seen.js';
import { NO_SHORTCOMINGS } from '../model/shortcomings.js';
import type { Expectation, FileStep, HardLinkStep, Place, Step } from '../model/step.js';
import { drifted, StepFailed } from './action.js';

/** A place in terms of rows: the directory's row and the name in it. */
export interface RowPlace {
  readonly parentId: number;
  readonly name: Name;
  /** For messages. */
  readonly label: string;
}

/** A step with its paths looked up in the manifest, its expectations met there. */
export type Resolved =
  | {
      readonly kind: 'create';
      readonly at: RowPlace;
      readonly entry: NewEntry;
      readonly replaces: TreeNode | null;
      /** The file that gets another name by this; null for what is new. */
      readonly existing: FileNode | null;
    }
  | { readonly kind: 'move'; readonly from: RowPlace; readonly to: RowPlace; readonly row: TreeNode }
  | {
      readonly kind: 'set-metadata';
      readonly row: TreeNode;
      readonly label: string;
      readonly meta: Metadata;
      /** What a file's group becomes. */
      readonly group: string | null;
      /** All names of the file, its row first; else the row alone. */
      readonly names: readonly TreeNode[];
    }
  | { readonly kind: 'remove'; readonly at: RowPlace; readonly row: TreeNode };

/**
 * Looks up the steps of one group after the other, each when those before it are recorded. Remembers the last folder: most
 * steps are in the same one as the step before.
 */
export class Resolver {
  readonly #manifest: Manifest;
  #last: { readonly path: TreePath; readonly id: number } | null = null;

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
  }

  /**
   * @param rowId which row the step is meant for, where that is known: earlier steps that failed may have left another one at its path
   * @throws StepFailed `drift` where the manifest does not have what the step expects.
   */
  resolve(step: Step, rowId: number | null = null): Resolved {
    try {
      const resolved = this.#look(step);
      const found = resolved.kind === 'create' ? resolved.replaces : resolved.row;
      if (rowId !== null && found !== null && found.id !== rowId) throw drifted(`${labelOf(resolved)}: something else is there`);
      return resolved;
    } finally {
      // Where the folder was, another may be when this step is done.
      if (mayMoveFolders(step)) this.#last = null;
    }
  }

  #look(step: Step): Resolved {
    switch (step.kind) {
      case 'make-directory':
        return this.#create(step.path, { kind: 'directory', meta: step.meta, complete: true }, null);
      case 'put':
      case 'copy':
        return this.#create(step.path, fileOf(step), step.replaces);
      case 'hard-link':
        return this.#create(step.path, fileOf(step), step.replaces, this.#existing(step));
      case 'link':
        return this.#create(step.path, { kind: 'symlink', meta: step.meta, target: step.target }, step.replaces);
      case 'make-special':
        return this.#create(step.path, { kind: 'special', meta: step.meta, special: step.special }, step.replaces);
      case 'move': {
        const from = this.#findPlace(step.from);
        const row = requireMatch(rowAt(this.#manifest, from), step.expect, from.label);
        return { kind: 'move', from, to: this.#freePlace(step.to), row };
      }
      case 'set-metadata': {
        const row = requireMatch(this.#manifest.lookup(step.path), step.expect, display(step.path));
        const { meta, group = null } = step;
        const names = row.kind === 'file' ? namesOf(this.#manifest, row) : [row];
        return { kind: 'set-metadata', row, label: display(step.path), meta, group, names };
      }
      case 'remove': {
        const at = this.#findPlace(step.at);
        return { kind: 'remove', at, row: requireMatch(rowAt(this.#manifest, at), step.expect, at.label) };
      }
    }
  }

  #create(path: TreePath, entry: NewEntry, replaces: Expectation | null, existing: FileNode | null = null): Resolved {
    const place: Place = { area: 'tree', path };
    if (replaces === null) return { kind: 'create', at: this.#freePlace(place), entry, replaces: null, existing };
    const at = this.#findPlace(place);
    return { kind: 'create', at, entry, replaces: requireMatch(rowAt(this.#manifest, at), replaces, at.label), existing };
  }

  /** Where it is missing, the step that was to bring it has failed, and the next plan makes up for both. */
  #existing({ existing, path, content, meta, group }: HardLinkStep): FileNode {
    const row = this.#manifest.lookup(existing);
    const isIt = row?.kind === 'file' && row.group === group && sameContent(row.content, content) && sameMetadata(row.meta, meta);
    if (isIt) return row;
    const message = `${display(path)}: the file of which it is another name, ${display(existing)}, did not come to its place`;
    throw new StepFailed({ kind: 'withdrawn', message });
  }

  #freePlace(place: Place): RowPlace {
    const found = this.#findPlace(place);
    if (rowAt(this.#manifest, found) !== undefined) throw drifted(`${found.label}: something is there already`);
    return found;
  }

  #findPlace(place: Place): RowPlace {
    if (place.area === 'stash') return { parentId: STASH_ID, name: String(place.slot) as Name, label: `stash ${place.slot}` };
    const label = display(place.path);
    if (place.path === '') throw drifted('the root of the tree stays where it is');
    const parentId = this.#folder(parentPath(place.path));
    if (parentId === undefined) throw drifted(`${label}: its folder is not there`);
    return { parentId, name: baseName(place.path), label };
  }

  #folder(path: TreePath): number | undefined {
    if (this.#last?.path === path) return this.#last.id;
    const row = this.#manifest.lookup(path);
    if (row?.kind !== 'directory') return undefined;
    this.#last = { path, id: row.id };
    return row.id;
  }
}

function labelOf(resolved: Resolved): string {
  switch (resolved.kind) {
    case 'set-metadata':
      return resolved.label;
    case 'move':
      return resolved.from.label;
    default:
      return resolved.at.label;
  }
}

function fileOf({ meta, content, group = null }: FileStep | HardLinkStep): NewEntry {
  return { kind: 'file', meta, content, group };
}

function mayMoveFolders(step: Step): boolean {
  switch (step.kind) {
    case 'make-directory':
    case 'set-metadata':
      return false;
    case 'put':
    case 'copy':
    case 'link':
    case 'hard-link':
    case 'make-special':
      return step.replaces !== null;
    case 'move':
    case 'remove':
      return true;
    default:
      return step satisfies never;
  }
}

function rowAt(manifest: Manifest, place: RowPlace): TreeNode | undefined {
  if (place.parentId === STASH_ID) return manifest.lookupIn(STASH_ID, place.name as string as TreePath);
  return manifest.child(place.parentId, place.name);
}

function requireMatch(row: TreeNode | undefined, expect: Expectation, label: string): TreeNode {
  if (row === undefined) throw drifted(`${label}: it is not there`);
  if (row.kind !== expect.kind) throw drifted(`${label}: a ${row.kind} is there, not a ${expect.kind}`);
  if (row.kind === 'file' && expect.content !== null && !sameContent(row.content, expect.content)) {
    throw drifted(`${label}: its content is not the expected one`);
  }
  return row;
}

/**
 * Whether the disk still shows the same thing: same inode, where inodes have numbers to rely on, same type, and for files
 * the same size and time.
 */
export function sameIdentity(known: Seen, now: Seen, kind: Kind, { stableInodes } = NO_SHORTCOMINGS): boolean {
  if ((stableInodes && known.ino !== now.ino) || (known.mode & 0o170000) !== (now.mode & 0o170000)) return false;
  return kind === 'directory' || (known.sizeBytes === now.sizeBytes && known.mtimeNs === now.mtimeNs);
}
