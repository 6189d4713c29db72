import { applyMetadata, withInode } from '../disk/metadata.js';
import { metadataOf } from '../disk/seen.js';
import { readXattrs } from '../disk/xattrs.js';
import { HISTORY_ID, type Manifest, STASH_ID } from '../manifest/manifest.js';
import type { Name } from '../model/bytes.js';
import type { TreeNode } from '../model/entry.js';
import { BtsootError, errnoOf, isSystemError } from '../model/errors.js';
import type { Owners } from '../model/owners.js';
import type { Seen } from '../model/seen.js';
import { NO_XATTRS } from '../model/xattrs.js';
import { heldMetadata } from './held.js';
import type { Inodes } from './inodes.js';
import type { Places } from './places.js';

export interface AftermathOptions {
  readonly manifest: Manifest;
  readonly places: Places;
  readonly chown: boolean;
  readonly owners: Owners;
}

const HERE = '.' as Name;

/** Ids of the rows that a group of actions has changed, and what is to be done about them in its end. */
export class Aftermath {
  /** Directories whose names changed. */
  readonly touched = new Set<number>();
  readonly changed = new Set<number>();
  /** Files and symlinks that were given other metadata where they are, and nothing else. */
  readonly renewed = new Set<number>();
  /** Changed ones that a crash may have left as a mixture, or somebody has changed since: they are to be read again. */
  readonly doubted = new Set<number>();
  /**
   * Of actions that a crash has cut off, or that were done before it. Which of these do not look as they were given is
   * somebody's doing since: their rows must not say that they were seen so.
   */
  readonly recovered = new Set<number>();
  /** Entries that were brought here some of whose extended attributes the disk does not hold. */
  readonly unheldXattrs = new Set<number>();
  readonly #o: AftermathOptions;
  readonly #inodes: Inodes;

  constructor(options: AftermathOptions, inodes: Inodes) {
    this.#o = options;
    this.#inodes = inodes;
  }

  doubt(id: number): void {
    this.changed.add(id);
    this.doubted.add(id);
  }

  /**
   * Gives touched directories their mirrored metadata back and records what the disk says of all that changed. What
   * cannot be reached any more is left for the next check of the tree to find: one folder must not hold up all others.
   */
  finish(): void {
    for (const id of this.recovered) tolerate(() => this.#doubtUnlessAsGiven(id));
    for (const id of this.changed) {
      const row = this.#o.manifest.row(id);
      if (row === undefined) continue;
      const look = () => (this.doubted.has(id) && isChecked(row) ? null : this.#o.places.look(row.parent, row.name));
      tolerate(() => {
        this.#o.manifest.setSeen(id, look());
        if (row.kind !== 'directory') this.#noteXattrs(row, this.#o.places.place(row.parent, row.name));
      });
    }
    this.#inodes.lookAtNames((work) => tolerate(work));
    for (const id of this.touched) tolerate(() => this.#finishDirectory(id));
  }

  #doubtUnlessAsGiven(id: number): void {
    const row = this.#o.manifest.row(id);
    if (row !== undefined && isChecked(row) && !isAsGiven(this.#o.places.look(row.parent, row.name), row)) this.doubt(id);
  }

  /** Where the disk does not hold all attributes, what it holds is kept in mind: only what differs from that is a change of it. */
  #noteXattrs({ id, kind, meta }: TreeNode, place: Buffer): void {
    if (meta.xattrs === NO_XATTRS) return;
    const reading = withInode(place, readXattrs);
    const held = reading === 'unsupported' ? NO_XATTRS : reading.xattrs;
    this.#o.manifest.setSeenXattrs(id, held);
    if (held !== heldMetadata(kind, meta, this.#o.owners).xattrs) this.unheldXattrs.add(id);
  }

  #finishDirectory(id: number): void {
    const { manifest, places, chown, owners } = this.#o;
    const row = manifest.row(id);
    if (row?.kind !== 'directory' || manifest.locate(id).area !== 'tree') return;
    try {
      const held = heldMetadata('directory', row.meta, owners);
      applyMetadata(places.place(id, HERE), 'directory', held, { chown, isNew: false });
    } catch (error) {
      // Somebody else's folder: its metadata is in the manifest, and stays as it is on the disk.
      if (errnoOf(error) !== 'EPERM') throw error;
    }
    manifest.setSeen(id, places.lookInside(id));
    this.#noteXattrs(row, places.place(id, HERE));
  }
}

/** Whether a check of the tree looks at it again. */
function isChecked({ parent }: TreeNode): boolean {
  return parent !== HISTORY_ID && parent !== STASH_ID;
}

/** By size and time. Of what is no file, or is damaged, nothing is believed in any case. */
export function isAsGiven(now: Seen | null, row: TreeNode): boolean {
  if (row.kind !== 'file' || row.content === null) return true;
  const { content, meta } = row;
  return now?.sizeBytes === BigInt(content.sizeBytes) && metadataOf(now, NO_XATTRS).mtimeUs === meta.mtimeUs;
}

/** One entry must not hold up all others. */
export function tolerate(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isOfTheDisk(error)) throw error;
  }
}

/** The operating system's word on one entry, not a fault of ours. */
export function isOfTheDisk(error: unknown): boolean {
  if (error instanceof BtsootError) return error.kind === 'drift' || error.kind === 'io' || error.kind === 'no-space';
  return isSystemError(error);
}
