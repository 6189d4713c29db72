import type { Manifest } from '../manifest/manifest.js';
import { joinPath, type Name, type TreePath } from '../model/bytes.js';
import type { DriftHow } from '../model/drift.js';
import type { Content, TreeNode } from '../model/entry.js';

/** An entry that is not as the manifest had it. */
export interface DriftFound {
  /** Null where there was too much to remember the paths of all. */
  readonly path: TreePath | null;
  readonly how: DriftHow;
  /** Its row, and the content that it had; null where it had none. */
  readonly id: number;
  readonly lost: Content | null;
  /** 1, and of a folder that was removed all that were in it too. */
  readonly entries: number;
}

export type OnDrift = (found: DriftFound) => void;

/** Out of its place, until the scan's end tells whether it has gone. */
interface Displaced {
  readonly path: TreePath;
  readonly row: TreeNode;
}

/** So many paths are remembered; beyond that, what has gone is told without its path, and what replaced it as added. */
const DISPLACED_MAX = 10_000;

/** Tells what a scan finds changed in a mirror, by its path, once it is known what became of it. */
export class Drift {
  readonly #manifest: Manifest;
  readonly #onDrift: OnDrift;
  readonly #displaced = new Map<number, Displaced>();
  /** What was found under the names of displaced entries, by their paths. */
  readonly #newcomers = new Map<TreePath, number>();
  readonly #vacated = new Set<TreePath>();
  /** Where the last folder is: most entries are in the same one as the entry before. */
  #folder: { readonly id: number; readonly path: TreePath } | null = null;

  constructor(manifest: Manifest, onDrift: OnDrift) {
    this.#manifest = manifest;
    this.#onDrift = onDrift;
  }

  /** To be called before it leaves its place. */
  displaced(row: TreeNode): void {
    this.#folder = null;
    if (this.#displaced.size >= DISPLACED_MAX || this.#displaced.has(row.id)) return;
    const { area, path } = this.#manifest.locate(row.id);
    if (area !== 'tree') return;
    this.#displaced.set(row.id, { path, row });
    this.#vacated.add(path);
  }

  inserted(id: number, parent: number, name: Name): void {
    const path = joinPath(this.#pathOf(parent), name);
    if (this.#vacated.has(path)) this.#newcomers.set(path, id);
    else this.#tell(path, 'added', id, null);
  }

  moved(row: TreeNode, parent: number, name: Name): void {
    const from = this.#displaced.get(row.id)?.path ?? null;
    this.#displaced.delete(row.id);
    this.#folder = null;
    const to = joinPath(this.#pathOf(parent), name);
    // Put aside and found again in its place: it has not moved.
    if (from !== to) this.#tell(to, 'moved', row.id, null);
  }

  /** The row stays, and says something else now. */
  changed(row: TreeNode, how: DriftHow): void {
    this.#tell(this.#manifest.locate(row.id).path, how, row.id, contentOf(row));
  }

  /** It was found nowhere. To be called before its row goes. */
  removed(row: TreeNode, entries: number): void {
    const path = this.#displaced.get(row.id)?.path ?? null;
    const how = path !== null && this.#newcomers.delete(path) ? 'replaced' : 'removed';
    this.#onDrift({ path, how, id: row.id, lost: contentOf(row), entries });
  }

  /** The scan is complete: what is left took the names of entries that have moved. */
  end(): void {
    for (const [path, id] of this.#newcomers) this.#tell(path, 'added', id, null);
  }

  #pathOf(folderId: number): TreePath {
    if (this.#folder?.id !== folderId) this.#folder = { id: folderId, path: this.#manifest.locate(folderId).path };
    return this.#folder.path;
  }

  #tell(path: TreePath, how: DriftHow, id: number, lost: Content | null): void {
    this.#onDrift({ path, how, id, lost, entries: 1 });
  }
}

function contentOf(row: TreeNode): Content | null {
  return row.kind === 'file' ? row.content : null;
}
